/**
 * @file pmc.h
 * @brief Asks one ptp4l over its Unix socket how it is, without ever waiting.
 *
 * Asks every PMC_FAST_MS until told that it is ready, then every PMC_SLOW_MS,
 * and subscribes to port states so that changes arrive at once. The client has
 * an automatic abstract address: no file is left behind.
 */
#ifndef PTPWARDEN_PMC_H
#define PTPWARDEN_PMC_H

#include <stdbool.h>
#include <ev.h>
#include "daemon.h"
#include "err.h"
#include "health.h"
#include "pmcwire.h"

enum { PMC_FAST_MS = 200, PMC_SLOW_MS = 2000, PMC_SUBSCRIBE_S = 180 };

/** Called after answers and events, and after each question that was not sent or not answered. */
typedef void pmc_fn(void *owner);

struct pmc {
	struct ev_loop *loop;
	struct health_seen *seen;	/**< what is learnt goes here; the owner's */
	pmc_fn *fn;
	void *owner;
	char path[108];
	struct pmc_peer peer;
	int fd;
	uint16_t sequence;
	bool answered;			/* since the last question */
	bool slow;
	msec_t subscribed_at;		/* MSEC_NONE: not yet */
	int64_t ingress_ns;		/* of the newest offset */
	ev_io io;
	ev_timer ask;
};

/** Set who is told; zeroes everything else. */
void pmc_init(struct pmc *p, struct ev_loop *loop, pmc_fn *fn, void *owner);

/**
 * Start asking the ptp4l that `conf` describes; the first question goes out at
 * once. The socket need not exist: seen->uds_errno tells.
 * @return 0 or -errno (no socket could be made)
 */
int pmc_start(struct pmc *p, const struct daemon_conf *conf, struct health_seen *seen,
	      struct err *err);
void pmc_stop(struct pmc *p);

/** Ask seldom (the unit is ready) or often. */
void pmc_pace(struct pmc *p, bool slow);

#endif
