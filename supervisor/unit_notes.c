/* One unit, told to the flight recorder. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "supervisor/diagnose/catalogue.h"
#include "supervisor/diagnose/digest.h"
#include "supervisor/diagnose/rulebase.h"
#include "unit.h"

static const char *const event_names[EVT_COUNT] = {
	[EVT_NONE] = "none", [EVT_WANT_UP] = "start wanted", [EVT_WANT_DOWN] = "stop wanted",
	[EVT_RESTART] = "restart wanted", [EVT_PROBE_PASS] = "probe passed",
	[EVT_PROBE_BLOCK] = "probe blocks", [EVT_LAUNCHED] = "launched",
	[EVT_LAUNCH_FAILED] = "launch failed", [EVT_EXITED] = "ended", [EVT_READY] = "ready",
	[EVT_UNREADY] = "no longer ready", [EVT_BROKEN] = "broken", [EVT_VERDICT] = "verdict",
	[EVT_CLEARED] = "obstacle may be gone", [EVT_CUT] = "link cut",
	[EVT_REGROUP] = "group restart", [EVT_LEADER_UP] = "leader locked",
	[EVT_LEADER_DOWN] = "leader gone", [EVT_TIMEOUT] = "time is up",
};

static const char *const action_names[ACT_COUNT] = {
	[ACT_NONE] = "none", [ACT_PROBE] = "probe", [ACT_LAUNCH] = "launch",
	[ACT_TERM] = "stop signal", [ACT_KILL] = "kill", [ACT_TIMER] = "timer",
	[ACT_WATCH] = "watch", [ACT_UNWATCH] = "unwatch", [ACT_DIAGNOSE] = "diagnose",
	[ACT_SETTLED] = "settled", [ACT_ESCALATE] = "escalate", [ACT_REMEDY] = "remedy",
	[ACT_REGROUP] = "regroup", [ACT_STUCK] = "stuck",
};

static void put(struct unit *u, struct flight_note *n, bool urgent)
{
	n->urgent = urgent;
	writer_record(u->sup->writer, n);
}

static bool has_offsets(enum program program)
{
	return program == PROG_PTP4L || program == PROG_PHC2SYS || program == PROG_TS2PHC;
}

int notes_unit_init(struct unit *u)
{
	u->notes.lines = NOTES_LINES_BURST;
	if (u->notes.samples || !has_offsets(u->conf->program))
		return 0;
	u->notes.samples = malloc(sizeof(*u->notes.samples));
	if (!u->notes.samples)
		return -ENOMEM;
	samples_init(u->notes.samples);
	return 0;
}

void notes_unit_fini(struct unit *u)
{
	struct flight_note n;

	free(u->notes.samples);
	u->notes.samples = NULL;
	if (!u->leaving)
		return;
	flight_begin(&n, FLIGHT_GONE, u->conf->name);
	put(u, &n, false);
}

/* Why it was decided so, as far as the event does not say it. */
static void reason(const struct unit *u, const struct policy_event *ev, struct text *t)
{
	const struct incident *i = u->incident;
	const struct unit_blocks *b;

	switch (ev->kind) {
	case EVT_PROBE_BLOCK:
		b = &u->room.blocks[ev->u.probe.alternate];
		if (b->n)
			text_add(t, "%s: %s: %s", b->at[0].id, b->at[0].subject, b->at[0].detail);
		break;
	case EVT_VERDICT:
		text_add(t, "%s", disposition_name(ev->u.verdict.disposition));
		if (i && i->verdict.causes)
			text_add(t, ": %s", i->verdict.cause[0].id);
		break;
	case EVT_BROKEN:
	case EVT_UNREADY:
		text_add(t, "%s", u->health.why_not);
		break;
	case EVT_EXITED:
		text_add(t, "%s %d after %lld ms%s%s", exit_kind_name(u->last_exit.kind),
			 u->last_exit.code, (long long)u->last_exit.after_ms,
			 u->last_exit.why_killed ? ": " : "",
			 u->last_exit.why_killed ? u->last_exit.why_killed : "");
		break;
	default:
		break;
	}
}

static void list_actions(const struct policy_step *step, msec_t now, struct text *t)
{
	for (unsigned i = 0; i < step->n; i++) {
		const struct action *a = &step->act[i];

		text_add(t, "%s%s", i ? ", " : "", NAME_OF(action_names, a->kind));
		if (a->kind == ACT_PROBE || a->kind == ACT_LAUNCH)
			text_add(t, " %u", a->alternate);
		else if (a->kind == ACT_TIMER && a->at != MSEC_NONE)
			text_add(t, " %lld ms", (long long)(a->at - now));
		else if (a->kind == ACT_TIMER)
			text_add(t, " off");
	}
}

