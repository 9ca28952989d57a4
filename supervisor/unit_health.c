/* Is the daemon alive and useful? Its answers and lines, /proc, its interface, its clock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "log.h"
#include "loop.h"
#include "probes/sys.h"
#include "supervisor/diagnose/healthjudge.h"
#include "supervisor/observe/proclook.h"
#include "supervisor/proc.h"
#include "unit.h"

enum {
	LOOK_MS = 1000,
	LOOK_LINES_MS = 2000,
	LOOK_READY_MS = 5000,
	CLOCK_LIMIT_MS = 2500,
	FRESH_MS = 30 * 1000,	/* complaints that are older belong to something else */
};

/* -- looking -- */

static bool runs_normally(const struct proc_seen *p)
{
	return p->state == 'S' || p->state == 'R' || !p->state;
}

/* Look again at the right moment; a unit that is well is looked at seldom. */
static void look_later(struct unit *u)
{
	msec_t in = u->pmc_on ? LOOK_READY_MS : LOOK_LINES_MS;

	if (!u->health.ready || !runs_normally(&u->seen.proc))
		in = LOOK_MS;
	ev_timer_stop(u->sup->loop, &u->look);
	ev_timer_set(&u->look, (double)in / 1000.0, 0.);
	ev_timer_start(u->sup->loop, &u->look);
}

static const struct iface *iface_of(const struct unit *u, const struct port_seen *port)
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);
	const char *name = port->interface[0] ? port->interface : run->interface;

	return name && u->sup->have_netlink ? netlink_find(&u->sup->netlink, name) : NULL;
}

/* A port that is out of order heals by itself once its interface is there again. */
static void see_links(struct unit *u)
{
	for (unsigned i = 0; i < u->seen.ports; i++) {
		struct port_seen *port = &u->seen.port[i];
		const struct iface *iface;

		if (port->state != PORT_FAULTY || u->seen.renamed_to[0])
			continue;
		iface = iface_of(u, port);
		if (iface || u->sup->have_netlink)
			health_port_link(port, iface && iface->up && iface->carrier, loop_now());
	}
}

/* Looks come once a second; a link that flaps would often be up when they do. */
void unit_link_changed(struct unit *u, const struct iface *now)
{
	for (unsigned i = 0; i < u->seen.ports; i++) {
		const struct iface *iface = iface_of(u, &u->seen.port[i]);

		if (iface && iface->index == now->index)
			health_port_link(&u->seen.port[i], now->up && now->carrier, loop_now());
	}
}

static void see_process(struct unit *u, bool regular)
{
	struct health_seen *s = &u->seen;
	bool silent = s->trouble == TROUBLE_SILENT || s->unanswered;

	if (silent || (regular && !runs_normally(&s->proc)))
		proclook_deeply(&s->proc, u->child.id.pid, loop_now());
	else if (regular)
		proclook(&s->proc, u->child.id.pid, loop_now());
}

/* -- the clock: read in a child when there is a doubt, since a driver may hang -- */

struct clock_asked {
	char node[24];
};

static void read_clock(const void *arg, void *out)
{
	const struct clock_asked *asked = arg;
	struct phc_info *phc = out;

	if (probe_sys_real.phc(asked->node, phc) < 0)
		phc->rate_known = false;
}

static void on_clock(void *owner, bool ok)
{
	struct supervisor *sup = owner;
	struct unit *u = sup->clock_unit;

	if (u && ok && sup->clock.rate_known) {
		u->seen.phc.rate_known = true;
		u->seen.phc.rate = sup->clock.rate;
		log_info("health", "unit=%s clock=ptp%d rate=%.6f", u->conf->name, u->phc,
			 sup->clock.rate);
	}
	sup->clock_unit = NULL;
	question_stop(&sup->clock_question);
	if (u && unit_alive(u))
		unit_judge(u);
}

