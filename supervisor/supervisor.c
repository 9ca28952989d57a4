/* The units as a whole: who follows whom, reload, the end. */
#include <errno.h>
#include <paths.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/planmake.h"
#include "conf/rules/rulesdir.h"
#include "log.h"
#include "loop.h"
#include "memory.h"
#include "notes.h"
#include "supervisor.h"
#include "supervisor/control/statusfile.h"
#include "unit.h"

enum { PUBLISH_MS = 50, ENDING_MS = 20 };

/* Of our own end: this much before its time the rest is killed, and this much before we go. */
enum { ENDING_KILL_MS = 800, ENDING_LEFT_MS = 200 };

unsigned supervisor_pids(struct supervisor *sup)
{
	unsigned n = 0;

	for (unsigned i = 0; i < sup->all; i++)
		if (unit_alive(sup->t.unit[i]))
			sup->t.pids[n++] = sup->t.unit[i]->child.id.pid;
	return n;
}

void supervisor_changed(struct supervisor *sup, const struct unit *u)
{
	if (u->leaving) {
		if (u->policy.st == ST_STOPPED)
			ev_timer_start(sup->loop, &sup->burial);
		return;
	}
	control_server_notify(&sup->control, u->index);
	if (ev_is_active(&sup->publish))
		return;
	ev_timer_set(&sup->publish, PUBLISH_MS / 1000.0, 0.);
	ev_timer_start(sup->loop, &sup->publish);
}

/* Not from inside the unit that has just ended: it would free itself. */
static void on_burial(struct ev_loop *loop, ev_timer *w, int revents)
{
	supervisor_bury(container_of(w, struct supervisor, burial));
}

static void on_publish(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct supervisor *sup = container_of(w, struct supervisor, publish);
	int rc = status_write(sup->plan->run_dir, &sup->ops);

	if (rc < 0)
		log_warn("status", "cannot write %s/status.json: %s", sup->plan->run_dir,
			 strerror(-rc));
}

void supervisor_log(const struct supervisor *sup)
{
	log_open(sup->level >= 0 ? sup->level : sup->plan->log_level,
		 sup->plan->to_syslog && !sup->no_syslog ? _PATH_LOG : NULL);
}

void supervisor_tell(struct supervisor *sup, const struct notice *n)
{
	control_server_event(&sup->control, n->text, n->json);
	hook_tell(sup->hook, n);
}

void supervisor_hook(struct supervisor *sup)
{
	struct err err = { 0 };

	hook_free(sup->hook);
	sup->hook = NULL;
	if (!sup->plan->on_event)
		return;
	sup->hook = hook_new(sup->loop, &sup->children, sup->plan->on_event, sup->null_fd, &err);
	if (!sup->hook)
		log_err("hook", "on_event: %s", err.text);
}

void supervisor_group(struct supervisor *sup, const struct unit *leader)
{
	struct group_note notes[UNITS_MAX];
	struct group_leader state;
	unsigned n;

	if (leader->leaving || leader->index >= sup->units || sup->stopping)
		return;
	state = unit_as_leader(leader);
	n = group_notes(sup->t.group, sup->units, leader->index, &state, notes);
	for (unsigned i = 0; i < n; i++)
		unit_event(sup->t.unit[notes[i].unit], notes[i].kind);
}

static void on_iface(void *owner, const struct iface *was, const struct iface *now)
{
	struct supervisor *sup = owner;

	notes_link(sup, was, now);
	for (unsigned i = 0; i < sup->all && now; i++) {
		if (was && strcmp(was->name, now->name))
			unit_iface_renamed(sup->t.unit[i], was->name, now->name);
		unit_link_changed(sup->t.unit[i], now);
		unit_iface_changed(sup->t.unit[i], now);
	}
}

void supervisor_tables_free(struct supervisor_tables *t)
{
	free(t->unit);
	free(t->group);
	free(t->pids);
	*t = (struct supervisor_tables){ 0 };
}

int supervisor_tables_new(struct supervisor_tables *t, const struct plan *plan, unsigned leaving)
{
	*t = (struct supervisor_tables){
		.unit = calloc(plan->units + leaving + 1, sizeof(*t->unit)),
		.group = calloc(plan->units + 1, sizeof(*t->group)),
		.pids = calloc(plan->units + leaving + 1, sizeof(*t->pids)),
	};
	if (!t->unit || !t->group || !t->pids) {
		supervisor_tables_free(t);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < plan->units; i++)
		t->group[i] = (struct group_unit){ .program = plan->unit[i].program,
						   .follows = plan->unit[i].follows };
	return 0;
}

static int make_units(struct supervisor *sup, struct err *err)
{
	if (supervisor_tables_new(&sup->t, sup->plan, 0) < 0)
		return err_set(err, ENOMEM, "out of memory");
	for (unsigned i = 0; i < sup->plan->units; i++) {
		sup->t.unit[i] = unit_new(sup, sup->plan, i, err);
		if (!sup->t.unit[i])
			return -(err->code ? err->code : ENOMEM);
		sup->units = sup->all = i + 1;
	}
	return 0;
}