void notes_waiting(struct unit *u)
{
	char text[sizeof(u->notes.waits)];
	struct text t = text_in(text, sizeof(text));
	struct flight_note n;

	if (u->policy.st == ST_WAITING && u->conf->follows >= 0 && !u->policy.leader_up)
		text_add(&t, "leader %s", u->plan->unit[u->conf->follows].name);
	else if (u->policy.st == ST_WAITING && u->waits_n)
		text_add(&t, "%s %s", wait_kind_name(u->waits[0].kind), u->waits[0].subject);
	if (!strcmp(text, u->notes.waits))
		return;
	memcpy(u->notes.waits, text, t.len + 1);
	flight_begin(&n, FLIGHT_ACTION, u->conf->name);
	flight_text(&n, TAG_ACTIONS, t.len ? "wait" : "go on");
	flight_text(&n, TAG_WAITING, text);
	put(u, &n, false);
}

void notes_action(struct unit *u, const char *what, const char *because, const char *result)
{
	struct flight_note n;

	unit_course(u, "%s, %s: %s", what, result, because);
	flight_begin(&n, FLIGHT_ACTION, u->conf->name);
	flight_text(&n, TAG_ACTIONS, what);
	flight_text(&n, TAG_BECAUSE, because);
	flight_text(&n, TAG_RESULT, result);
	put(u, &n, true);
}

void notes_step(struct unit *u, const struct policy_event *ev, enum policy_st was,
		const struct policy_step *step)
{
	bool decided = step->n || step->next.st != was;
	struct flight_note n;
	char text[200];
	struct text t = text_in(text, sizeof(text));

	reason(u, ev, &t);
	if (step->next.st != was)
		unit_course(u, "%s: %s -> %s%s%s", NAME_OF(event_names, ev->kind),
			    policy_st_name(was), policy_st_name(step->next.st), t.len ? ": " : "", text);
	flight_begin(&n, decided ? FLIGHT_DECISION : FLIGHT_EVENT, u->conf->name);
	flight_text(&n, TAG_EVENT, NAME_OF(event_names, ev->kind));
	if (t.len)
		flight_text(&n, TAG_BECAUSE, text);
	if (decided) {
		t = text_in(text, sizeof(text));
		list_actions(step, ev->at, &t);
		flight_text(&n, TAG_FROM, policy_st_name(was));
		flight_text(&n, TAG_STATE, policy_st_name(step->next.st));
		flight_text(&n, TAG_ACTIONS, text);
		flight_int(&n, TAG_ALTERNATE, step->next.alternate);
		flight_text(&n, TAG_ALTERNATE_NAME, unit_run_of(u, step->next.alternate)->name);
	}
	put(u, &n, step->next.st != was);
}

void notes_launch(struct unit *u, const char *path, char *const argv[])
{
	char text[FLIGHT_FIELD_MAX];
	struct text t = text_in(text, sizeof(text));
	struct flight_note n;

	text_add(&t, "%s", path ? path : "?");
	for (unsigned i = 1; argv && argv[0] && argv[i]; i++)
		text_add(&t, " %s", argv[i]);
	flight_begin(&n, FLIGHT_LAUNCH, u->conf->name);
	flight_text(&n, TAG_TEXT, text);
	flight_text(&n, TAG_RESULT, unit_alive(u) ? u->child.id.ours ? "started" : "taken over"
						  : "failed");
	flight_int(&n, TAG_PID, u->child.id.pid);
	flight_int(&n, TAG_RESTARTS, u->starts ? u->starts - 1 : 0);
	put(u, &n, true);
}

/* What the recorder holds back for better days: it may be wanted now. */
static void tell_samples(struct unit *u, bool single)
{
	struct flight_note n;

	if (!u->notes.samples)
		return;
	samples_end_minute(u->notes.samples);
	if (samples_minutes(u->notes.samples, u->conf->name, &n))
		put(u, &n, false);
	while (single && samples_single(u->notes.samples, u->conf->name, &n))
		put(u, &n, false);
}

