#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reply.h"
#include "conf/near.h"
#include "outcome.h"
#include "phrase.h"
#include "render_status.h"
#include "render_why.h"
#include "verbs.h"

enum { CHUNK = 32768 };	/* show more units only while less than this waits to be sent */

static const msec_t wait_max = 30 * 24 * HOUR;

static unsigned units_of(const struct reply *a)
{
	return a->ops->units(a->ops->ctx);
}

int reply_unit(const struct control_ops *ops, const char *name)
{
	unsigned n = ops->units(ops->ctx);
	struct unit_view v;

	for (unsigned i = 0; i < n; i++) {
		ops->view(ops->ctx, i, &v);
		if (!strcmp(v.name, name))
			return (int)i;
	}
	return -1;
}

static enum reply_state done(struct reply *a, int rc)
{
	(void)frame_exit(a->out, rc);
	return REPLY_DONE;
}

enum reply_state reply_refuse(struct outbuf *out, int rc, const char *sentence)
{
	char room[640];
	struct text t = text_in(room, sizeof(room));

	text_add(&t, "ptpwarden: %s\n", sentence);
	(void)frame_puts(out, FRAME_ERR, room);
	(void)frame_exit(out, rc);
	return REPLY_DONE;
}

static enum reply_state no_such_unit(struct reply *a)
{
	struct unit_view v;
	struct near near;
	char room[512];
	struct text t = text_in(room, sizeof(room));

	near_start(&near, a->request.unit);
	for (unsigned i = 0; i < units_of(a); i++) {
		a->ops->view(a->ops->ctx, i, &v);
		near_offer(&near, v.name);
	}
	text_add(&t, "there is no unit '");
	phrase_safe(&t, a->request.unit);
	if (near_best(&near))
		text_add(&t, "'. Did you mean '%s'?", near_best(&near));
	else
		text_add(&t, "'. 'ptpwarden status' lists the units.");
	return reply_refuse(a->out, RC_USAGE, room);
}

/* ---- status */

static struct status_style measure(const struct reply *a, bool colour)
{
	struct status_style style = { .colour = colour };
	struct unit_view v;

	for (unsigned i = 0; i < units_of(a); i++) {
		a->ops->view(a->ops->ctx, i, &v);
		status_measure(&style, &v);
	}
	return style;
}

static void show_unit(struct reply *a, const struct status_style *style, unsigned i, bool first)
{
	char room[STATUS_UNIT_MAX];
	struct text t = text_in(room, sizeof(room));
	struct unit_view v;

	a->ops->view(a->ops->ctx, i, &v);
	if (a->request.json && !first)
		text_add(&t, ",");
	if (a->request.json)
		status_json_unit(&v, &t);
	else
		status_unit(style, &v, a->ops->standing(a->ops->ctx, i), &t);
	(void)frame_put(a->out, FRAME_OUT, room, t.len);
}

static void show_head(struct reply *a, const struct status_style *style)
{
	char room[128];
	struct text t = text_in(room, sizeof(room));

	if (a->request.json)
		text_add(&t, STATUS_JSON_HEAD);
	else
		status_head(style, &t);
	(void)frame_put(a->out, FRAME_OUT, room, t.len);
}

/* Units from a->next on, as long as there is room. @return whether that was all */
static bool show_units(struct reply *a)
{
	struct status_style style = measure(a, a->request.colour);
	unsigned n = units_of(a);

	if (!a->next)
		show_head(a, &style);
	while (a->next < n && outbuf_left(a->out) < CHUNK) {
		show_unit(a, &style, a->next, !a->next);
		a->next++;
	}
	if (a->next < n)
		return false;
	if (a->request.json)
		(void)frame_puts(a->out, FRAME_OUT, STATUS_JSON_TAIL);
	return true;
}

static void show_only(struct reply *a, unsigned i)
{
	struct status_style style = measure(a, a->request.colour);

	show_head(a, &style);
	show_unit(a, &style, i, true);
	if (a->request.json)
		(void)frame_puts(a->out, FRAME_OUT, STATUS_JSON_TAIL);
}