static void doubt_clock(struct unit *u)
{
	struct supervisor *sup = u->sup;
	struct clock_asked asked;
	struct question_job job = { .fn = read_clock, .arg = &asked, .out = &sup->clock,
				    .size = sizeof(sup->clock), .deadline_ms = CLOCK_LIMIT_MS,
				    .done = on_clock, .owner = sup };

	if (u->phc < 0 || !health_doubts_clock(&u->conf_seen, &u->seen, loop_now()))
		return;
	snprintf(asked.node, sizeof(asked.node), "/dev/ptp%d", u->phc);
	if (question_ask(&sup->clock_question, sup->loop, &job, NULL) < 0)
		return;		/* another unit asks; there will be another look */
	/* what it was before the last start says nothing about the next one */
	probe_cache_doubt_clocks(sup->cache);
	u->seen.phc.at = loop_now();
	sup->clock_unit = u;
}

static int number_of(const char *device)
{
	char *end;
	long n = strncmp(device, "/dev/ptp", 8) ? -1 : strtol(device + 8, &end, 10);

	return n >= 0 && n < 1000 && end > device + 8 && !*end ? (int)n : -1;
}

/* Which clock the run works with; asks the kernel, never a device. */
static int clock_of(const struct unit *u)
{
	const struct daemon_conf *c = &u->conf_seen;
	const char *iface = c->program == PROG_PHC2SYS ? c->source : c->port[0];
	struct ts_info ts;

	if (c->program == PROG_PTP4L && (c->time_stamping == TS_SOFTWARE || c->free_running))
		return -1;
	if (c->program == PROG_PTP4L && c->phc_device[0])
		return number_of(c->phc_device);
	if (c->program == PROG_PHC2SYS && number_of(c->source) >= 0)
		return number_of(c->source);
	if (c->program == PROG_OTHER || !iface[0] || probe_sys_real.ts_info(iface, &ts) < 0)
		return -1;
	return ts.phc_index;
}

void unit_clock_changed(struct unit *u, int phc, bool gone)
{
	if (!gone && u->waits_n && u->waits[0].kind == WAIT_DEVICE)
		ev_timer_start(u->sup->loop, &u->cleared);	/* also where nobody watches /dev */
	if (!gone || !unit_alive(u) || u->phc < 0 || u->phc != phc)
		return;
	u->seen.phc.gone = true;
	unit_judge(u);
}

/* -- judging -- */

static void tell_change(struct unit *u, const struct health *was)
{
	const struct health *is = &u->health;

	if (is->lock == was->lock && is->ready == was->ready && is->trouble == was->trouble &&
	    !strcmp(is->why_not, was->why_not))
		return;
	if (is->lock != was->lock)
		unit_tell_lock(u, was->lock);
	supervisor_group(u->sup, u);
	supervisor_changed(u->sup, u);
}

static void replace(struct unit *u)
{
	log_warn("health", "unit=%s broken=%s: %s", u->conf->name, trouble_name(u->health.trouble),
		 u->health.why_not);
	u->kill_reason = "it was alive but not working";
	unit_event(u, EVT_BROKEN);
}

/* It was well for a while: complaints from before that explain nothing that happens now. */
static void forget_complaints(struct unit *u)
{
	msec_t now = loop_now();

	if (u->policy.st == ST_READY && now - u->since > FRESH_MS)
		log_digest_expire(&u->digest, u->sup->rules, now - FRESH_MS);
}

static void health_changed(struct unit *u, const struct health *was)
{
	bool running = u->policy.st == ST_RUNNING || u->policy.st == ST_READY;

	if (u->health.broken && running) {
		proclook_deeply(&u->seen.proc, u->child.id.pid, loop_now());
		forget_complaints(u);
		replace(u);
		return;
	}
	if (u->health.ready && u->policy.st == ST_RUNNING) {
		log_digest_healed(&u->digest, u->sup->rules);
		unit_event(u, EVT_READY);
	} else if (!u->health.ready && u->policy.st == ST_READY) {
		forget_complaints(u);
		unit_event(u, EVT_UNREADY);
		look_later(u);
	}
	tell_change(u, was);
	if (running)
		unit_notice(u);
}

