/* Asks before a start, and waits for what could clear a block. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/paths.h"
#include "log.h"
#include "loop.h"
#include "supervisor/observe/filewatch.h"
#include "supervisor/observe/procwatch.h"
#include "memory.h"
#include "unit.h"

enum { CLEARED_MS = 1000, CLEARED_AT_ONCE = 5 };	/* one a second, after a few at once */
/* One thing that is watched while a unit waits. Allocated when the wait begins: evidence may be
 * lost for want of memory (the slow retry is the net), supervision may not. */
struct unit_watch {
	struct unit_watch *next;
	struct unit *unit;
	union {
		struct filewatch file;
		struct procwatch process;
	};
	bool is_process;
	bool is_device;
};

/* A program that was not there when the plan was made may be there now, and elsewhere. */
static struct plan_run current_run(struct unit *u, const struct plan_run *planned)
{
	struct plan_run run = *planned;
	const char *path = PATHS_DEFAULT;

	for (char **e = run.env; e && *e; e++)
		if (!strncmp(*e, "PATH=", 5))
			path = *e + 5;
	if (path_find_program(run.argv[0], path, u->program_path, sizeof(u->program_path)) == 0)
		run.program_path = u->program_path;
	return run;
}

static struct probe_in question_for(struct unit *u, const struct plan_run *run)
{
	struct supervisor *sup = u->sup;

	return (struct probe_in){
		.plan = u->plan,
		.unit = u->conf,
		.run = run,
		.version = probe_version_cached(sup->cache, &probe_sys_real, run->program_path),
		.ours = sup->t.pids,
		.n_ours = supervisor_pids(sup),
		.running = u->child.id.pid,
		.doubt = u->incident && u->incident->closed_at == MSEC_NONE,
		.child_caps = probe_child_caps(),
		.cache = sup->cache,
	};
}

static void keep_blocks(struct unit *u, unsigned alternate, const struct findings *f)
{
	struct unit_blocks *kept = &u->room.blocks[alternate];

	kept->n = 0;
	for (unsigned i = 0; i < f->n && kept->n < UNIT_BLOCKS_KEPT; i++)
		if (f->at[i].state == FINDING_BLOCK)
			kept->at[kept->n++] = f->at[i];
}

/* The scratch holds the whole answer: keep what is needed of it and tell the policy. */
static void answered(struct unit *u, const struct probe_in *in, const struct action *act)
{
	struct probe_out *out = u->sup->scratch;
	struct policy_event ev = { .at = loop_now() };
	const struct finding *block = findings_block(&out->findings);

	u->conf_probed = out->conf;
	u->version = in->version;
	keep_blocks(u, act->alternate, &out->findings);
	notes_findings(u, act->alternate, &out->findings);
	memory_keep_ifaces(u->sup);
	ev.kind = block ? EVT_PROBE_BLOCK : EVT_PROBE_PASS;
	ev.u.probe.alternate = act->alternate;
	ev.u.probe.forced = act->force;
	if (block) {
		log_info("probe", "unit=%s alternate=%u blocked=%s subject=%s: %s", u->conf->name,
			 act->alternate, block->id, block->subject, block->detail);
		unit_refused(u, act->alternate);
	}
	unit_feed(u, &ev);
}

struct slow_arg {
	const struct probe_in *in;
	const struct probe_out *quick;
};

/* In the child. */
static void ask_slowly(const void *arg, void *out)
{
	const struct slow_arg *a = arg;

	memcpy(out, a->quick, sizeof(*a->quick));
	probe_slow(a->in, &probe_sys_real, out);
}

static void on_slow_answer(void *owner, bool ok)
{
	struct unit *u = owner;
	struct probe_out *out = u->sup->scratch;
	struct action act = { .kind = ACT_PROBE, .alternate = u->asked_alternate,
			      .force = u->asked_force };

	/* a reload since has made another table of our processes */
	u->asked.ours = u->sup->t.pids;
	u->asked.n_ours = supervisor_pids(u->sup);
	if (ok) {
		probe_learn(u->sup->cache, &probe_sys_real, &u->asked, out);
	} else {
		probe_out_init(out);
		probe_quick(&u->asked, &probe_sys_real, out);
		probe_timed_out(&u->asked, out);
	}
	question_stop(&u->question);
	u->asked.version = probe_version_cached(u->sup->cache, &probe_sys_real,
						u->asked.run->program_path);
	answered(u, &u->asked, &act);
}

void unit_probe(struct unit *u, const struct action *act)
{
	struct probe_out *out = u->sup->scratch;
	struct question_job job = { .fn = ask_slowly, .out = out, .size = sizeof(*out),
				    .done = on_slow_answer, .owner = u };
	struct slow_arg arg = { .in = &u->asked, .quick = out };
	struct err err = { 0 };

	unit_probe_stop(u);
	u->asked_run = current_run(u, unit_run_of(u, act->alternate));
	u->asked = question_for(u, &u->asked_run);
	u->asked_alternate = act->alternate;
	u->asked_force = act->force;
	probe_out_init(out);
	probe_quick(&u->asked, &probe_sys_real, out);
	if (!unit_alive(u) && unit_mend_before(u, out, act->alternate)) {
		probe_out_init(out);
		probe_quick(&u->asked, &probe_sys_real, out);
	}
	if (findings_block(&out->findings) ||
	    !probe_slow_needed(&u->asked, out)) {
		answered(u, &u->asked, act);
		return;
	}
	job.arg = &arg;
	job.deadline_ms = probe_slow_ms(out);
	if (question_ask(&u->question, u->sup->loop, &job, &err) == 0)
		return;
	log_warn("probe", "unit=%s %s", u->conf->name, err.text);
	probe_timed_out(&u->asked, out);
	answered(u, &u->asked, act);
}