static enum reply_state status_go_on(struct reply *a, msec_t now)
{
	return show_units(a) ? done(a, RC_OK) : REPLY_MORE;
}

static enum reply_state status_begin(struct reply *a, msec_t now)
{
	int unit = reply_unit(a->ops, a->request.unit);
	struct unit_view v;

	if (unit < 0)
		return status_go_on(a, now);
	show_only(a, (unsigned)unit);
	a->ops->view(a->ops->ctx, (unsigned)unit, &v);
	return done(a, status_alive(&v) ? RC_OK : RC_STOPPED);
}

/* ---- why */

enum { WHY_FIRST = 16384, WHY_MAX = 768 * 1024 };

static void explain(const struct why *w, bool json, struct text *t)
{
	if (json)
		why_json(w, t);
	else
		why_text(w, t);
}

/* Room for what is said: mostly a screen, in the worst case JSON of a verdict full of escapes. */
static enum reply_state say_why(struct reply *a, const struct why *w)
{
	struct text t = { .cut = true };
	char *room = NULL;

	for (size_t size = WHY_FIRST; t.cut && size <= WHY_MAX; size *= 2) {
		char *more = realloc(room, size);

		if (!more)
			break;
		room = more;
		t = text_in(room, size);
		explain(w, a->request.json, &t);
	}
	if (t.cut) {
		free(room);
		return reply_refuse(a->out, RC_UNKNOWN, "there is no memory for the answer.");
	}
	(void)frame_put(a->out, FRAME_OUT, room, t.len);
	free(room);
	return done(a, why_rc(w));
}

static enum reply_state why_begin(struct reply *a, msec_t now)
{
	int unit = reply_unit(a->ops, a->request.unit);
	struct unit_view v;
	struct why w = {
		.view = &v, .now = now, .facts = a->request.facts,
		.incident = a->ops->incident(a->ops->ctx, unit),
	};

	if (w.incident && !w.incident->number)
		w.incident = NULL;
	if (unit < 0)
		unit = w.incident ? (int)w.incident->unit : 0;
	if (!units_of(a))
		return reply_refuse(a->out, RC_UNKNOWN, "no unit is configured.");
	a->ops->view(a->ops->ctx, (unsigned)unit, &v);
	w.standing = a->ops->standing(a->ops->ctx, (unsigned)unit);
	return say_why(a, &w);
}

/* ---- monitor */

static enum reply_state monitor_begin(struct reply *a, msec_t now)
{
	/* a person sees at once that it works and where things stand; a program gets events only */
	if (!a->request.json && !show_units(a))
		return REPLY_MORE;
	return REPLY_MONITOR;
}

/* ---- commands and waiting */

/* The state that counts for a request about all units: the worst of those that are wanted. */
static enum outcome outcome_now(const struct reply *a, unsigned *which)
{
	int unit = reply_unit(a->ops, a->request.unit);
	enum outcome worst = OUTCOME_STOPPED, one;
	static const int weight[] = {
		[OUTCOME_STOPPED] = 0, [OUTCOME_READY] = 1,
		[OUTCOME_TRYING] = 2, [OUTCOME_FAILED] = 3,
	};

	*which = unit < 0 ? 0 : (unsigned)unit;
	if (a->request.unit[0])
		return unit < 0 ? OUTCOME_STOPPED : outcome_of(a->ops, *which, a->request.locked);
	for (unsigned i = 0; i < units_of(a); i++) {
		one = outcome_of(a->ops, i, a->request.locked);
		if (weight[one] > weight[worst]) {
			worst = one;
			*which = i;
		}
	}
	return worst;
}

static const char *ready_word(const struct reply *a)
{
	return a->request.locked ? "ready and locked" : "ready";
}

