#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "unit.h"

static struct policy_conf pacing_of(const struct plan_unit *c)
{
	uint32_t seed = 2166136261u;

	for (const char *s = c->name; *s; s++)
		seed = (seed ^ (uint8_t)*s) * 16777619u;
	return (struct policy_conf){
		.alternates = c->alternates,
		.follower = c->follows >= 0,
		.deaths = c->crash_deaths,
		.window = c->crash_window,
		.settle = c->settle,
		.delay_min = c->restart_delay,
		.delay_max = c->restart_delay_max,
		.retry_slow = c->retry_slow,
		.patience = c->patience,
		.stop_grace = c->stop_grace,
		.seed = seed,
	};
}

unsigned unit_variant(const struct unit *u)
{
	const struct supervisor *sup = u->sup;
	unsigned leader = (unsigned)u->conf->follows;

	if (u->leaving || u->conf->variants <= 1 || leader >= sup->units)
		return 0;
	return sup->t.unit[leader]->policy.alternate % u->conf->variants;
}

const struct plan_run *unit_run_of(const struct unit *u, unsigned alternate)
{
	/* a reload may have taken alternates away from a unit that is still being stopped */
	return plan_run_of(u->conf, alternate < u->conf->alternates ? alternate : 0,
			   unit_variant(u));
}

bool unit_alive(const struct unit *u)
{
	return u->child.id.pid > 0;
}

static void on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct unit *u = container_of(w, struct unit, timer);
	msec_t now = loop_now();

	/* libev counts from its own idea of now and may be a millisecond early */
	if (u->policy.timer != MSEC_NONE && now < u->policy.timer) {
		ev_timer_set(w, (double)(u->policy.timer - now) / 1000.0, 0.);
		ev_timer_start(loop, w);
		return;
	}
	unit_event(u, EVT_TIMEOUT);
}

static void on_cleared(struct ev_loop *loop, ev_timer *w, int revents)
{
	unit_event(container_of(w, struct unit, cleared), EVT_CLEARED);
}

static void set_timer(struct unit *u, const struct action *act)
{
	msec_t in = act->at - loop_now();

	ev_timer_stop(u->sup->loop, &u->timer);
	if (act->at == MSEC_NONE)
		return;
	ev_now_update(u->sup->loop);
	ev_timer_set(&u->timer, in > 0 ? (double)in / 1000.0 : 0., 0.);
	ev_timer_start(u->sup->loop, &u->timer);
}

static void settled(struct unit *u, const struct action *act)
{
	log_info("unit", "unit=%s settled alternate=%u", u->conf->name, u->policy.alternate);
	unit_good(u);
}

static void regroup(struct unit *u, const struct action *act)
{
	int leader = u->leaving ? -1 : u->conf->follows;

	if (leader < 0 || (unsigned)leader >= u->sup->units)
		return;
	log_notice("unit", "unit=%s asks for a restart of %s, too", u->conf->name,
		   u->plan->unit[leader].name);
	unit_event(u->sup->t.unit[leader], EVT_REGROUP);
}

static void (*const deed[ACT_COUNT])(struct unit *, const struct action *) = {
	[ACT_PROBE] = unit_probe,	[ACT_LAUNCH] = unit_launch,
	[ACT_TERM] = unit_term,		[ACT_KILL] = unit_kill,
	[ACT_TIMER] = set_timer,	[ACT_WATCH] = unit_watch,
	[ACT_UNWATCH] = unit_unwatch,	[ACT_DIAGNOSE] = unit_diagnose,
	[ACT_SETTLED] = settled,	[ACT_ESCALATE] = unit_tell_escalation,
	[ACT_REMEDY] = unit_remedy,	[ACT_REGROUP] = regroup,
	[ACT_STUCK] = unit_stuck,
};

/* One event through the core, and what it asks for. Deeds may queue further events. */
static void step(struct unit *u, const struct policy_event *ev)
{
	struct policy_state before = u->policy;
	enum policy_st was = before.st;
	struct policy_step s = policy_step(&u->pacing, before, ev);

	u->policy = s.next;
	unit_past_keep(u, &before);
	if (s.next.st != was)
		u->since = ev->at;
	notes_step(u, ev, was, &s);
	if (s.next.st == ST_STOPPING && was != ST_STOPPING)
		supervisor_group(u->sup, u);	/* its followers get their stop signal before it does */
	for (unsigned i = 0; i < s.n; i++)
		if (deed[s.act[i].kind])
			deed[s.act[i].kind](u, &s.act[i]);
	notes_waiting(u);
	if (s.next.st != was) {
		unit_tell_state(u, was);
		unit_incident_follow(u);
	}
	if (s.next.st != was || s.n) {
		supervisor_group(u->sup, u);
		supervisor_changed(u->sup, u);
	}
}

