/* All questions about one run of one unit, in the order in which a start would meet them. */
#include <string.h>

#include "questions.h"

typedef void question_fn(struct probe *p);

struct question {
	question_fn *ask;
	bool full_only;
	bool in_doubt;		/* ... and after a failure */
	bool needs_conf;	/* makes no sense without an effective configuration */
};

/* Each uses what those before it have found. */
static const struct question quick[] = {
	{ .ask = probe_exec },
	{ .ask = probe_clock_year },
	{ .ask = probe_version },
	{ .ask = probe_conf },
	{ .ask = probe_link },
	{ .ask = probe_timestamping },
	{ .ask = probe_drivers, .full_only = true, .needs_conf = true },
	{ .ask = probe_phc, .needs_conf = true },
	{ .ask = probe_privileges },
	{ .ask = probe_confine, .full_only = true },
	{ .ask = probe_sockets, .needs_conf = true },
	{ .ask = probe_rivals, .needs_conf = true },
	{ .ask = probe_files, .needs_conf = true },
	{ .ask = probe_children, .needs_conf = true },
	{ .ask = probe_ports, .full_only = true, .in_doubt = true, .needs_conf = true },
	{ .ask = probe_host, .full_only = true },
};

/* The entries of the tables are filled when they are taken: 90 KiB need not be touched. */
void probe_out_init(struct probe_out *out)
{
	out->findings.n = out->findings.dropped = 0;
	out->facts.n = out->facts.dropped = 0;
	out->lint.n = out->lint.errors = out->lint.dropped = 0;
	out->lint.written_for = 0;
	out->lint.missing_section = NULL;
	memset(&out->conf, 0, sizeof(out->conf));
	memset(&out->todo, 0, sizeof(out->todo));
	memset(&out->learned, 0, sizeof(out->learned));
	out->conf_read = false;
}

static void begin(struct probe *p, const struct probe_in *in, const struct probe_sys *sys,
		  struct probe_out *out)
{
	memset(p, 0, sizeof(*p));
	p->in = in;
	p->sys = sys;
	p->out = out;
	p->conf = &out->conf;
	p->version = in->version;
	if (!p->version)
		p->version = probe_version_cached(in->cache, sys, in->run->program_path);
	who_of(in, sys, &p->who);
}

static bool asked_for(const struct question *q, const struct probe_in *in)
{
	return !q->full_only || in->full || (q->in_doubt && in->doubt);
}

void probe_quick(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out)
{
	struct probe p;

	begin(&p, in, sys, out);
	for (size_t i = 0; i < ARRAY_LEN(quick); i++)
		if (asked_for(&quick[i], in) && (!quick[i].needs_conf || out->conf_read))
			quick[i].ask(&p);
}

bool probe_slow_needed(const struct probe_in *in, const struct probe_out *so_far)
{
	const struct probe_todo *t = &so_far->todo;

	if (findings_block(&so_far->findings) && !in->full)
		return false;
	return t->version || t->account || t->nodes || t->identity;
}

int probe_slow_ms(const struct probe_out *so_far)
{
	return so_far->todo.version ? PROBE_SLOW_MS : 2000;
}

/* A program with a missing library says nothing new. */
static bool worth_running(const struct probe_out *out)
{
	for (unsigned i = 0; i < out->findings.n; i++) {
		const struct finding *f = &out->findings.at[i];

		if (f->state == FINDING_BLOCK && !strncmp(f->id, "binary.", 7))
			return false;
	}
	return true;
}

/* What the installed version refuses shows only now. */
static void ask_again(const struct probe_in *in, const struct probe_sys *sys,
		      struct probe_out *out)
{
	struct probe_in again = *in;

	again.version = out->learned.version;
	probe_out_init(out);
	probe_quick(&again, sys, out);
	out->learned.version = again.version;
}

void probe_slow(const struct probe_in *in, const struct probe_sys *sys, struct probe_out *out)
{
	struct probe p;

	begin(&p, in, sys, out);
	if (out->todo.version && worth_running(out)) {
		probe_version_slow(&p);
		if (out->learned.version)
			ask_again(in, sys, out);
	}
	if (out->todo.account)
		probe_account_slow(&p);
	probe_phc_slow(&p);
	if (out->todo.identity)
		probe_sockets_slow(&p);
}

/* Devices are what hangs; without one it was a program or the name service. */
void probe_timed_out(const struct probe_in *in, struct probe_out *out)
{
	const struct probe_todo *todo = &out->todo;

	for (unsigned i = 0; i < todo->nodes; i++)
		note(out, F_PROBE_TIMED_OUT, FINDING_UNKNOWN, todo->node[i],
		     "it was asked, and there was no answer within the time");
	if (!todo->nodes)
		note(out, F_PROBE_TIMED_OUT, FINDING_UNKNOWN, in->unit->name,
		     "a slow question was not answered in time");
}

void probe_learn(struct probe_cache *cache, const struct probe_sys *sys,
		 const struct probe_in *in, const struct probe_out *out)
{
	struct seen_program *program;

	if (!cache)
		return;
	if (out->learned.version) {
		program = cache_program(cache, sys, in->run->program_path,
					env_library_path(in->run->env));
		if (program)
			program->version = out->learned.version;
	}
	for (unsigned i = 0; i < out->todo.nodes; i++)
		if (out->learned.clocks >> i & 1)
			cache_keep_clock(cache, sys, out->todo.node[i]);
}
