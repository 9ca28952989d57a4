/* What is wrong with the daemon's configuration: the linter's notes as findings and facts. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "conf/linuxptp/daemonconf.h"
#include "conf/linuxptp/ptpoptions.h"
#include "questions.h"

static void note_of(struct probe *p, const struct lint_note *n)
{
	bool error = n->severity == LINT_ERROR;
	const char *where = n->file[0] ? n->file : "command line";
	struct finding *f;

	f = findings_add(&p->out->findings, n->id, error ? FINDING_BLOCK : FINDING_WARN, where,
			 "%s", n->text);
	/* the daemon's own words name the line already */
	if (n->line && !strstr(n->text, "line "))
		snprintf(f->detail, sizeof(f->detail), "line %u: %.180s", n->line, n->text);
	snprintf(f->advice, sizeof(f->advice), "%s", n->advice);
	if (error && n->file[0])
		note_clears(f, WAIT_FILE, n->file, 0);
}

static void fact_of_error(struct probe *p)
{
	const struct lint_note *n = lint_first_error(&p->out->lint);

	if (!n)
		return;
	if (n->kind == LINT_OPEN)
		fact(p->out, "file.missing", "%s", n->file);
	if (n->line && !strstr(n->text, "line "))
		fact(p->out, "config.error", "%.120s at line %u", n->text, n->line);
	else
		fact(p->out, "config.error", "%s", n->text);
	if (n->advice[0])
		fact(p->out, "config.advice", "%s", n->advice);
}

static void facts_of_file(struct probe *p)
{
	const struct lint *lint = &p->out->lint;
	char version[24];

	lp_version_print(lint->written_for, version, sizeof(version));
	if (lint->written_for)
		fact(p->out, "config.written_for", "%s", version);
	if (lint->missing_section)
		fact(p->out, "config.missing_section", "%s", lint->missing_section);
}

static void ptp4l_facts(struct probe_out *out, const struct daemon_conf *c)
{
	static const char *const stamping[] = { "hardware", "software", "legacy", "onestep",
						"p2p1step" };
	static const char *const transport[] = { "UDPv4", "UDPv6", "L2", "other" };
	static const char *const delay[] = { "auto", "E2E", "P2P", "none" };

	fact(out, "ptp4l.time_stamping", "%s", NAME_OF(stamping, c->time_stamping));
	fact(out, "ptp4l.transport", "%s", NAME_OF(transport, c->transport));
	fact(out, "ptp4l.delay_mechanism", "%s", NAME_OF(delay, c->delay_mechanism));
	fact(out, "ptp4l.domain", "%d", c->domain);
	fact(out, "ptp4l.transport_specific", "%d", c->transport_specific);
	fact(out, "ptp4l.client_only", "%s", yes_no(c->client_only));
	fact(out, "ptp4l.server_only", "%s", yes_no(c->server_only));
	fact(out, "ptp4l.unicast", "%s", yes_no(c->unicast));
	fact(out, "ptp4l.two_step", "%s", yes_no(c->two_step));
	fact(out, "ptp4l.boundary_clock_jbod", "%s", yes_no(c->boundary_clock_jbod));
	fact(out, "ptp4l.priority1", "%d", c->priority1);
	fact(out, "ptp4l.tx_timestamp_timeout_ms", "%d", c->tx_timestamp_timeout_ms);
	fact(out, "ptp4l.minor_version", "%d", c->minor_version);
	fact(out, "ptp4l.step_threshold", "%g", c->step_threshold);
	fact(out, "ptp4l.uds_address", "%s", c->uds_address);
	fact(out, "ptp4l.interfaces", "%u", c->ports);
}

static void phc2sys_facts(struct probe_out *out, const struct daemon_conf *c)
{
	fact(out, "phc2sys.auto", "%s", yes_no(c->automatic));
	fact(out, "phc2sys.wait", "%s", yes_no(c->wait));
	fact(out, "phc2sys.source", "%s", c->source);
	fact(out, "phc2sys.sink", "%s", c->sink);
	fact(out, "phc2sys.domain", "%d", c->domain);
	fact(out, "phc2sys.transport_specific", "%d", c->transport_specific);
	fact(out, "phc2sys.uds_address", "%s", c->uds_address);
	fact(out, "phc2sys.step_threshold", "%g", c->step_threshold);
	if (c->leap_or_utc_offset != INT_MIN)
		fact(out, "phc2sys.offset", "%d", c->leap_or_utc_offset);
}

/* The run of the leader that goes with ours: a follower's %i is the interface of that one. */
static const struct plan_run *run_beside(const struct probe *p, const struct plan_unit *leader)
{
	const char *iface = p->in->run->interface;

	for (unsigned a = 0; iface && a < leader->alternates; a++) {
		const struct plan_run *run = &leader->runs[a * leader->variants];

		if (run->interface && !strcmp(run->interface, iface))
			return run;
	}
	return &leader->runs[0];
}

bool leader_conf(const struct probe *p, struct daemon_conf *conf)
{
	const struct plan *plan = p->in->plan;
	int leader = p->in->unit->follows;
	const struct plan_unit *u = plan && leader >= 0 ? &plan->unit[leader] : NULL;
	struct lint unused;

	return u && u->program == PROG_PTP4L &&
	       daemon_conf_read(u->program, run_beside(p, u)->argv, p->version, conf, &unused) == 0;
}

/* What two units of one plan do to each other; their own files are read for it. */
static void judge_neighbours(struct probe *p)
{
	const struct plan *plan = p->in->plan;
	const struct plan_unit *me = p->in->unit;
	struct daemon_conf other;
	struct lint unused;

	for (unsigned i = 0; plan && i < plan->units; i++) {
		const struct plan_unit *u = &plan->unit[i];
		bool leader = me->follows == (int)i;
		const struct plan_run *run = leader ? run_beside(p, u) : &u->runs[0];

		if (u == me || u->program != PROG_PTP4L ||
		    daemon_conf_read(u->program, run->argv, p->version, &other, &unused) < 0)
			continue;
		if (leader && me->program == PROG_PHC2SYS)
			daemon_conf_pair(&other, p->conf, &p->out->lint);
		if (me->program == PROG_PTP4L)
			daemon_conf_rivals(p->conf, &other, &p->out->lint);
	}
}

void probe_conf(struct probe *p)
{
	struct probe_out *out = p->out;
	enum program program = p->in->unit->program;

	if (program == PROG_OTHER)
		return;
	(void)daemon_conf_read(program, p->in->run->argv, p->version, &out->conf, &out->lint);
	out->conf_read = true;
	if (p->in->full)
		judge_neighbours(p);
	for (unsigned i = 0; i < out->lint.n; i++)
		note_of(p, &out->lint.at[i]);
	fact_of_error(p);
	facts_of_file(p);
	if (program == PROG_PTP4L)
		ptp4l_facts(out, &out->conf);
	if (program == PROG_PHC2SYS)
		phc2sys_facts(out, &out->conf);
	if (!out->lint.n)
		note(out, F_CONFIG_OK, FINDING_PASS,
			     out->conf.config_file[0] ? out->conf.config_file : "command line",
			     "no error");
}
