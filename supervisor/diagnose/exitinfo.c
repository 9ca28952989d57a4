/* How a child ended, and what probes found, as facts. */
#include <stdio.h>
#include <string.h>

#include "diagnose.h"

static const char *by_name(enum exit_by by)
{
	static const char *const names[] = {
		[EXIT_BY_SELF] = "self", [EXIT_BY_SUPERVISOR] = "supervisor",
		[EXIT_BY_OTHER] = "other", [EXIT_BY_OOM] = "oom",
	};

	return by == EXIT_BY_UNKNOWN ? NULL : NAME_OF(names, by);
}

static void set_numbers(const struct exit_info *end, struct facts *facts)
{
	if (end->after_ms >= 0)
		facts_set(facts, "exit", end->at, "exit.after_ms", "%lld", (long long)end->after_ms);
	if (by_name(end->by))
		facts_set(facts, "exit", end->at, "exit.by", "%s", by_name(end->by));
	else
		facts_unknown(facts, "exit", "exit.by", "the sender of a signal leaves no trace");
	if (end->why_killed)
		facts_set(facts, "exit", end->at, "exit.why_killed", "%s", end->why_killed);
	if (end->core)
		facts_set(facts, "exit", end->at, "exit.core", "yes");
	if (end->maxrss_kib > 0)
		facts_set(facts, "exit", end->at, "exit.maxrss_kib", "%ld", end->maxrss_kib);
}

void exit_facts(const struct exit_info *end, struct facts *facts)
{
	char number[16];

	switch (end->kind) {
	case EXIT_KIND_NONE:
		return;
	case EXIT_KIND_EXIT:
		facts_set(facts, "exit", end->at, "exit.code", "%d", end->code);
		break;
	case EXIT_KIND_SIGNAL:
		snprintf(number, sizeof(number), "%d", end->code);
		facts_set(facts, "exit", end->at, "exit.signal", "%s",
			  strcmp(signal_name(end->code), "?") ? signal_name(end->code) : number);
		break;
	case EXIT_KIND_EXEC:
		facts_set(facts, "exit", end->at, "exec.errno", "%s", errno_name(end->code));
		facts_set(facts, "exit", end->at, "exec.stage", "%s", launch_stage_name(end->stage));
		return;
	case EXIT_KIND_UNKNOWN:
		facts_set(facts, "exit", end->at, "exit.unseen", "yes");
		facts_unknown(facts, "exit", "exit.code",
			      "the kernel reports the status to the first parent only");
		break;
	}
	set_numbers(end, facts);
}

void findings_facts(const struct findings *findings, msec_t at, struct facts *facts)
{
	for (unsigned i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->at[i];
		char name[FACT_NAME_MAX];

		if (f->state == FINDING_PASS)
			continue;
		snprintf(name, sizeof(name), "%s.%s", f->state == FINDING_BLOCK ? "block" :
			 f->state == FINDING_WARN ? "warn" : "unknown", f->id);
		if (f->state == FINDING_UNKNOWN)
			facts_unknown(facts, "probe", f->id, f->detail);
		else
			facts_set(facts, "probe", at, name, "%s%s%s", f->subject,
				  f->subject[0] && f->detail[0] ? ": " : "", f->detail);
	}
}
