/* Evidence of a failure, the incident that it belongs to, and what status shows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/linuxptp/command.h"
#include "conf/linuxptp/daemonfacts.h"
#include "log.h"
#include "loop.h"
#include "supervisor/diagnose/factlist.h"
#include "supervisor/diagnose/healthjudge.h"
#include "unit.h"

enum {
	LOST_MS = 2000,		/* readiness lost for so long is no hiccup */
	BOOTING_S = 60,
	WORD_MS = 10 * 1000,	/* what could not be explained is looked at again after this */
};

static struct incident *incident_new(struct unit *u, unsigned alternate)
{
	struct incident *i = calloc(1, sizeof(*i));

	if (!i) {
		log_err("why", "unit=%s no memory for an incident", u->conf->name);
		return NULL;
	}
	i->unit = u->index;
	i->opened_at = loop_now();
	i->closed_at = MSEC_NONE;
	i->opened_wall = time(NULL);
	i->alternate = alternate < u->conf->alternates ? alternate : 0;
	i->alternate_name = unit_run_of(u, alternate)->name;
	return i;
}

void unit_incident_free(struct incident *i)
{
	if (!i)
		return;
	free(i->facts);
	unit_case_free(i);
	free(i);
}

/* The verdict and what it was made of; the list may be missing for want of memory. */
static void judge(struct unit *u, const struct facts *facts, const struct log_digest *log,
		  struct incident *i)
{
	char *room = malloc(FACTLIST_BYTES);
	struct text t;

	diagnose(u->sup->rules, facts, log, loop_now(), &i->verdict);
	if (!room)
		return;
	t = text_in(room, FACTLIST_BYTES);
	factlist_write(u->sup->rules, facts, log, loop_now(), &t);
	i->facts = realloc(room, t.len + 1);
	if (!i->facts)
		free(room);
}

static void keep_findings(const struct unit *u, struct incident *i)
{
	const struct unit_blocks *b = &u->room.blocks[i->alternate];

	i->blocked_n = 0;
	for (unsigned k = 0; k < b->n && k < INCIDENT_BLOCKED_MAX; k++)
		i->blocked[i->blocked_n++] = b->at[k];
}

static const char *first_cause(const struct incident *i)
{
	return i && i->verdict.causes ? i->verdict.cause[0].id : NULL;
}

static bool same_failure(const struct incident *a, const struct incident *b)
{
	const char *x = first_cause(a), *y = first_cause(b);

	return x && y ? !strcmp(x, y) : !x && !y && a->exit.kind == b->exit.kind &&
					 a->exit.code == b->exit.code;
}

static void announce(struct unit *u, const struct incident *i)
{
	char line[256], text[320], json[768];
	struct text l = text_in(line, sizeof(line)), t = text_in(text, sizeof(text));
	struct text j = text_in(json, sizeof(json));

	explain_line(&i->verdict, &l);
	text_add(&t, "%s: %s", u->conf->name, line);
	text_add(&j, "{\"event\":\"incident\",\"unit\":");
	text_add_json(&j, u->conf->name);
	text_add(&j, ",\"number\":%u,\"cause\":", i->number);
	text_add_json(&j, first_cause(i));
	text_add(&j, ",\"text\":");
	text_add_json(&j, line);
	text_add(&j, ",\"at_ms\":%lld}", (long long)i->opened_at);
	log_warn("why", "unit=%s %s", u->conf->name, line);
	unit_tell(u, "incident", text, json);
}

/*
 * The newest failure of a unit. While an incident is open, further failures
 * belong to it: the same one is counted, another one replaces its verdict.
 */
