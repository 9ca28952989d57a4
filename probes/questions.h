/**
 * @file questions.h
 * @brief The probes of this folder, one question a file, and what they hand to each other.
 */
#ifndef PROBES_QUESTIONS_H
#define PROBES_QUESTIONS_H

#include "access.h"
#include "cache.h"
#include "note.h"
#include "probe.h"
#include "sys.h"

enum { PROBE_LINKS_MAX = PORTS_MAX + 2 };

/** An interface that the unit uses, and what was learned of it. */
struct iface {
	const char *name;
	bool port;		/**< a PTP port, else it only lends its clock */
	unsigned char use;	/**< CLOCK_*: what is wanted of its clock */
	int link_rc;		/**< of sys->link */
	struct link_info link;
	const char *kind;	/**< see iface_kind(); set where link_rc is 0 */
	struct link_info base;	/**< the device that really sends: below a VLAN, a bond's active
				     member; often `link` itself */
	bool base_known;
	char member[IFACE_NAME_MAX];	/**< active member of a bond, which is what ptp4l asks */
	int ts_rc;		/**< of sys->ts_info; 1: not asked */
	struct ts_info ts;
	bool troubled;		/**< a finding worse than PASS is about it */
};

struct probe {
	const struct probe_in *in;
	const struct probe_sys *sys;
	struct probe_out *out;
	const struct daemon_conf *conf;
	struct who who;
	lp_version version;	/**< as given or remembered, 0: unknown */
	bool wants_clock;	/**< this run opens a PTP clock */
	unsigned ifaces;
	struct iface iface[PROBE_LINKS_MAX];
};

void probe_exec(struct probe *p);
void probe_version(struct probe *p);
void probe_conf(struct probe *p);	/* fills out->conf and out->lint */
void probe_link(struct probe *p);	/* fills p->iface */
void probe_timestamping(struct probe *p);
void probe_phc(struct probe *p);
void probe_privileges(struct probe *p);
void probe_confine(struct probe *p);	/* after probe_phc */
void probe_sockets(struct probe *p);
void probe_rivals(struct probe *p);
void probe_files(struct probe *p);	/* uses what probe_rivals has found */
void probe_children(struct probe *p);
void probe_drivers(struct probe *p);
void probe_ports(struct probe *p);
void probe_clock_year(struct probe *p);
void probe_host(struct probe *p);

/** Configuration of the ptp4l that this unit follows, as it would run now; false: none. */
bool leader_conf(const struct probe *p, struct daemon_conf *conf);

/** Warnings about what time the clock shows. */
void judge_clock_time(struct probe *p, const char *node, const struct phc_info *phc);

/** Who else has the clock open? Walks all of /proc. False: somebody steers it already. */
bool judge_clock_users(struct probe *p, const char *node, unsigned use);

/** What lies below a port: fills i->base and judges it. */
void judge_below(struct probe *p, struct iface *i);

/** A warning about an interface, which is troubled then. */
void iface_warn(struct probe *p, struct iface *i, const char *id, const char *subject,
		const char *fmt, ...) PRINTF_LIKE(5, 6);

/* slow ones: what quick ones put into out->todo */
void probe_version_slow(struct probe *p);
void probe_account_slow(struct probe *p);
void probe_phc_slow(struct probe *p);
void probe_sockets_slow(struct probe *p);

/** Hardware stamping in any of its forms. */
static inline bool stamps_in_hardware(const struct daemon_conf *c)
{
	return c->time_stamping != TS_SOFTWARE && c->time_stamping != TS_LEGACY;
}

/** Does the process hold the socket bound to that path? */
enum answer process_holds(const struct probe_sys *sys, pid_t pid, const char *uds);

/** This unit's own process, or another child of ours. */
bool is_ours(const struct probe_in *in, pid_t pid);

/** Is a clock's name a device ("/dev/ptp0"), not an interface or CLOCK_REALTIME? */
static inline bool is_device(const char *clock)
{
	return clock[0] == '/';
}

#endif