static void judge(struct unit *u)
{
	struct health was = u->health;

	see_links(u);
	u->health = health_judge(&u->conf_seen, &u->seen, loop_now());
	health_note(&u->seen, &u->health, loop_now());
	notes_health(u);
	if (u->pmc_on)
		pmc_pace(&u->pmc, u->health.ready);
	health_changed(u, &was);
}

/* One that is being stopped is judged no more. */
void unit_judge(struct unit *u)
{
	if (!unit_alive(u) || u->policy.st == ST_STOPPING)
		return;
	see_process(u, false);
	judge(u);
}

/* -- its configuration -- */

/* Tells versions of the file apart; 0: there is none. */
static uint64_t conf_version(const struct unit *u)
{
	const char *file = u->conf_seen.config_file;
	uint64_t version = 0;
	struct stat st;

	if (!file[0] || stat(file, &st) < 0)
		return 0;
	version = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
	return version ^ (uint64_t)st.st_ino << 40 ^ (uint64_t)st.st_size << 20 ^ (uint64_t)st.st_dev;
}

void unit_conf_was_read(struct unit *u)
{
	u->conf_read = u->conf_now = conf_version(u);
}

/*
 * These daemons read their configuration once. One that is of no use and has an old version
 * cannot get better by it, so it is started anew when the file has been mended and is left alone.
 */
static void look_at_conf(struct unit *u)
{
	uint64_t before = u->conf_now;

	u->conf_now = conf_version(u);
	if (u->policy.st != ST_RUNNING || !u->conf_now || u->conf_now == u->conf_read ||
	    u->conf_now != before)
		return;
	log_notice("health", "unit=%s is of no use and %s has changed since it was read",
		   u->conf->name, u->conf_seen.config_file);
	u->kill_reason = "its configuration has changed while it was of no use";
	unit_event(u, EVT_RESTART);
}

static void on_look(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct unit *u = container_of(w, struct unit, look);

	if (u->policy.st != ST_STOPPING) {
		see_process(u, true);
		judge(u);
	}
	if (!unit_alive(u))
		return;
	if (u->health.lock != LOCK_LOCKED)
		supervisor_group(u->sup, u);	/* time alone may end a holdover */
	doubt_clock(u);
	if (!u->sup->safe)
		unit_print(u);
	unit_look_for_link(u);
	look_at_conf(u);
	look_later(u);
}

static void on_answer(void *owner)
{
	unit_gm_look(owner);
	unit_judge(owner);
}

static bool uses(const struct unit *u, const char *iface)
{
	const struct daemon_conf *c = &u->conf_seen;

	for (unsigned i = 0; i < c->ports; i++)
		if (!strcmp(c->port[i], iface))
			return true;
	return !strcmp(c->source, iface) || !strcmp(c->sink, iface);
}

void unit_iface_renamed(struct unit *u, const char *was, const char *now)
{
	char *new = u->seen.renamed_to;

	if (!unit_alive(u))
		return;
	if (uses(u, was))
		snprintf(new, sizeof(u->seen.renamed_to), "%s", now);
	else if (new[0] && uses(u, now))
		new[0] = '\0';		/* called back */
	else if (!strcmp(new, was))
		snprintf(new, sizeof(u->seen.renamed_to), "%s", now);
	else
		return;
	log_warn("health", "unit=%s interface=%s is called %s now", u->conf->name, was, now);
	unit_judge(u);
}

/* -- beginning and end of a run -- */

static unsigned carrier_changes(const struct unit *u)
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);
	const struct iface *i = run->interface && u->sup->have_netlink
					? netlink_find(&u->sup->netlink, run->interface) : NULL;

	return i ? i->carrier_changes : 0;
}

void unit_health_init(struct unit *u)
{
	u->phc = -1;
	pmc_init(&u->pmc, u->sup->loop, on_answer, u);
	ev_timer_init(&u->look, on_look, 0., 0.);
}