static void publish(struct unit *u, struct incident *i)
{
	struct incident *open = u->incident;
	bool open_before = open && open->closed_at == MSEC_NONE;
	bool repeats = open_before && same_failure(open, i);

	if (open_before) {
		i->number = open->number;
		i->opened_at = open->opened_at;
		i->opened_wall = open->opened_wall;
		i->repeats = repeats ? open->repeats + 1 : 0;
		unit_case_continue(i, open);
	} else {
		unit_case_number(u, i);
	}
	keep_findings(u, i);
	unit_incident_free(open);
	u->incident = i;
	notes_incident(u, i, repeats ? "again" : open_before ? "changed" : "opened");
	unit_repeat(u, i);
	unit_incident_follow(u);
	if (i->closed_at == MSEC_NONE)
		unit_case_keep(u, !repeats);
	if (!repeats)
		announce(u, i);
	supervisor_changed(u->sup, u);
}

/* It does its work, and yet something about it must be said. */
static bool is_odd(const struct unit *u)
{
	return u->health.ready && health_word_after(&u->health) != MSEC_NONE;
}

/* An open incident says what is done about it now; health closes it. */
void unit_incident_follow(struct unit *u)
{
	struct incident *i = u->incident;

	if (u->policy.st == ST_READY)
		unit_case_settle(u);
	if (!i || i->closed_at != MSEC_NONE)
		return;
	i->doing = u->policy.st;
	i->waiting = u->waits_n ? u->waits[0] : (struct waitfor){ 0 };
	i->next_try_at = u->policy.st == ST_BACKING_OFF || u->policy.st == ST_WAITING
				 ? u->policy.timer : MSEC_NONE;
	if (u->policy.st != ST_STOPPED && (u->policy.st != ST_READY || is_odd(u)))
		return;
	unit_case_time(u);
	i->closed_at = loop_now();
	unit_case_keep(u, true);
	notes_incident(u, i, "closed");
}

static void start_time_facts(const struct unit *u, struct facts *facts)
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);
	struct timespec boot;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	facts_set(facts, "probe", loop_now(), "host.uptime_s", "%lld", (long long)boot.tv_sec);
	facts_set(facts, "probe", loop_now(), "host.at_boot", "%s",
		  boot.tv_sec < BOOTING_S ? "yes" : "no");
	facts_set(facts, "probe", MSEC_NONE, "tool.name", "%s", program_name(u->conf->program));
	if (run->interface && !facts_value(facts, "iface.name"))
		facts_set(facts, "probe", MSEC_NONE, "iface.name", "%s", run->interface);
	if (u->version)
		facts_set(facts, "probe", MSEC_NONE, "tool.version", "%u.%u.%u", u->version >> 16,
			  u->version >> 8 & 0xff, u->version & 0xff);
}

/* A follower depends on what its leader is and does. */
static void leader_facts(const struct unit *u, struct facts *facts)
{
	const struct unit *leader =
		u->conf->follows >= 0 ? u->sup->t.unit[u->conf->follows] : NULL;
	static const struct lint nothing;

	if (!leader || leader->conf->program != PROG_PTP4L)
		return;
	facts_set(facts, "supervisor", loop_now(), "ptp4l.running", "%s",
		  unit_alive(leader) ? "yes" : "no");
	if (unit_alive(leader))
		daemon_conf_facts(&leader->conf_seen, &nothing, false, facts);
}

/*
 * Probe the alternate that failed once more, beside the running replacement:
 * what the system looks like is half of the evidence.
 */
struct facts *unit_facts(struct unit *u, unsigned alternate, struct fingerprint *print)
{
	struct probe_out *out = u->sup->scratch;
	struct probe_in in = { .plan = u->plan, .unit = u->conf,
			       .run = unit_run_of(u, alternate), .version = u->version,
			       .ours = u->sup->t.pids, .n_ours = supervisor_pids(u->sup),
			       .running = u->child.id.pid, .cache = u->sup->cache };

