/**
 * @file sysreal.h
 * @brief The parts of the real system that live in files of their own; sys.h says what they do.
 */
#ifndef PROBES_SYSREAL_H
#define PROBES_SYSREAL_H

#include <time.h>

#include "sys.h"

/* sysnetlink.c */
int real_link(const char *name, struct link_info *link);
int real_link_at(int index, struct link_info *link);
int real_addresses(struct link_info *link);
int real_links(probe_link_fn *each, void *owner);

/* sysethtool.c */
int real_ts_info(const char *name, struct ts_info *ts);
int real_ts_providers(const char *name);
/** An answer to ETHTOOL_MSG_TSINFO_GET; an attribute that is absent is "none". False: no such. */
struct nlmsghdr;
bool tsinfo_parse(struct nlmsghdr *answer, struct ts_info *ts);
int real_driver(const char *name, struct driver_info *driver);
int real_eee_active(const char *name);
int real_udp_port(unsigned port, bool ipv6);
int real_hwtstamp(const char *name, int *tx_type, int *rx_filter);

/* sysuds.c */
int real_uds_connect(const char *path);
int real_uds_identity(const char *path, int domain, int transport_specific, char identity[24]);

/* syskernel.c */
int real_clock_state(struct clock_state *state);
unsigned real_features(void);

/* sysslow.c */
/* The clock behind an open PHC; -EBADF for fd -1, which the kernel takes for a CPU-time clock. */
int phc_clock_id(int fd, clockid_t *id);
int real_phc(const char *node, struct phc_info *phc);
int real_version(const char *program, char *const env[], char *text, size_t size);
int real_account(const char *user, struct account *account);

#endif
