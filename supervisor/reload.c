/*
 * Reload: read the configuration again, restart only what it concerns.
 * First everything that can fail is made, then the change is carried out.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/errors.h"
#include "conf/load.h"
#include "conf/planmake.h"
#include "log.h"
#include "supervisor.h"
#include "unit.h"

/* What becomes of one entry of the new plan. */
struct entry {
	struct unit *unit;	/* the one that goes on, or a new one */
	struct unit_room room;	/* for the one that goes on */
	bool fresh;
	enum plan_change changed;
	bool output_changed;
};

/* An open question may still be about the former plan. */
static bool question_is_open(const struct supervisor *sup)
{
	for (unsigned i = 0; i < sup->units; i++)
		if (question_open(&sup->t.unit[i]->question))
			return true;
	return false;
}

/* A new unit may have taken its name since. */
static void bury(struct unit *u)
{
	struct supervisor *sup = u->sup;

	if (plan_find_unit(sup->plan, u->conf->name) < 0)
		leftover_fifos(sup->plan->run_dir, u->conf->name);
	unit_free(u);
}

void supervisor_bury(struct supervisor *sup)
{
	unsigned kept = sup->units;

	for (unsigned i = sup->units; i < sup->all; i++) {
		if (sup->t.unit[i]->policy.st == ST_STOPPED)
			bury(sup->t.unit[i]);
		else
			sup->t.unit[kept++] = sup->t.unit[i];
	}
	sup->all = kept;
	if (sup->all > sup->units || question_is_open(sup))
		return;
	plan_free(sup->former);
	sup->former = NULL;
}

static int load_again(const struct supervisor *sup, struct plan **out, struct err *err)
{
	struct conf_errors *errs = malloc(sizeof(*errs));
	int rc;

	if (!errs)
		return err_set(err, ENOMEM, "out of memory");
	rc = sup->interface ? conf_builtin(sup->interface, out, errs)
			    : conf_load(sup->path, out, errs);
	for (unsigned i = 0; rc < 0 && i < errs->n; i++)
		log_err("conf", "%s:%u: %s", errs->at[i].file, errs->at[i].line,
			errs->at[i].text);
	if (rc < 0)
		err_set(err, -rc, "%s:%u: %s (%u error%s)", errs->at[0].file, errs->at[0].line,
			errs->at[0].text, errs->n, errs->n == 1 ? "" : "s");
	free(errs);
	return rc;
}

static bool output_differs(const struct plan_unit *a, const struct plan_unit *b)
{
	return a->split_streams != b->split_streams || a->history_ram != b->history_ram ||
	       a->history_file_size != b->history_file_size || a->history_files != b->history_files;
}

static int prepare_one(struct supervisor *sup, const struct plan *plan, unsigned index,
		       struct entry *c, struct err *err)
{
	int was = plan_find_unit(sup->plan, plan->unit[index].name);

	if (was < 0) {
		c->fresh = true;
		c->unit = unit_new(sup, plan, index, err);
		return c->unit ? 0 : -ENOMEM;
	}
	c->unit = sup->t.unit[was];
	c->changed = plan_unit_change(sup->plan, (unsigned)was, plan, index);
	c->output_changed = output_differs(c->unit->conf, &plan->unit[index]);
	return unit_room_new(&c->room, &plan->unit[index], err);
}

static void undo(struct entry *entry, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (entry[i].fresh)
			unit_free(entry[i].unit);
		unit_room_free(&entry[i].room);
	}
}

static struct entry *prepare(struct supervisor *sup, const struct plan *plan, struct err *err)
{
	struct entry *entry = calloc(plan->units + 1, sizeof(*entry));

	for (unsigned i = 0; entry && i < plan->units; i++) {
		if (prepare_one(sup, plan, i, &entry[i], err) == 0)
			continue;
		undo(entry, i + 1);
		free(entry);
		return NULL;
	}
	return entry;
}

static void reopen_output(struct unit *u)
{
	struct err err = { 0 };

	output_finish(&u->output);	/* who waits for last words gets what there is */
	unit_output_close(u);
	if (unit_output_open(u, &err) < 0)
		log_err("output", "unit=%s %s; its output is not recorded", u->conf->name, err.text);
}

