/* The process of a unit: launch, stop, output, end. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/linuxptp/daemonconf.h"
#include "log.h"
#include "loop.h"
#include "supervisor/act/stop.h"
#include "supervisor/diagnose/catalogue.h"
#include "supervisor/diagnose/healthjudge.h"
#include "supervisor/record/pidfile.h"
#include "unit.h"

enum { LOSS_MS = 5000 };

static enum provides provides_of(const struct unit *u)
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);

	return run->provides_given ? run->provides : daemon_conf_provides(&u->conf_seen);
}

/* A hiccup of the servo ends within seconds; a supervisor that has just come knows no loss. */
static bool lost_for_good(const struct unit *u)
{
	return u->seen.was_locked && u->health.lock == LOCK_FREERUN &&
	       loop_now() - u->seen.locked_at >= LOSS_MS;
}

struct group_leader unit_as_leader(const struct unit *u)
{
	return (struct group_leader){
		.program = u->conf->program,
		.provides = provides_of(u),
		.free_running = u->conf_seen.free_running,
		.software = u->conf_seen.time_stamping == TS_SOFTWARE,
		.alive = unit_alive(u) && u->policy.st != ST_STOPPING,
		.ready = u->health.ready && u->policy.st == ST_READY,
		.lost = lost_for_good(u),
		.lock = u->health.lock,
	};
}

static void on_line(void *owner, const struct output_line *line)
{
	struct unit *u = owner;

	notes_line(u, line, u->sup->safe ? MESSAGE_NONE
				 : log_digest_line(&u->digest, u->sup->rules, u->conf->program,
						   line->text, line->len, line->at));
	if (u->flushing || !unit_alive(u))
		return;
	if (health_line(&u->seen, u->conf->program, line->text, line->len, line->at))
		unit_judge(u);
}

static void on_written(void *owner, const struct writer_event *ev)
{
	struct unit *u = owner;

	switch (ev->kind) {
	case WRITER_FILE:
		output_file(&u->output, ev->stream, ev->fd, ev->from, ev->former_end);
		break;
	case WRITER_DATA:
		output_data(&u->output, ev->stream, ev->end);
		break;
	case WRITER_FLUSHED:
		output_flushed(&u->output);
		break;
	case WRITER_GAP:
		notes_output(u, ev);
		log_warn("output", "unit=%s pipe was full for %lld ms, lines may be missing",
			 u->conf->name, (long long)(ev->to_ms - ev->from_ms));
		break;
	case WRITER_DISK:
		notes_output(u, ev);
		if (ev->disk_errno)
			log_warn("output", "unit=%s cannot write to %s (%s), keeping output in memory",
				 u->conf->name, u->plan->log_dir, strerror(ev->disk_errno));
		else
			log_notice("output", "unit=%s %s can be written again", u->conf->name,
				   u->plan->log_dir);
		break;
	}
}

/* Who ended it? Only a signal can come from somebody else. */
static void find_culprit(struct unit *u, struct exit_info *end)
{
	bool killed = end->kind == EXIT_KIND_SIGNAL && end->code == SIGKILL;
	enum answer oom = ANSWER_NO;

	if (killed && !u->kill_reason)
		oom = oom_was(&u->sup->oom, end->pid, u->started_at);
	end->by = EXIT_BY_SELF;
	end->why_killed = NULL;
	if (u->kill_reason) {
		end->by = EXIT_BY_SUPERVISOR;
		end->why_killed = u->kill_reason;
	} else if (end->kind == EXIT_KIND_UNKNOWN) {
		end->by = EXIT_BY_UNKNOWN;
	} else if (killed) {
		end->by = oom == ANSWER_YES ? EXIT_BY_OOM :
			  oom == ANSWER_NO  ? EXIT_BY_OTHER : EXIT_BY_UNKNOWN;
	} else if (end->kind == EXIT_KIND_SIGNAL &&
		   (end->code == SIGTERM || end->code == SIGINT || end->code == SIGHUP)) {
		end->by = EXIT_BY_OTHER;
	}
}