void supervisor_start_units(struct supervisor *sup)
{
	leftover_find(&sup->leftover, sup->loop, &sup->children, sup->plan);
	/* all first: a follower whose leader died meanwhile must see it start */
	for (unsigned i = 0; i < sup->units; i++)
		(void)unit_adopt(sup->t.unit[i]);
	for (unsigned i = 0; i < sup->units; i++)
		if (sup->plan->unit[i].autostart && sup->t.unit[i]->policy.st == ST_STOPPED)
			unit_event(sup->t.unit[i], EVT_WANT_UP);
	for (unsigned i = 0; i < sup->units; i++)
		supervisor_group(sup, sup->t.unit[i]);
}

/* The user's own rules on top of the built-in ones; without a folder nothing is copied. */
static void load_rules(struct supervisor *sup)
{
	const char *path = sup->plan->rules_dir;

	sup->rules = rulebase_builtin();
	if (access(path, F_OK) < 0)
		return;
	sup->own_rules = rules_dir_load(path, stderr);
	if (sup->own_rules)
		sup->rules = rules_dir_base(sup->own_rules);
	else
		log_err("rules", "%s is not used, the built-in rules are: mend what is named above "
			"and start ptpwarden again", path);
}

int supervisor_start(struct supervisor *sup, struct err *err)
{
	ev_timer_init(&sup->publish, on_publish, 0., 0.);
	ev_timer_init(&sup->burial, on_burial, 0., 0.);
	load_rules(sup);
	sup->cache = probe_cache_new();
	sup->scratch = calloc(1, sizeof(*sup->scratch));
	if (!sup->cache || !sup->scratch)
		return err_set(err, ENOMEM, "out of memory");
	memory_recall_ifaces(sup);
	child_hub_init(&sup->children, sup->loop);
	supervisor_hook(sup);
	oom_begin(&sup->oom);
	sup->have_netlink = netlink_start(&sup->netlink, sup->loop, on_iface, sup, err) == 0;
	if (!sup->have_netlink) {
		log_warn("netlink", "%s; interfaces are looked at with the slow retry only", err->text);
		*err = (struct err){ 0 };
	}
	world_start(sup);
	return make_units(sup, err);
}

void supervisor_free(struct supervisor *sup)
{
	for (unsigned i = 0; sup->t.unit && i < sup->all; i++)
		unit_free(sup->t.unit[i]);
	hook_free(sup->hook);
	leftover_free(&sup->leftover);
	world_stop(sup);
	if (sup->have_netlink)
		netlink_stop(&sup->netlink);
	if (sup->children.loop)
		child_hub_fini(&sup->children);
	ev_timer_stop(sup->loop, &sup->publish);
	ev_timer_stop(sup->loop, &sup->burial);
	ev_timer_stop(sup->loop, &sup->ending);
	question_fini(&sup->clock_question);
	probe_cache_free(sup->cache);
	free(sup->scratch);
	rules_dir_free(sup->own_rules);
	supervisor_tables_free(&sup->t);
	plan_free(sup->former);
	plan_free(sup->plan);
}

/* --- the end ---------------------------------------------------------------------------- */

static bool all_ended(const struct supervisor *sup)
{
	for (unsigned i = 0; i < sup->all; i++)
		if (sup->t.unit[i]->policy.st != ST_STOPPED)
			return false;
	return true;
}

/* A grace that is longer than the init system's patience helps nobody. */
static void kill_the_rest(const struct supervisor *sup)
{
	for (unsigned i = 0; i < sup->all; i++)
		if (unit_alive(sup->t.unit[i]))
			unit_kill(sup->t.unit[i], NULL);
}

static void on_ending(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct supervisor *sup = container_of(w, struct supervisor, ending);

	if (loop_now() >= sup->kill_at) {
		sup->kill_at = sup->stop_by;
		kill_the_rest(sup);
	}
	if (!all_ended(sup) && loop_now() < sup->stop_by) {
		ev_timer_set(w, ENDING_MS / 1000.0, 0.);
		ev_timer_start(loop, w);
		return;
	}
	for (unsigned i = 0; i < sup->all; i++)
		if (unit_alive(sup->t.unit[i]))
			log_err("unit", "unit=%s pid=%d could not be stopped and is left behind",
				sup->t.unit[i]->conf->name, (int)sup->t.unit[i]->child.id.pid);
	loop_stop(loop);
}

void supervisor_shutdown(struct supervisor *sup)
{
	if (sup->stopping)
		return;
	sup->stopping = true;
	for (unsigned i = sup->all; i-- > 0;) {
		struct unit *u = sup->t.unit[i];

		if (sup->plan->on_exit == ON_EXIT_LEAVE) {
			unit_leave(u);
			continue;
		}
		unit_event(u, EVT_WANT_DOWN);
	}
	if (sup->plan->on_exit == ON_EXIT_LEAVE) {
		loop_stop(sup->loop);
		return;
	}
	sup->stop_by = loop_now() + sup->plan->stop_within - ENDING_LEFT_MS;
	sup->kill_at = sup->stop_by - ENDING_KILL_MS;
	ev_timer_init(&sup->ending, on_ending, 0., 0.);
	ev_timer_start(sup->loop, &sup->ending);
}