/* Entries of the new plan first, then those that it no longer has. */
static void move_in(struct supervisor *sup, const struct plan *plan, struct supervisor_tables *t,
		    struct entry *entry)
{
	unsigned all = plan->units;

	for (unsigned i = 0; i < sup->all; i++)
		sup->t.unit[i]->leaving = true;
	for (unsigned i = 0; i < plan->units; i++) {
		t->unit[i] = entry[i].unit;
		t->unit[i]->leaving = false;
		if (entry[i].fresh)
			continue;
		t->group[i].leader_up = t->unit[i]->policy.leader_up;
		unit_settle_in(t->unit[i], plan, i, &entry[i].room);
	}
	for (unsigned i = 0; i < sup->all; i++)
		if (sup->t.unit[i]->leaving)
			t->unit[all++] = sup->t.unit[i];
	supervisor_tables_free(&sup->t);
	sup->t = *t;
	sup->units = plan->units;
	sup->all = all;
}

static void restart_unit(struct unit *u)
{
	unit_probe_stop(u);	/* it asks about an alternate that may be another one now */
	unit_event(u, EVT_RESTART);
}

static void carry_out(struct supervisor *sup, struct entry *entry)
{
	for (unsigned i = sup->units; i < sup->all; i++)
		unit_event(sup->t.unit[i], EVT_WANT_DOWN);
	for (unsigned i = 0; i < sup->units; i++) {
		struct unit *u = sup->t.unit[i];

		if (entry[i].output_changed)
			reopen_output(u);
		if (entry[i].fresh && !unit_adopt(u) && u->conf->autostart)
			unit_event(u, EVT_WANT_UP);
		else if (entry[i].changed == PLAN_RESTART)
			restart_unit(u);
		if (entry[i].fresh || entry[i].changed != PLAN_SAME)
			log_notice("reload", "unit=%s %s", u->conf->name,
				   entry[i].fresh ? "added" :
				   entry[i].changed == PLAN_RESTART ? "changed, restarting"
								    : "settings changed");
	}
	for (unsigned i = 0; i < sup->units; i++)
		supervisor_group(sup, sup->t.unit[i]);
}

static int refuse(struct supervisor *sup, const struct plan *plan, struct err *err)
{
	const struct plan *was = sup->plan;

	if (!strcmp(plan->run_dir, was->run_dir) && !strcmp(plan->log_dir, was->log_dir) &&
	    !strcmp(plan->state_dir, was->state_dir) && !strcmp(plan->rules_dir, was->rules_dir) &&
	    plan->ring_size == was->ring_size)
		return 0;
	return err_set(err, EINVAL, "run_dir, log_dir, state_dir, rules_dir and ring_size cannot "
		       "change while it runs; restart ptpwarden");
}

static int reload(struct supervisor *sup, struct err *err)
{
	struct supervisor_tables t = { 0 };
	struct entry *entry = NULL;
	struct plan *plan = NULL;
	int rc;

	supervisor_bury(sup);
	if (sup->former)
		return err_set(err, EBUSY,
			       "units of the last reload are still ending; try again in a moment");
	rc = load_again(sup, &plan, err);
	if (rc < 0)
		return rc;
	rc = refuse(sup, plan, err);
	if (rc == 0 && supervisor_tables_new(&t, plan, sup->all) < 0)
		rc = err_set(err, ENOMEM, "out of memory");
	if (rc == 0) {
		entry = prepare(sup, plan, err);
		rc = entry ? 0 : err_set(err, ENOMEM, "out of memory");
	}
	if (rc < 0) {
		supervisor_tables_free(&t);
		plan_free(plan);
		return rc;
	}
	move_in(sup, plan, &t, entry);
	sup->former = sup->plan;
	sup->plan = plan;
	supervisor_log(sup);
	control_server_group(&sup->control, plan->control_group);
	supervisor_hook(sup);
	carry_out(sup, entry);
	ev_timer_start(sup->loop, &sup->burial);
	free(entry);
	return 0;
}

int supervisor_reload(struct supervisor *sup, struct err *err)
{
	struct err own = { 0 };
	int rc = reload(sup, &own);

	notes_config(sup, rc < 0 ? own.text : NULL);
	return rc < 0 ? err_set(err, -rc, "%s", own.text) : 0;
}