void unit_feed(struct unit *u, const struct policy_event *ev)
{
	if (u->queued == UNIT_QUEUE) {
		log_err("unit", "unit=%s event=%d dropped: the queue is full", u->conf->name,
			ev->kind);
		return;
	}
	u->queue[u->queued++] = *ev;
	if (u->feeding)
		return;
	u->feeding = true;
	while (u->queued) {
		struct policy_event first = u->queue[0];

		memmove(u->queue, u->queue + 1, --u->queued * sizeof(u->queue[0]));
		step(u, &first);
	}
	u->feeding = false;
}

void unit_event(struct unit *u, enum event_kind kind)
{
	struct policy_event ev = { .kind = kind, .at = loop_now() };

	unit_feed(u, &ev);
}

void unit_room_free(struct unit_room *room)
{
	free(room->spec);
	free(room->blocks);
	*room = (struct unit_room){ 0 };
}

int unit_room_new(struct unit_room *room, const struct plan_unit *c, struct err *err)
{
	size_t runs = (size_t)c->alternates * c->variants;
	int rc = 0;

	*room = (struct unit_room){ .spec = calloc(runs, sizeof(*room->spec)),
				    .blocks = calloc(c->alternates, sizeof(*room->blocks)) };
	if (!room->spec || !room->blocks)
		rc = err_set(err, ENOMEM, "%s: out of memory", c->name);
	for (size_t i = 0; i < runs && rc == 0; i++)
		rc = launch_prepare(&room->spec[i], c, &c->runs[i], 0, err);
	if (rc < 0)
		unit_room_free(room);
	return rc;
}

/* Why the better alternates are passed over is still true after a reload that left them alone. */
static void carry_blocks(const struct unit_room *from, const struct plan_unit *was,
			struct unit_room *to, const struct plan_unit *now)
{
	if (was && was->alternates == now->alternates)
		memcpy(to->blocks, from->blocks, now->alternates * sizeof(*to->blocks));
}

/* The name of its alternate lies in the former plan, and the unit may have another number. */
static void move_incident(struct unit *u)
{
	struct incident *i = u->incident;

	i->unit = u->index;
	i->alternate_name = i->alternate < u->conf->alternates
		? u->conf->runs[i->alternate * u->conf->variants].name : NULL;
}

void unit_settle_in(struct unit *u, const struct plan *plan, unsigned index,
		    struct unit_room *room)
{
	carry_blocks(&u->room, u->conf, room, &plan->unit[index]);
	unit_room_free(&u->room);
	u->room = *room;
	*room = (struct unit_room){ 0 };
	u->plan = plan;
	u->conf = &plan->unit[index];
	u->index = index;
	u->pacing = pacing_of(u->conf);
	unit_health_limits(u);
	if (u->policy.alternate >= u->conf->alternates)
		u->policy.alternate = u->policy.came_from = 0;
	if (u->policy.probing >= u->conf->alternates)
		u->policy.probing = 0;
	if (u->incident)
		move_incident(u);
	unit_incident_free(u->candidate);
	u->candidate = NULL;
}

struct unit *unit_new(struct supervisor *sup, const struct plan *plan, unsigned index,
		      struct err *err)
{
	struct unit *u = calloc(1, sizeof(*u));
	struct unit_room room = { 0 };

	if (!u) {
		err_set(err, ENOMEM, "out of memory");
		return NULL;
	}
	u->sup = sup;
	u->slot = -1;
	u->since = loop_now();
	u->good_at = MSEC_NONE;
	ev_timer_init(&u->timer, on_timer, 0., 0.);
	ev_timer_init(&u->cleared, on_cleared, 0., 0.);
	unit_process_init(u);
	if (unit_room_new(&room, &plan->unit[index], err) < 0) {
		unit_free(u);
		return NULL;
	}
	unit_settle_in(u, plan, index, &room);
	u->policy = policy_start(&u->pacing);
	unit_past_recall(u);
	unit_gm_recall(u);
	if (notes_unit_init(u) < 0) {
		err_set(err, ENOMEM, "out of memory");
		unit_free(u);
		return NULL;
	}
	if (unit_output_open(u, err) < 0) {
		unit_free(u);
		return NULL;
	}
	return u;
}

void unit_free(struct unit *u)
{
	if (!u)
		return;
	ev_timer_stop(u->sup->loop, &u->timer);
	ev_timer_stop(u->sup->loop, &u->cleared);
	question_fini(&u->question);
	unit_unwatch(u, NULL);
	unit_process_fini(u);
	unit_output_close(u);
	unit_room_free(&u->room);
	unit_incident_free(u->candidate);
	unit_incident_free(u->incident);
	notes_unit_fini(u);
	free(u->print);
	free(u);
}