void unit_health_limits(struct unit *u)
{
	u->seen.offset_limit_ns = u->conf->offset_limit_ns;
	u->seen.offset_samples = u->conf->offset_samples;
}

void unit_health_begin(struct unit *u, msec_t now)
{
	struct err err = { 0 };

	health_reset(&u->seen, now);
	u->health = (struct health){ 0 };
	u->word_at = 0;
	u->seen.pid = u->child.id.pid;
	unit_health_limits(u);
	u->seen.holdover = u->conf->holdover;
	u->seen.carrier_changes = carrier_changes(u);
	u->phc = clock_of(u);
	u->cut_at = MSEC_NONE;
	u->stuck = false;
	if (u->conf->program == PROG_PTP4L) {
		if (pmc_start(&u->pmc, &u->conf_seen, &u->seen, &err) < 0)
			log_warn("health", "unit=%s %s", u->conf->name, err.text);
		else
			u->pmc_on = true;
	}
	look_later(u);
}

void unit_health_end(struct unit *u)
{
	ev_timer_stop(u->sup->loop, &u->look);
	pmc_stop(&u->pmc);
	u->pmc_on = false;
	forget_complaints(u);
	u->health = (struct health){ 0 };
	if (u->sup->clock_unit == u)
		u->sup->clock_unit = NULL;
}

void unit_forgive(struct unit *u)
{
	if (!unit_alive(u))
		return;
	health_forgive(&u->seen, loop_now());
	if (u->pmc_on)
		pmc_forgive(&u->pmc);
}

/*
 * A stop signal stays pending in a process that is stopped or blocked in a write. A traced one is
 * given its time: somebody looks at it.
 */
bool unit_takes_no_signal(struct unit *u)
{
	enum hang hang;

	proclook_deeply(&u->seen.proc, u->child.id.pid, loop_now());
	hang = health_hang(&u->seen.proc);
	return hang == HANG_STOPPED || hang == HANG_WRITING ||
	       (u->health.broken && u->health.trouble == TROUBLE_HANG);
}

/* Not even SIGKILL has ended it: only the kernel can. */
void unit_stuck(struct unit *u, const struct action *act)
{
	struct proc_seen *p = &u->seen.proc;

	proclook_deeply(p, u->child.id.pid, loop_now());
	u->seen.trouble = u->health.trouble = TROUBLE_HANG;
	u->health.ready = false;
	u->stuck = true;
	snprintf(u->health.why_not, sizeof(u->health.why_not),
		 "it does not end although it was killed: it hangs in the kernel%s%s",
		 p->wchan[0] ? " in " : "", p->wchan);
	log_err("stop", "unit=%s pid=%d state=%c %s; a second one is not started beside it",
		u->conf->name, (int)u->child.id.pid, p->state ? p->state : '?', u->health.why_not);
	unit_say_trouble(u);
	supervisor_changed(u->sup, u);
}

/* -- what it says as evidence -- */

#define set(facts, name, ...) facts_set((facts), "health", loop_now(), (name), __VA_ARGS__)

static void process_facts(const struct health_seen *s, struct facts *facts)
{
	const struct proc_seen *p = &s->proc;

	if (s->trouble != TROUBLE_HANG && s->trouble != TROUBLE_TRACED && s->trouble != TROUBLE_CPU &&
	    s->trouble != TROUBLE_SILENT)
		return;
	if (p->state)
		set(facts, "proc.state", "%c", p->state);
	if (s->trouble != TROUBLE_CPU)
		set(facts, "proc.hang", "%s", hang_name(health_hang(p)));
	if (p->cpu_percent >= 0)
		set(facts, "proc.cpu_percent", "%d", p->cpu_percent);
	if (p->wchan[0])
		set(facts, "proc.wchan", "%s", p->wchan);
	if (p->tracer)
		set(facts, "proc.tracer", "%d", p->tracer);
}