void notes_exit(struct unit *u)
{
	const struct exit_info *e = &u->last_exit;
	struct flight_note n;
	char text[48];

	tell_samples(u, true);
	snprintf(text, sizeof(text), "%s %s%.0d", exit_kind_name(e->kind),
		 e->kind == EXIT_KIND_SIGNAL ? signal_name(e->code) : "",
		 e->kind == EXIT_KIND_SIGNAL ? 0 : e->code);
	flight_begin(&n, FLIGHT_EXIT, u->conf->name);
	flight_text(&n, TAG_LAST_EXIT, text);
	flight_int(&n, TAG_CODE, e->code);
	flight_int(&n, TAG_SPAN_MS, e->after_ms);
	if (e->why_killed)
		flight_text(&n, TAG_BECAUSE, e->why_killed);
	flight_int(&n, TAG_PID, 0);
	flight_int(&n, TAG_READY, 0);
	flight_text(&n, TAG_LOCK, "");
	flight_text(&n, TAG_WHY_NOT, "");
	put(u, &n, true);
	u->notes.said[0] = '\0';
}

/* As one text, so that what was told last is easy to compare with. */
static void health_text(const struct unit *u, struct text *t)
{
	text_add(t, "%d %d %s %s", u->health.ready, u->health.lock, u->health.why_not,
		 u->seen.gm_present ? u->seen.grandmaster : "");
	for (unsigned i = 0; i < u->seen.ports && i < PORTS_MAX; i++)
		text_add(t, " %d", u->seen.port[i].state);
}

/* A port is known by its number until it has told its interface. */
static void add_ports(struct unit *u, struct flight_note *n)
{
	char name[UNIT_NAME_MAX + IFACE_NAME_MAX + 2];

	for (unsigned i = 0; i < u->seen.ports && i < PORTS_MAX; i++) {
		const struct port_seen *p = &u->seen.port[i];

		snprintf(name, sizeof(name), "%s:%u", u->conf->name, p->number);
		if (!p->interface[0]) {
			u->notes.numbered |= 1u << i;
		} else {
			if (u->notes.numbered & 1u << i) {
				flight_subject(n, name);
				flight_text(n, TAG_PORT, "");
				u->notes.numbered &= ~(1u << i);
			}
			snprintf(name, sizeof(name), "%s:%s", u->conf->name, p->interface);
		}
		flight_subject(n, name);
		flight_text(n, TAG_PORT, port_state_name(p->state));
	}
}

/* From its lines or from its answers, whichever is newer. */
static void take_offset(struct unit *u)
{
	const struct series *s = &u->digest.series[u->conf->program == PROG_PTP4L ? SERIES_PTP4L
										    : SERIES_LOCAL];
	struct flight_note n;

	if (u->seen.offset_at == MSEC_NONE || u->seen.offset_at == u->notes.offset_at)
		return;
	u->notes.offset_at = u->seen.offset_at;
	if (u->notes.samples &&
	    samples_take(u->notes.samples, u->seen.offset_at, (double)u->seen.offset_ns, s->freq) &&
	    samples_minutes(u->notes.samples, u->conf->name, &n))
		put(u, &n, false);
}

void notes_health(struct unit *u)
{
	char text[sizeof(u->notes.said)];
	struct text t = text_in(text, sizeof(text));
	bool was_locked = u->notes.said[0] && strstr(u->notes.said, " 2 ") == u->notes.said + 1;
	struct flight_note n;

	take_offset(u);
	health_text(u, &t);
	if (!strcmp(text, u->notes.said))
		return;
	memcpy(u->notes.said, text, t.len + 1);
	flight_begin(&n, FLIGHT_HEALTH, u->conf->name);
	flight_int(&n, TAG_READY, u->health.ready);
	flight_text(&n, TAG_LOCK, lock_name(u->health.lock));
	flight_text(&n, TAG_WHY_NOT, u->health.why_not);
	flight_text(&n, TAG_GRANDMASTER, u->seen.gm_present ? u->seen.grandmaster : "");
	if (u->seen.offset_at != MSEC_NONE)
		flight_int(&n, TAG_OFFSET_NS, u->seen.offset_ns);
	add_ports(u, &n);
	put(u, &n, false);
	unit_case_time(u);
	unit_course(u, "%s, lock %s%s%s", u->health.ready ? "ready" : "not ready",
		    lock_name(u->health.lock), u->health.why_not[0] ? ": " : "", u->health.why_not);
	if (was_locked && u->health.lock != LOCK_LOCKED)
		tell_samples(u, true);
}