	in.child_caps = probe_child_caps();
	probe_out_init(out);
	probe_quick(&in, &probe_sys_real, out);
	probe_fingerprint(&in, &probe_sys_real, out, print);
	if (out->conf_read)
		daemon_conf_facts(&out->conf, &out->lint, true, &out->facts);
	leader_facts(u, &out->facts);
	findings_facts(&out->findings, loop_now(), &out->facts);
	start_time_facts(u, &out->facts);
	return &out->facts;
}

/* A guess must not keep a daemon from being retried: only what is certain steers the policy. */
static void tell_policy(struct unit *u, const struct incident *i)
{
	struct policy_event ev = { .kind = EVT_VERDICT, .at = loop_now() };
	const struct verdict_cause *first = i && i->verdict.causes ? &i->verdict.cause[0] : NULL;

	ev.u.verdict.disposition = ev.u.verdict.otherwise = DO_RETRY;
	if (first && first->confidence == CONFIDENCE_CERTAIN) {
		ev.u.verdict.disposition = first->action;
		ev.u.verdict.otherwise = first->otherwise;
	}
	/* nothing to watch: the next probe may know what, the slow retry never would */
	if (ev.u.verdict.disposition == DO_WAIT && first->wait.kind == WAIT_NONE)
		ev.u.verdict.disposition = DO_RETRY;
	unit_feed(u, &ev);
}

/* All that the run printed has been read: now the verdict. */
static void on_last_words(void *owner, bool complete)
{
	struct unit *u = owner;
	struct incident *i = u->sup->safe ? NULL : incident_new(u, u->alternate_before);
	struct fingerprint print;
	struct facts *facts;

	u->flushing = false;
	if (u->sup->safe)
		tell_policy(u, NULL);
	if (!complete)
		log_debug("why", "unit=%s its last lines did not come in time", u->conf->name);
	if (i) {
		facts = unit_facts(u, u->alternate_before, &print);
		unit_changes(u, &print, u->exit_before.at - u->exit_before.after_ms, facts);
		unit_health_facts(u, &u->seen_before, facts);
		world_facts(u, u->exit_before.at - u->exit_before.after_ms, facts);
		world_testify(u, u->exit_before.at - u->exit_before.after_ms, &u->digest);
		exit_facts(&u->exit_before, facts);
		i->exit = u->exit_before;
		judge(u, facts, &u->digest, i);
		publish(u, i);
		tell_policy(u, i);
	}
	log_digest_reset(&u->digest);
}

/* A start that was refused: the verdict was made when the probe answered. */
static void publish_refusal(struct unit *u)
{
	struct incident *i = u->candidate;

	u->candidate = NULL;
	if (!i)
		return;
	publish(u, i);
	tell_policy(u, i);
}

void unit_diagnose(struct unit *u, const struct action *act)
{
	int rc;

	if (u->policy.st == ST_WAITING || u->candidate) {
		publish_refusal(u);
		return;
	}
	u->exit_before = u->last_exit;
	u->flushing = true;
	output_flush(&u->output, on_last_words);
	rc = u->slot < 0 ? -ENOENT : writer_flush(u->sup->writer, u->slot);
	if (rc < 0)
		log_debug("why", "unit=%s no flush: %s", u->conf->name, strerror(-rc));
}

/* Nothing has run, so only the kernel may have said something; unless a former run's lines still come. */
static void judge_refusal(struct unit *u, const struct facts *facts, struct incident *i)
{
	if (u->flushing) {
		judge(u, facts, NULL, i);
		return;
	}
	log_digest_reset(&u->digest);
	world_testify(u, loop_now(), &u->digest);
	judge(u, facts, &u->digest, i);
	log_digest_reset(&u->digest);
}