static void thief_facts(int thief, struct facts *facts)
{
	char path[32], name[32] = "";

	set(facts, "uds.taken", "yes");
	set(facts, "uds.taken_by", "%d", thief);
	snprintf(path, sizeof(path), "/proc/%d/comm", thief);
	if (proc_read(path, name, sizeof(name)) <= 0)
		return;
	name[strcspn(name, "\n")] = '\0';
	if (strcmp(name, "ptp4l"))
		set(facts, "rival.other", "%s", name);
	else
		set(facts, "rival.ptp4l", "yes");
}

static void socket_facts(const struct health_seen *s, struct facts *facts)
{
	if (s->unanswered >= HEALTH_UNANSWERED)
		set(facts, "proc.answers", "no");
	else if (s->answered_at != MSEC_NONE)
		facts_set(facts, "health", s->answered_at, "proc.answers", "yes");
	if (health_socket_lost(s, loop_now()))
		set(facts, "uds.connect_errno", "%s", errno_name(s->uds_errno));
	if (s->uds_thief)
		thief_facts(s->uds_thief, facts);
	else if (s->uds_replaced)
		set(facts, "uds.replaced", "yes");
}

/* Counters prove what is heard; none proves little until a master had its time to speak. */
static void network_facts(const struct unit *u, const struct health_seen *s, struct facts *facts)
{
	msec_t now = loop_now();

	if (s->clock_class)
		set(facts, "ptp4l.clock_class", "%u", s->clock_class);
	if (s->gm_lost_at != MSEC_NONE)
		facts_set(facts, "health", s->gm_lost_at, "ptp4l.master_lost", "yes");
	if (!s->stats.known || u->conf_seen.server_only)
		return;
	if (s->stats.announce_at != MSEC_NONE)
		facts_set(facts, "health", s->stats.announce_at, "net.announce_seen", "yes");
	else if (now - s->started_at >= health_grace(&u->conf_seen))
		set(facts, "net.announce_seen", "no");
}

static void ptp4l_facts(const struct unit *u, const struct health_seen *s, struct facts *facts)
{
	const struct port_seen *port = health_telling_port(&u->conf_seen, s, loop_now());

	socket_facts(s, facts);
	network_facts(u, s, facts);
	if (port)
		facts_set(facts, "health", port->since, "ptp4l.port_state", "%s",
			  port_state_name(port->state));
}

static void clock_facts(const struct unit *u, const struct health_seen *s, struct facts *facts)
{
	if (u->phc >= 0)
		set(facts, "phc.device", "/dev/ptp%d", u->phc);
	if (s->phc.gone)
		set(facts, "phc.exists", "no");
	if (s->phc.rate_known)
		facts_set(facts, "health", s->phc.at, "phc.rate", "%.4g", s->phc.rate);
}

static void interface_facts(const struct unit *u, const struct health_seen *s, struct facts *facts)
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);
	const struct iface *i = run->interface && u->sup->have_netlink
					? netlink_find(&u->sup->netlink, run->interface) : NULL;

	if (s->renamed_to[0])
		set(facts, "iface.renamed_to", "%s", s->renamed_to);
	if (!i)
		return;
	set(facts, "iface.carrier_changes", "%u", i->carrier_changes - s->carrier_changes);
	if (i->up_at != MSEC_NONE)
		facts_set(facts, "netlink", i->up_at, "iface.up_after_start_ms", "%lld",
			  (long long)(i->up_at - s->started_at));
	if (i->carrier_at != MSEC_NONE)
		facts_set(facts, "netlink", i->carrier_at, "iface.carrier_after_start_ms", "%lld",
			  (long long)(i->carrier_at - s->started_at));
}

void unit_health_facts(const struct unit *u, const struct health_seen *seen, struct facts *facts)
{
	if (seen->trouble > TROUBLE_STARTING)
		facts_set(facts, "health", seen->trouble_since, "health.trouble", "%s",
			  trouble_name(seen->trouble));
	process_facts(seen, facts);
	clock_facts(u, seen, facts);
	interface_facts(u, seen, facts);
	if (u->conf->program == PROG_PTP4L && seen->asked_at != MSEC_NONE)
		ptp4l_facts(u, seen, facts);
}