static void forget_process(struct unit *u)
{
	unit_health_end(u);
	u->child.id = CHILD_ID_NONE;
	unit_print_over(u);
	u->seen_before = u->seen;
	u->alternate_before = u->policy.alternate;
}

static void on_exit_of(void *owner, const struct exit_info *info)
{
	struct unit *u = owner;
	struct policy_event ev = { .kind = EVT_EXITED, .at = info->at };

	u->last_exit = *info;
	find_culprit(u, &u->last_exit);
	notes_exit(u);
	forget_process(u);
	unit_mend_after(u, info);
	ev.u.exited.expected = u->last_exit.by == EXIT_BY_OTHER;
	log_notice("unit", "unit=%s ended kind=%s code=%d after_ms=%lld", u->conf->name,
		   exit_kind_name(info->kind), info->code, (long long)info->after_ms);
	unit_feed(u, &ev);
	if (!unit_alive(u))
		pidfile_remove(u->plan->run_dir, u->conf->name);
}

static void attend(struct unit *u, msec_t now)
{
	u->kill_reason = NULL;
	u->started_at = now;
	unit_conf_was_read(u);
	unit_health_begin(u, now);
}

static void remember_pid(struct unit *u)
{
	struct pidfile p = { .pid = u->child.id.pid, .start_ticks = u->child.id.start_ticks,
			     .alternate = u->policy.alternate, .started_at = u->started_at };
	struct err err = { 0 };

	if (pidfile_write(u->plan->run_dir, u->conf->name, &p, &err) < 0)
		log_warn("unit", "unit=%s %s", u->conf->name, err.text);
}

static void launch_failed(struct unit *u, const struct launched *l, const struct err *err)
{
	u->last_exit = (struct exit_info){ .kind = EXIT_KIND_EXEC, .code = err->code,
					   .stage = l->stage, .by = EXIT_BY_SELF,
					   .at = loop_now() };
	u->alternate_before = u->policy.alternate;
	notes_exit(u);
	log_err("launch", "unit=%s %s", u->conf->name, err->text);
	unit_event(u, EVT_LAUNCH_FAILED);
}

void unit_launch(struct unit *u, const struct action *act)
{
	const struct plan_run *run = unit_run_of(u, act->alternate);
	struct launch_spec *spec = &u->room.spec[run - u->conf->runs];
	struct launched l = { .id = CHILD_ID_NONE };
	struct err err = { 0 };

	unit_incident_free(u->candidate);	/* a better alternate was refused, but this one runs */
	u->candidate = NULL;
	if (u->starts == 0 || u->alternate_before != act->alternate)
		u->moved_at = loop_now();
	if (act->alternate != (u->starts ? u->alternate_before : 0))
		unit_tell_alternate(u, u->starts ? u->alternate_before : 0);
	u->conf_seen = u->conf_probed;
	spec->path = u->program_path[0] ? u->program_path : run->program_path;
	spec->null_fd = u->sup->null_fd;
	spec->out_fd = u->slot < 0 ? u->sup->null_fd : u->fd[0];
	spec->err_fd = u->slot < 0 ? u->sup->null_fd : u->fd[1];
	spec->caps = daemon_conf_capabilities(&u->conf_seen);
	u->starts++;
	if (launch(spec, &l, &err) < 0) {
		launch_failed(u, &l, &err);
		return;
	}
	if (child_watch(&u->child, &l.id, l.at, &err) < 0)
		log_err("launch", "unit=%s %s", u->conf->name, err.text);
	if (!u->flushing)
		log_digest_reset(&u->digest);
	notes_launch(u, spec->path, run->argv);
	unit_gm_begin(u, false);
	attend(u, l.at);
	unit_event(u, EVT_LAUNCHED);
	remember_pid(u);
}