/* One line about the unit that decided. A bad end goes to standard error. */
static void say_line(struct reply *a, unsigned which, int rc)
{
	char room[1024];
	struct text t = text_in(room, sizeof(room));
	struct unit_view v;

	a->ops->view(a->ops->ctx, which, &v);
	phrase_safe(&t, v.name);
	text_add(&t, ": ");
	if (rc == RC_OK && a->request.wait && v.ready)
		text_add(&t, "%s", ready_word(a));
	else if (v.ready && a->request.locked)
		text_add(&t, "ready, but its lock is %s", lock_name(v.lock));
	else
		status_reason(&v, &t);
	text_add(&t, "\n");
	(void)frame_puts(a->out, rc == RC_OK ? FRAME_OUT : FRAME_ERR, room);
}

static enum reply_state say_end(struct reply *a, unsigned which, int rc)
{
	bool all = !a->request.unit[0];

	if (!units_of(a))
		return reply_refuse(a->out, RC_STOPPED, "no unit is configured.");
	if (a->request.json)
		show_only(a, which);
	else if (all && rc == RC_OK)
		(void)frame_puts(a->out, FRAME_OUT,
				 a->request.wait ? "all units are ready\n" : "done\n");
	else
		say_line(a, which, rc);
	return done(a, rc);
}

static int rc_of(enum outcome outcome)
{
	static const int rc[] = {
		[OUTCOME_READY] = RC_OK, [OUTCOME_TRYING] = RC_TRYING,
		[OUTCOME_STOPPED] = RC_STOPPED, [OUTCOME_FAILED] = RC_FAILED,
	};

	return rc[outcome];
}

/* A cause that is still being looked for is worth a moment: it is the answer. */
static bool cause_may_come(struct reply *a, unsigned which, msec_t now)
{
	if (!outcome_cause_pending(a->ops, which))
		return false;
	if (!a->failed_at)
		a->failed_at = now;
	a->wake_at = a->failed_at + REPLY_VERDICT_GRACE;
	return now < a->wake_at;
}

static enum reply_state start_go_on(struct reply *a, msec_t now)
{
	unsigned which;
	enum outcome o = outcome_now(a, &which);
	bool late = now >= a->deadline;

	a->wake_at = a->deadline;
	if (o == OUTCOME_TRYING)
		a->failed_at = 0;
	if (o == OUTCOME_TRYING && !late)
		return REPLY_WAIT;
	if (o == OUTCOME_FAILED && !late && cause_may_come(a, which, now))
		return REPLY_WAIT;
	return say_end(a, which, rc_of(o));
}

/*
 * `wait` has patience with what may come by itself: a cable may yet be plugged
 * in. It has none with a mistake in a file. What a unit waits for is only known
 * a moment after it began to wait.
 */
static bool beyond_hope(struct reply *a, unsigned which, msec_t now)
{
	if (!outcome_hopeless(a->ops, which)) {
		a->failed_at = 0;
		return false;
	}
	if (!a->failed_at)
		a->failed_at = now;
	if (a->wake_at > a->failed_at + REPLY_VERDICT_GRACE)
		a->wake_at = a->failed_at + REPLY_VERDICT_GRACE;
	return now >= a->failed_at + REPLY_VERDICT_GRACE;
}

static enum reply_state wait_go_on(struct reply *a, msec_t now)
{
	unsigned which;
	enum outcome o = outcome_now(a, &which);

	a->wake_at = a->deadline;
	if (o == OUTCOME_FAILED && beyond_hope(a, which, now))
		return say_end(a, which, RC_FAILED);
	if (o != OUTCOME_READY && now < a->deadline)
		return REPLY_WAIT;
	return say_end(a, which, rc_of(o));
}

static bool all_stopped(const struct reply *a, unsigned *which)
{
	struct unit_view v;
	bool stopped = true;

	*which = 0;
	for (unsigned i = 0; i < units_of(a); i++) {
		a->ops->view(a->ops->ctx, i, &v);
		if (v.state != ST_STOPPED &&
		    (!a->request.unit[0] || !strcmp(v.name, a->request.unit))) {
			stopped = false;
			*which = i;
		}
	}
	return stopped;
}

