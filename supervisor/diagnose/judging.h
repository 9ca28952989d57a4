/**
 * @file judging.h
 * @brief Inside of health_judge(): one judgement under way, and what its parts share.
 */
#ifndef PTPWARDEN_DIAGNOSE_JUDGING_H
#define PTPWARDEN_DIAGNOSE_JUDGING_H

#include <stdio.h>

#include "healthjudge.h"

/* What the configuration means a ptp4l to be. */
enum role { ROLE_CLIENT, ROLE_SERVER, ROLE_EITHER };

struct judging {
	const struct daemon_conf *conf;
	const struct health_seen *seen;
	msec_t now;
	struct health out;
};

/* Not ready, because of `what`; the sentence follows. */
#define WHY(c, what, ...) ((void)snprintf((c)->out.why_not, sizeof((c)->out.why_not), __VA_ARGS__), \
			   (c)->out.trouble = (what))

/* Ready, but odd. */
#define NOTE(c, what, ...) ((void)snprintf((c)->out.note, sizeof((c)->out.note), __VA_ARGS__), \
			    (c)->out.trouble = (what))

static inline bool within(const struct judging *c, msec_t since, msec_t span)
{
	return since != MSEC_NONE && c->now - since <= span;
}

/* judgeports.c: what its ports say about a ptp4l. */
enum role role_of(const struct daemon_conf *conf);
msec_t interval_ms(int log2_seconds);
bool elected(const struct judging *c, const struct port_seen *p);
const char *port_name(const struct port_seen *p);
bool judge_stillborn(struct judging *c);
void judge_ports(struct judging *c);

/* judgeclock.c: what its servo and its clock say about any of them; true: that is what is wrong. */
bool judge_clock(struct judging *c);
bool judge_hopeless(struct judging *c);
void judge_oddities(struct judging *c);

/* judgelines.c: phc2sys and ts2phc. */
void judge_lines(struct judging *c);

#endif
