/**
 * @file pmc.h
 * @brief Asks one ptp4l over its Unix socket how it is, without ever waiting.
 *
 * Asks every PMC_FAST_MS until told that it is ready, then every PMC_SLOW_MS,
 * and subscribes to port states so that changes arrive at once. A question that
 * is not answered within PMC_DOUBT_MS is repeated at that pace, so that a hang
 * is known in a few seconds. From 4.0 on the status of each Sync is subscribed
 * to as well and need not be asked for, unless there are too many of them.
 *
 * The kernel tells which process answered, and which file the socket is bound
 * to: an answer of somebody else, and another file in that place, are noted and
 * not believed. The client has an automatic abstract address: no file is left
 * behind.
 */
#ifndef PTPWARDEN_PMC_H
#define PTPWARDEN_PMC_H

#include <stdbool.h>
#include <ev.h>
#include "daemon.h"
#include "err.h"
#include "health.h"
#include "pmcwire.h"

enum {
	PMC_FAST_MS = 200,
	PMC_SLOW_MS = 2000,
	PMC_DOUBT_MS = 500,
	PMC_LATE_MS = 1000,	/* we came so much too late: the silence may be ours */
	PMC_BEAT_MS = 400,	/* Syncs closer than this are asked for, not subscribed to */
	PMC_STATS_EVERY = 5,	/* questions between two for the counters */
	PMC_SUBSCRIBE_S = 180,
};

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
	uint16_t status_sequence;	/* of the newest question for TIME_STATUS_NP */
	uint16_t stats_sequence;	/* of the counters that are being summed up */
	bool answered;			/* since the last question */
	bool slow;
	bool beats;			/* it has the status of each Sync to subscribe to */
	uint8_t fast_beats;		/* in a row that came too soon */
	unsigned questions;
	msec_t due;			/* when the next question was to be asked */
	msec_t beat_at;			/* newest status that was not asked for, MSEC_NONE: none */
	msec_t subscribed_at;		/* MSEC_NONE: not yet */
	int64_t ingress_ns;		/* of the newest offset */
	uint64_t rx_sync, rx_announce;	/* of the round of counters before */
	uint64_t dev, ino;		/* of the file that the answering socket is bound to, 0: not known */
	ev_io io;
	ev_timer ask;
};

/** Set who is told; zeroes everything else. */
void pmc_init(struct pmc *p, struct ev_loop *loop, pmc_fn *fn, void *owner);

/**
 * Start asking the ptp4l that `conf` describes; the first question goes out at
 * once. The socket need not exist: seen->uds_errno tells. Only seen->pid, and
 * what shares a session with it, is believed; 0: whoever answers.
 * @return 0 or -errno (no socket could be made)
 */
int pmc_start(struct pmc *p, const struct daemon_conf *conf, struct health_seen *seen,
	      struct err *err);
void pmc_stop(struct pmc *p);

/**
 * Set what the daemon announces while it is grandmaster; its answer shows in seen->gm.
 * @return 0 or -errno
 */
int pmc_set_grandmaster(struct pmc *p, const uint8_t settings[GM_SETTINGS]);

/** Ask seldom (the unit is ready) or often. */
void pmc_pace(struct pmc *p, bool slow);

/** Silence until now may have been ours (the machine slept): begin to count anew. */
void pmc_forgive(struct pmc *p);

#endif
