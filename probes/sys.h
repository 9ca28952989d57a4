/**
 * @file sys.h
 * @brief The questions that probes ask the system, as a table of functions.
 *
 * Probes never call the system themselves, so that tests can put a made-up
 * one in its place. Every function returns 0 (or a count) or -errno. Files
 * are the only thing that stays open between calls, and a PHC never does.
 */
#ifndef PROBES_SYS_H
#define PROBES_SYS_H

#include <stdbool.h>
#include <sys/types.h>
#include "base.h"

enum { PROBE_GROUPS_MAX = 32 };

struct probe_stat {
	uint64_t dev, ino, rdev;
	unsigned mode, uid, gid;
	int64_t size;
	int64_t mtime_ns, ctime_ns;
};

struct probe_mount {
	bool read_only, no_exec, no_suid, no_dev;
	uint64_t free_bytes;
};

/** One network interface, from RTM_GETLINK and RTM_GETADDR. */
struct link_info {
	int index;
	unsigned flags;		/**< IFF_* */
	enum answer carrier;
	char name[IFACE_NAME_MAX];
	char kind[16];		/**< IFLA_INFO_KIND, empty for real hardware */
	char qdisc[16];
	int lower;		/**< index of the device below (VLAN, macvlan), 0: none */
	int bond_mode;		/**< BOND_MODE_*; -1: it is no bond */
	int active;		/**< index of the bond's active member, 0: none */
	bool lower_elsewhere;	/**< that device is in another network namespace */
	int master;		/**< index of the bond or bridge above, 0: none */
	unsigned char mac[8];
	unsigned mac_len;
	unsigned carrier_changes;
	bool xdp;
	bool loopback;
	enum answer ipv4, ipv6;	/**< has an address of that family */
};

/** What the driver says about time stamping, from ethtool netlink or SIOCETHTOOL. */
struct ts_info {
	unsigned so;		/**< SOF_TIMESTAMPING_* */
	unsigned tx_types;	/**< bit n: HWTSTAMP_TX_n */
	unsigned rx_filters;	/**< bit n: HWTSTAMP_FILTER_n */
	int phc_index;		/**< -1: none */
	const char *source;	/**< static: "netlink" or "ioctl" */
	const char *provider;	/**< static: "mac", "phy", or NULL when the kernel does not say */
};

struct driver_info {
	char driver[32], version[32], firmware[32], bus[32];
};

/** A PHC that was opened, asked and closed again. */
struct phc_info {
	bool writable;		/**< opened for reading and writing, else for reading only */
	int max_adj_ppb;
	int extts, perout, pins;
	bool pps;
	bool rate_known;
	double rate;		/**< PHC seconds per CLOCK_MONOTONIC_RAW second */
	double rate_error;	/**< +- this much, from the time that the reads took */
	bool freq_known;
	double freq_ppb;	/**< adjustment in force */
	int64_t phc_s;		/**< seconds of the PHC, ... */
	int64_t system_s;	/**< ... and of the system clock at the same moment */
};

struct account {
	uid_t uid;
	gid_t gid;
	unsigned n;
	gid_t group[PROBE_GROUPS_MAX];
};

/** How the kernel keeps CLOCK_REALTIME, from adjtimex(); nothing is changed. */
struct clock_state {
	bool unsynced;		/**< STA_UNSYNC: nobody vouches for it */
	bool kernel_pll;	/**< STA_PLL or STA_FLL: the kernel follows what a daemon feeds it */
	int64_t maxerror_us;	/**< grows by 500 a second since somebody last set it */
	int tai_offset;		/**< of CLOCK_TAI, 0: nobody has set it */
};

/** What the running kernel offers beyond the oldest that is supported. */
enum { FEATURE_PIDFD = 1, FEATURE_STEP_NOTICE = 2 };

typedef bool probe_name_fn(void *owner, const char *name);		/* false: enough */
typedef bool probe_link_fn(void *owner, const struct link_info *link);	/* false: enough */

struct probe_sys {
	/* files; stat follows symbolic links, lstat does not */
	int (*stat)(const char *path, struct probe_stat *st);
	int (*lstat)(const char *path, struct probe_stat *st);
	int (*open)(const char *path);	/* for reading, never waits for a FIFO or a terminal */
	ssize_t (*pread)(int fd, void *buf, size_t size, uint64_t offset);
	void (*close)(int fd);
	/* terminated; what does not fit is -ENAMETOOLONG */
	ssize_t (*readlink)(const char *path, char *buf, size_t size);
	int (*mount)(const char *path, struct probe_mount *m);
	int (*access)(const char *path, int may);	/* as we are; R_OK | W_OK | X_OK */
	int (*has_acl)(const char *path);	/* 1 yes, 0 no */
	int (*list)(const char *dir, probe_name_fn *each, void *owner);

	/* network */
	int (*link)(const char *name, struct link_info *link); /* -ENODEV: no such interface here */
	int (*addresses)(struct link_info *link);		/* fills ipv4 and ipv6 */
	int (*link_at)(int index, struct link_info *link);
	int (*links)(probe_link_fn *each, void *owner);
	/* -ENODEV, or -EOPNOTSUPP: the driver says nothing */
	int (*ts_info)(const char *name, struct ts_info *ts);
	/* how many clocks could stamp for it (MAC, PHY); 1 before Linux 6.14 */
	int (*ts_providers)(const char *name);
	int (*driver)(const char *name, struct driver_info *driver);
	int (*hwtstamp)(const char *name, int *tx_type, int *rx_filter);
	int (*eee_active)(const char *name);	/* 1 yes, 0 no */
	int (*udp_port)(unsigned port, bool ipv6);	/* -EADDRINUSE: somebody holds it alone */
	int (*uds_connect)(const char *path);	/* 0: somebody listens; -ECONNREFUSED: stale file */

	/* these may wait */
	int (*uds_identity)(const char *path, int domain, int transport_specific,
			    char identity[24]);	/* -ETIMEDOUT: does not answer */
	int (*phc)(const char *node, struct phc_info *phc);
	/* runs `program -v`, 2 s at most: its wait status, text is what it printed */
	int (*version)(const char *program, char *const env[], char *text, size_t size);
	int (*account)(const char *user, struct account *account);	/* through NSS */

	/* host */
	void (*uname)(char *release, char *machine, size_t size);
	int64_t (*wall_s)(void);	/* seconds of CLOCK_REALTIME */
	uid_t (*euid)(void);
	int (*rlimit)(int resource, uint64_t *soft);
	int (*clock_state)(struct clock_state *state);
	unsigned (*features)(void);	/* FEATURE_* */
};

#endif