void unit_probe_stop(struct unit *u)
{
	question_stop(&u->question);
}

/* Not from inside the watch: the event may end the wait and free it. */
void unit_cleared(struct unit *u)
{
	msec_t now = loop_now();
	msec_t due = u->cleared_paid - (CLEARED_AT_ONCE - 1) * CLEARED_MS;

	if (ev_is_active(&u->cleared))
		return;
	u->cleared_paid = (u->cleared_paid > now ? u->cleared_paid : now) + CLEARED_MS;
	ev_now_update(u->sup->loop);
	ev_timer_set(&u->cleared, due > now ? (double)(due - now) / 1000.0 : 0., 0.);
	ev_timer_start(u->sup->loop, &u->cleared);
}

/* Whatever changed may have cleared the way; the probe will tell. */
static void on_cleared(void *owner)
{
	struct unit_watch *w = owner;
	struct unit *u = w->unit;

	if (w->is_device && !unit_device_back(u, w->file.path))
		return;
	unit_cleared(u);
}

static struct unit_watch *watch_new(struct unit *u)
{
	struct unit_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->unit = u;
	w->next = u->watch;
	u->watch = w;
	return w;
}

static void watch_file(struct unit *u, enum wait_kind kind, const char *path)
{
	struct unit_watch *w = watch_new(u);

	if (!w)
		return;
	w->is_device = kind == WAIT_DEVICE;
	filewatch_init(&w->file, u->sup->loop, on_cleared, w);
	if (kind == WAIT_DEVICE)
		(void)filewatch_start_device(&w->file, path, NULL);
	else
		(void)filewatch_start(&w->file, path, NULL);
}

static void watch_process(struct unit *u, pid_t pid)
{
	struct unit_watch *w = watch_new(u);

	if (!w)
		return;
	w->is_process = true;
	procwatch_init(&w->process, u->sup->loop, on_cleared, w);
	if (procwatch_start(&w->process, pid, NULL) == -ESRCH)
		on_cleared(w);
}

static bool same_wait(const struct waitfor *a, const struct waitfor *b)
{
	return a->kind == b->kind && a->pid == b->pid && !strcmp(a->subject, b->subject);
}

/* unit_unwatch() leaves the entry, so a wait that goes on after another look keeps its age. */
static void date_first_wait(struct unit *u, const struct waitfor *wait)
{
	if (same_wait(&u->waits[0], wait) && u->waits_starts == u->starts)
		return;
	u->waits_since = loop_now();
	u->waits_starts = u->starts;
}

static void add_wait(struct unit *u, const struct waitfor *wait)
{
	if (wait->kind == WAIT_NONE || u->waits_n == UNIT_WATCHES)
		return;
	for (unsigned i = 0; i < u->waits_n; i++)
		if (same_wait(&u->waits[i], wait))
			return;
	if (!u->waits_n)
		date_first_wait(u, wait);
	u->waits[u->waits_n++] = *wait;
	if (wait->kind == WAIT_FILE || wait->kind == WAIT_DEVICE)
		watch_file(u, wait->kind, wait->subject);
	else if (wait->kind == WAIT_PROCESS && wait->pid > 1)
		watch_process(u, wait->pid);
	/* interfaces: supervisor's one netlink socket asks unit_iface_changed() */
}

static void watch_config(struct unit *u)
{
	const char *file = u->conf_probed.config_file;

	for (unsigned i = 0; i < u->waits_n; i++)
		if (u->waits[i].kind == WAIT_FILE && !strcmp(u->waits[i].subject, file))
			return;
	if (file[0] == '/')
		watch_file(u, WAIT_FILE, file);
}

void unit_watch(struct unit *u, const struct action *act)
{
	unsigned better = unit_alive(u) || u->policy.st == ST_STARTING ? u->policy.alternate
								       : u->conf->alternates;

	unit_unwatch(u, act);
	for (unsigned a = 0; a < better; a++)
		for (unsigned i = 0; i < u->room.blocks[a].n; i++)
			add_wait(u, &u->room.blocks[a].at[i].clears);
	/* most blocks depend on what the daemon's own configuration asks for */
	watch_config(u);
	if (u->policy.st != ST_STARTING && u->incident && u->incident->closed_at == MSEC_NONE &&
	    u->incident->verdict.causes)
		add_wait(u, &u->incident->verdict.cause[0].wait);
}

void unit_unwatch(struct unit *u, const struct action *act)
{
	while (u->watch) {
		struct unit_watch *w = u->watch;

		u->watch = w->next;
		if (w->is_process)
			procwatch_stop(&w->process);
		else
			filewatch_stop(&w->file);
		free(w);
	}
	u->waits_n = 0;
}