/* The scratch holds the probe that blocks `alternate`; the best alternate's block is the story. */
void unit_refused(struct unit *u, unsigned alternate)
{
	struct probe_out *out = u->sup->scratch;
	struct fingerprint print;
	struct incident *i;

	if (unit_alive(u) || u->sup->safe || (u->candidate && u->candidate->alternate <= alternate))
		return;
	i = incident_new(u, alternate);
	if (!i)
		return;
	if (out->conf_read)
		daemon_conf_facts(&out->conf, &out->lint, true, &out->facts);
	leader_facts(u, &out->facts);
	findings_facts(&out->findings, loop_now(), &out->facts);
	start_time_facts(u, &out->facts);
	probe_fingerprint(&u->asked, &probe_sys_real, out, &print);
	unit_changes(u, &print, 0, &out->facts);
	world_facts(u, loop_now(), &out->facts);
	judge_refusal(u, &out->facts, i);
	unit_incident_free(u->candidate);
	u->candidate = i;
}

/* phc2sys waits rightly while its leader has no time to give. */
static bool waits_in_vain(const struct unit *u)
{
	int leader = u->conf->follows;

	return leader < 0 || u->leaving ||
	       unit_as_leader(u->sup->t.unit[leader]).lock == LOCK_LOCKED;
}

/* When what is wrong is worth a word: soon if it was ready before, else after the grace. */
static msec_t word_due(const struct unit *u)
{
	msec_t grace = health_grace(&u->conf_seen), after = health_word_after(&u->health);

	if (u->health.trouble == TROUBLE_WAITING && !waits_in_vain(u))
		after = MSEC_NONE;
	if (after != MSEC_NONE)
		return u->seen.trouble_since + after;
	if (u->policy.was_ready)
		return u->since + LOST_MS;
	return u->started_at + (grace > u->conf->start_grace ? grace : u->conf->start_grace);
}

void unit_say_trouble(struct unit *u)
{
	struct incident *i = incident_new(u, u->policy.alternate);
	struct fingerprint print;
	struct facts *facts;

	if (!i)
		return;
	facts = unit_facts(u, u->policy.alternate, &print);
	unit_changes(u, &print, u->started_at, facts);
	unit_health_facts(u, &u->seen, facts);
	world_facts(u, u->started_at, facts);
	world_testify(u, u->started_at, &u->digest);
	judge(u, facts, &u->digest, i);
	if (i->verdict.kind == VERDICT_HEALTHY) {
		unit_incident_free(i);
		return;
	}
	publish(u, i);
	if (!u->health.ready)
		tell_policy(u, i);
}

/* Alive and of no use, or odd: say why, once; health decides about the rest. */
void unit_notice(struct unit *u)
{
	bool said = u->incident && u->incident->closed_at == MSEC_NONE &&
		    u->incident->alternate == u->policy.alternate &&
		    (u->health.ready || !u->said_odd);

	if (u->health.ready && !is_odd(u)) {
		unit_incident_follow(u);
		return;
	}
	if (said || u->sup->safe || u->flushing || loop_now() < word_due(u) || loop_now() < u->word_at)
		return;
	u->word_at = loop_now() + WORD_MS;
	u->said_odd = u->health.ready;
	unit_say_trouble(u);
}

static void standing_text(const struct unit *u, char *out, size_t size)
{
	const struct unit_blocks *b;
	struct text t = text_in(out, size);

	for (unsigned a = 0; a < u->policy.alternate; a++) {
		b = &u->room.blocks[a];
		if (!b->n)
			continue;
		text_add(&t, "%s: %s", b->at[0].subject, b->at[0].detail);
		return;
	}
	if (u->policy.alternate)
		text_add(&t, "it failed when it ran last");
}

static const char *cause_of(const struct unit *u, const char **title)
{
	const struct incident *i = u->incident;

	*title = NULL;
	if (!i || i->closed_at != MSEC_NONE || !i->verdict.causes)
		return NULL;
	*title = i->verdict.cause[0].title;
	return i->verdict.cause[0].id;
}