static void signal_child(struct unit *u, int sig)
{
	struct err err = { 0 };
	int rc;

	if (!unit_alive(u))
		return;
	if (!u->kill_reason)
		u->kill_reason = u->leaving || u->sup->stopping ? "ptpwarden was told to stop it"
								: "a stop or restart was asked for";
	rc = stop_signal(&u->child.id, sig, sig == SIGKILL, &err);
	notes_action(u, signal_name(sig), u->kill_reason, rc < 0 ? err.text : "sent");
	if (rc < 0 && rc != -ESRCH)
		log_err("stop", "unit=%s %s", u->conf->name, err.text);
}

void unit_term(struct unit *u, const struct action *act)
{
	signal_child(u, unit_takes_no_signal(u) ? SIGKILL : u->conf->stop_signal);
}

void unit_kill(struct unit *u, const struct action *act)
{
	log_warn("stop", "unit=%s still there after %lld ms, sending SIGKILL", u->conf->name,
		 (long long)u->conf->stop_grace);
	signal_child(u, SIGKILL);
}

void unit_process_init(struct unit *u)
{
	child_init(&u->child, &u->sup->children, on_exit_of, u);
	u->child.id = CHILD_ID_NONE;
	unit_health_init(u);
}

void unit_process_fini(struct unit *u)
{
	unit_health_end(u);
	child_stop(&u->child);
}

int unit_output_open(struct unit *u, struct err *err)
{
	const struct plan_unit *c = u->conf;
	struct writer_unit w = { .name = c->name, .fn = on_written, .owner = u,
				 .file_size = c->history_file_size, .files = c->history_files,
				 .memory_size = c->history_ram, .split = c->split_streams };
	int rc = output_init(&u->output, u->sup->loop, c->history_ram, on_line, u);

	if (rc < 0) {
		(void)output_init(&u->output, u->sup->loop, 0, on_line, u);
		return err_set(err, -rc, "%s: no memory for its output", c->name);
	}
	u->slot = writer_add(u->sup->writer, &w, u->fd, err);
	return u->slot < 0 ? u->slot : 0;
}

void unit_output_close(struct unit *u)
{
	if (u->slot >= 0)
		writer_remove(u->sup->writer, u->slot);
	u->slot = -1;
	output_fini(&u->output);
}

bool unit_adopt(struct unit *u)
{
	struct pidfile p;
	struct child_id id = CHILD_ID_NONE;
	struct err err = { 0 };
	const struct plan_run *run;
	int rc = pidfile_read(u->plan->run_dir, u->conf->name, &p, &id, &err);

	if (rc < 0) {
		if (rc != -ENOENT)
			log_info("adopt", "unit=%s %s", u->conf->name, err.text);
		return false;
	}
	if (child_watch(&u->child, &id, p.started_at, &err) < 0) {
		log_err("adopt", "unit=%s %s", u->conf->name, err.text);
		return false;
	}
	u->policy = policy_adopted(&u->pacing, p.alternate, loop_now());
	unit_past_recall(u);
	/* what it was told by its last supervisor; if the leader has died since, it is told now */
	u->sup->t.group[u->index].leader_up = true;
	run = unit_run_of(u, u->policy.alternate);
	(void)daemon_conf_read(u->conf->program, run->argv, 0, &u->conf_seen,
			       &u->sup->scratch->lint);
	u->starts = 1;
	u->moved_at = p.started_at;
	log_notice("adopt", "unit=%s pid=%d runs since before this ptpwarden, taken over",
		   u->conf->name, (int)id.pid);
	notes_launch(u, run->program_path, run->argv);
	unit_gm_begin(u, true);
	attend(u, loop_now());
	unit_event(u, EVT_LAUNCHED);
	return true;
}

void unit_leave(struct unit *u)
{
	child_stop(&u->child);
	u->child.id = CHILD_ID_NONE;
}
