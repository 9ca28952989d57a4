/**
 * @file netlink.h
 * @brief Network interfaces as the kernel announces them: appearing, up, carrier, gone.
 *
 * Keeps a small table in step with the kernel. A lost message (ENOBUFS) makes
 * it read everything again, so the table is never wrong for long.
 */
#ifndef PTPWARDEN_NETLINK_H
#define PTPWARDEN_NETLINK_H

#include <stdbool.h>
#include <ev.h>
#include "err.h"

enum { IFACES_MAX = 128 };

struct iface {
	char name[IFACE_NAME_MAX];
	int index;
	bool up;		/**< administratively (IFF_UP) */
	bool carrier;		/**< has a link */
	uint8_t mac[6];		/**< zero when it has none of that length */
	unsigned carrier_changes;	/**< since we watch it */
	msec_t up_at;		/**< when it was set up, MSEC_NONE: before we watched, or not */
	msec_t carrier_at;	/**< when its link came, MSEC_NONE: before we watched, or not */
};

/** `was` is NULL for a new interface, `now` is NULL for one that is gone; borrowed. */
typedef void netlink_fn(void *owner, const struct iface *was, const struct iface *now);

struct netlink {
	struct ev_loop *loop;
	struct nl_sock *sock;
	netlink_fn *fn;
	void *owner;
	ev_io io;
	ev_timer again;		/* a dump that could not be asked for yet */
	bool starting, dumping, lost;
	unsigned n, dropped, rereads;	/**< dropped: beyond IFACES_MAX */
	struct iface at[IFACES_MAX];
	uint8_t seen[IFACES_MAX];
};

/** Open, subscribe and read the table once, without calls to fn. 0 or -errno. */
int netlink_start(struct netlink *nl, struct ev_loop *loop, netlink_fn *fn, void *owner,
		  struct err *err);
void netlink_stop(struct netlink *nl);

/** The interface of that name, or NULL. */
const struct iface *netlink_find(const struct netlink *nl, const char *name);

#endif