static void view_health(const struct unit *u, struct unit_view *v)
{
	v->ready = u->health.ready && u->policy.st == ST_READY;
	v->lock = u->health.lock;
	v->offset_known = health_offset_stands(&u->conf_seen, &u->seen, loop_now());
	v->offset_ns = u->seen.offset_ns;
	v->ports = u->seen.ports < PORTS_MAX ? u->seen.ports : PORTS_MAX;
	memcpy(v->port, u->seen.port, sizeof(v->port));
	snprintf(v->grandmaster, sizeof(v->grandmaster), "%s",
		 u->seen.gm_present ? u->seen.grandmaster : "");
	if (u->stuck || u->policy.st != ST_STOPPING)
		snprintf(v->why_not, sizeof(v->why_not), "%s", u->health.why_not);
	snprintf(v->note, sizeof(v->note), "%s", u->sup->safe ? "safe mode: ptpwarden crashed too often and analyses nothing; see crash.last"
							      : u->health.note);
}

/* A follower that must not run beside its leader as that runs now is not waiting: it is not wanted. */
static bool unwanted(const struct unit *u)
{
	const struct supervisor *sup = u->sup;
	struct group_leader leader;

	if (u->leaving || u->conf->follows < 0 || u->policy.st != ST_WAITING ||
	    u->policy.leader_up)
		return false;
	leader = unit_as_leader(sup->t.unit[u->conf->follows]);
	return leader.alive && !group_wanted(&leader, u->conf->program);
}

static void view_waiting(const struct unit *u, struct unit_view *v)
{
	const struct plan_unit *leader;

	v->next_try_ms = MSEC_NONE;
	if (u->policy.st == ST_BACKING_OFF && u->policy.timer != MSEC_NONE)
		v->next_try_ms = u->policy.timer - loop_now();
	if (u->policy.st != ST_WAITING)
		return;
	if (unwanted(u)) {
		v->state = ST_STOPPED;
		snprintf(v->why_not, sizeof(v->why_not),
			 "%s stamps in software now, so no PTP clock takes part",
			 u->plan->unit[u->conf->follows].name);
	} else if (u->conf->follows >= 0 && !u->policy.leader_up) {
		leader = &u->plan->unit[u->conf->follows];
		v->waiting.kind = WAIT_LEADER;
		v->waiting_ms = v->since_ms;
		snprintf(v->waiting.subject, sizeof(v->waiting.subject), "%s", leader->name);
	} else if (u->waits_n) {
		v->waiting = u->waits[0];
		v->waiting_ms = loop_now() - u->waits_since;
	}
}

/* When a better alternate is tried again even if nothing is noticed that would bring it back. */
static void view_way_back(const struct unit *u, struct unit_view *v)
{
	msec_t now = loop_now();

	if (u->policy.climb_at != MSEC_NONE)
		v->back_ms = u->policy.climb_at > now ? u->policy.climb_at - now : 0;
}

void unit_view(const struct unit *u, struct unit_view *out)
{
	*out = (struct unit_view){
		.name = u->conf->name,
		.program = program_name(u->conf->program),
		.state = u->policy.st,
		.alternate = u->policy.alternate,
		.alternate_name = unit_run_of(u, u->policy.alternate)->name,
		.pid = u->child.id.pid,
		.adopted = unit_alive(u) && !u->child.id.ours,
		.restarts = u->starts ? u->starts - 1 : 0,
		.since_ms = loop_now() - u->since,
		.last_exit = u->last_exit,
		.back_ms = MSEC_NONE,
	};
	if (unit_alive(u))
		view_health(u, out);
	view_waiting(u, out);
	if (u->policy.alternate && unit_alive(u)) {
		out->alternate_ms = loop_now() - u->moved_at;
		standing_text(u, out->standing, sizeof(out->standing));
		view_way_back(u, out);
	}
	memcpy(out->mended, u->mended, sizeof(out->mended));
	for (unsigned i = 0; i < REMEDY_NOTES; i++)
		out->mended[i].at = loop_now() - u->mended[i].at;
	out->cause = cause_of(u, &out->cause_title);
}