static enum reply_state stop_go_on(struct reply *a, msec_t now)
{
	int unit = reply_unit(a->ops, a->request.unit);
	unsigned which;
	bool stopped = all_stopped(a, &which);

	a->wake_at = a->deadline;
	if (!stopped && now < a->deadline)
		return REPLY_WAIT;
	return say_end(a, unit >= 0 ? (unsigned)unit : which, stopped ? RC_OK : RC_TRYING);
}

static enum reply_state shutdown_go_on(struct reply *a, msec_t now)
{
	a->wake_at = a->deadline;
	if (now < a->deadline)
		return REPLY_WAIT;	/* ends when the server does */
	return reply_refuse(a->out, RC_TRYING, "it has not ended yet.");
}

static enum reply_state wait_begin(struct reply *a, msec_t now)
{
	msec_t patience = a->request.wait_ms < wait_max ? a->request.wait_ms : wait_max;

	a->deadline = now + patience;
	return wait_go_on(a, now);
}

/* What the flight recorder still has in memory goes to its file, for the timeline to read. */
static enum reply_state flight_begin_reading(struct reply *a, msec_t now)
{
	if (a->ops->write_down)
		a->ops->write_down(a->ops->ctx);
	return done(a, RC_OK);
}

static enum reply_state command_begin(struct reply *a, msec_t now);

/* A new verb is a new row. */
static const struct verb {
	const char *name;
	bool changes;		/**< needs root or the control group */
	enum reply_state (*begin)(struct reply *a, msec_t now);
	enum reply_state (*go_on)(struct reply *a, msec_t now);
} verbs[] = {
	{ "status", false, status_begin, status_go_on },
	{ "why", false, why_begin, NULL },
	{ "wait", false, wait_begin, wait_go_on },
	{ "monitor", false, monitor_begin, monitor_begin },
	{ "flight", false, flight_begin_reading, NULL },
	{ "start", true, command_begin, start_go_on },
	{ "restart", true, command_begin, start_go_on },
	{ "reload", true, command_begin, start_go_on },
	{ "stop", true, command_begin, stop_go_on },
	{ "shutdown", true, command_begin, shutdown_go_on },
};

static const struct verb *verb_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static enum reply_state command_begin(struct reply *a, msec_t now)
{
	const struct request *r = &a->request;
	int unit = reply_unit(a->ops, r->unit);
	struct err err = { 0 };
	int rc;

	if (a->ops->heard)
		a->ops->heard(a->ops->ctx, r->verb, r->unit, a->uid);
	rc = a->ops->command(a->ops->ctx, r->verb, unit, r->force, &err);
	if (rc)
		return reply_refuse(a->out, RC_FAILED, err.code ? err.text : strerror(-rc));
	if (!r->wait)
		return say_end(a, unit < 0 ? 0 : (unsigned)unit, RC_OK);
	a->deadline = now + (r->wait_ms < wait_max ? r->wait_ms : wait_max);
	return verb_of(r->verb)->go_on(a, now);
}

enum reply_state reply_begin(struct reply *a, msec_t now)
{
	const struct verb *v = verb_of(a->request.verb);

	a->wake_at = MSEC_NONE;
	if (!v)
		return reply_refuse(a->out, RC_USAGE,
				    "the supervisor does not know this verb. Use the ptpwarden "
				    "command of its own version.");
	if (v->changes && !a->may_change)
		return reply_refuse(a->out, RC_FAILED,
				    "only root and members of the group 'control_group' of the "
				    "configuration may do this. Try it with sudo.");
	if (a->request.unit[0] && reply_unit(a->ops, a->request.unit) < 0)
		return no_such_unit(a);
	return v->begin(a, now);
}

enum reply_state reply_go_on(struct reply *a, msec_t now)
{
	return verb_of(a->request.verb)->go_on(a, now);
}