/* A burst, then one in five seconds. */
static bool line_allowed(struct unit_notes *s, msec_t now)
{
	msec_t more = (now - s->lines_at) / NOTES_LINE_MS;

	if (more > 0) {
		s->lines = s->lines + more < NOTES_LINES_BURST ? (uint16_t)(s->lines + more)
							       : NOTES_LINES_BURST;
		s->lines_at = now;
	}
	if (!s->lines) {
		s->lines_held += s->lines_held < UINT16_MAX;
		return false;
	}
	s->lines--;
	return true;
}

void notes_line(struct unit *u, const struct output_line *line, unsigned message)
{
	struct flight_note n;

	if (message == DIGEST_OFFSET || !line->len || !line_allowed(&u->notes, line->at))
		return;
	flight_begin(&n, FLIGHT_LINE, u->conf->name);
	if (message < u->sup->rules->catalogue->messages)
		flight_text(&n, TAG_ID, catalogue_id(u->sup->rules->catalogue, (uint16_t)message));
	flight_bytes(&n, TAG_TEXT, line->text, line->len);
	if (u->notes.lines_held)
		flight_int(&n, TAG_COUNT, u->notes.lines_held);
	u->notes.lines_held = 0;
	put(u, &n, false);
}

void notes_output(struct unit *u, const struct writer_event *ev)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_OUTPUT, u->conf->name);
	if (ev->kind == WRITER_GAP) {
		flight_text(&n, TAG_RESULT, "gap");
		flight_int(&n, TAG_SPAN_MS, ev->to_ms - ev->from_ms);
	} else {
		flight_text(&n, TAG_STORAGE, ev->disk_errno ? strerror(ev->disk_errno) : "");
	}
	put(u, &n, false);
}

static uint32_t sum(uint32_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619u;
	return hash ? hash : 1;
}

/* Where the finding is remembered, or a free place; NULL: the table is full. */
static uint32_t *place_of(struct unit_notes *s, uint32_t which)
{
	uint32_t *empty = NULL;

	for (unsigned i = 0; i < NOTES_FINDINGS; i++) {
		if (s->finding[i][0] == which)
			return s->finding[i];
		if (!s->finding[i][0] && !empty)
			empty = s->finding[i];
	}
	return empty;
}

static void tell_finding(struct unit *u, unsigned alternate, const struct finding *f)
{
	uint32_t which = sum(sum(2166136261u + alternate, f->id), f->subject);
	uint32_t how = sum(sum(2166136261u + f->state, f->detail), "");
	uint32_t *place = place_of(&u->notes, which);
	struct flight_note n;

	if (!place || (place[0] == which ? place[1] == how : f->state == FINDING_PASS))
		return;
	place[0] = f->state == FINDING_PASS ? 0 : which;
	place[1] = how;
	flight_begin(&n, FLIGHT_FINDING, u->conf->name);
	flight_text(&n, TAG_ID, f->id);
	flight_text(&n, TAG_RESULT, finding_state_name(f->state));
	flight_text(&n, TAG_FROM, f->subject);
	flight_text(&n, TAG_TEXT, f->detail);
	put(u, &n, f->state == FINDING_BLOCK);
}

void notes_findings(struct unit *u, unsigned alternate, const struct findings *f)
{
	const struct finding *block = findings_block(f);
	struct flight_note n;

	for (unsigned i = 0; i < f->n; i++)
		tell_finding(u, alternate, &f->at[i]);
	flight_begin(&n, FLIGHT_FINDING, u->conf->name);
	if (!block && !u->notes.blocked)
		return;
	u->notes.blocked = block != NULL;
	flight_text(&n, TAG_BLOCK, block ? block->id : "");
	put(u, &n, false);
}

void notes_incident(struct unit *u, const struct incident *i, const char *what)
{
	char line[256];
	struct text t = text_in(line, sizeof(line));
	bool open = i->closed_at == MSEC_NONE;
	struct flight_note n;

	tell_samples(u, open);
	explain_line(&i->verdict, &t);
	unit_course(u, "%s: %s", what, line);
	flight_begin(&n, FLIGHT_INCIDENT, u->conf->name);
	flight_int(&n, TAG_NUMBER_OF, i->number);
	flight_text(&n, TAG_RESULT, what);
	flight_text(&n, TAG_TEXT, line);
	flight_int(&n, TAG_INCIDENT, open ? i->number : 0);
	flight_text(&n, TAG_CAUSE, open && i->verdict.causes ? i->verdict.cause[0].id : "");
	if (i->repeats)
		flight_int(&n, TAG_COUNT, i->repeats);
	put(u, &n, true);
}
