/* What happens around the units. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/linuxptp/daemonconf.h"
#include "log.h"
#include "loop.h"
#include "supervisor/diagnose/digest.h"
#include "supervisor/diagnose/kernelline.h"
#include "supervisor/diagnose/rulebase.h"
#include "unit.h"
#include "world.h"

enum {
	OWN_STEP_MS = 3000,	/* a servo's step and its line are no further apart */
	BEFORE_MS = 5000,	/* the kernel may say why a moment before the daemon notices */
	STALE_MS = 3600 * 1000,
};

/* -- the wall clock, and sleep -- */

static void tell_step(struct supervisor *sup, int64_t step_ns)
{
	char text[96], json[128];

	snprintf(text, sizeof(text), "the system clock was set by %+.6f s", (double)step_ns / 1e9);
	snprintf(json, sizeof(json), "{\"event\":\"clock_step\",\"by_ns\":%lld,\"at_ms\":%lld}",
		 (long long)step_ns, (long long)sup->world.stepped_at);
	log_notice("clock", "%s", text);
	supervisor_tell(sup, &(struct notice){ "clock_step", NULL, text, json });
}

static void tell_sleep(struct supervisor *sup, int64_t slept_ns)
{
	char text[96], json[128];

	snprintf(text, sizeof(text), "the machine slept for %.1f s", (double)slept_ns / 1e9);
	snprintf(json, sizeof(json), "{\"event\":\"resume\",\"slept_ms\":%lld,\"at_ms\":%lld}",
		 (long long)(slept_ns / 1000000), (long long)sup->world.resumed_at);
	log_notice("clock", "%s; what is due is due from now on", text);
	supervisor_tell(sup, &(struct notice){ "resume", NULL, text, json });
}

/* A servo that is not locked yet sets its clock once: phc2sys at each start, ptp4l -S too. */
static bool one_is_about_to_step(const struct supervisor *sup)
{
	for (unsigned i = 0; i < sup->all; i++) {
		const struct unit *u = sup->t.unit[i];

		if (unit_alive(u) && u->health.lock != LOCK_LOCKED && u->health.lock != LOCK_HOLDOVER &&
		    daemon_conf_steers_system(&u->conf_seen))
			return true;
	}
	return false;
}

static void on_clock(void *owner, const struct clock_news *news)
{
	struct supervisor *sup = owner;
	struct world *w = &sup->world;

	if (news->slept_ns) {
		w->resumed_at = loop_now();
		tell_sleep(sup, news->slept_ns);
		for (unsigned i = 0; i < sup->all; i++)
			unit_forgive(sup->t.unit[i]);
	}
	if (!news->step_ns)
		return;
	w->stepped_at = loop_now();
	w->step_ns = news->step_ns;
	w->step_is_ours = one_is_about_to_step(sup);
	tell_step(sup, news->step_ns);
	notes_clock(sup, news->step_ns);
	for (unsigned i = 0; i < sup->all; i++)
		unit_clock_set(sup->t.unit[i]);
}

/* A servo of ours that stepped at that moment is no stranger. */
static bool own_step(const struct supervisor *sup)
{
	if (sup->world.step_is_ours)
		return true;
	for (unsigned i = 0; i < sup->all; i++) {
		msec_t at = sup->t.unit[i]->seen.servo.jump_at;

		if (at != MSEC_NONE && llabs((long long)(at - sup->world.stepped_at)) < OWN_STEP_MS)
			return true;
	}
	return false;
}

/* -- PTP clocks -- */

static bool clock_exists(int number)
{
	char path[48];

	snprintf(path, sizeof(path), "/sys/class/ptp/ptp%d", number);
	return access(path, F_OK) == 0;
}

static void remember_clock(struct world *w, int number)
{
	memmove(w->added + 1, w->added, sizeof(w->added) - sizeof(w->added[0]));
	w->added[0] = (struct world_clock){ number, loop_now() };
}

static void clock_changed(struct supervisor *sup, int number, bool gone)
{
	log_notice("clock", "clock=ptp%d %s", number, gone ? "is gone" : "is there");
	if (!gone)
		remember_clock(&sup->world, number);
	for (unsigned i = 0; i < sup->all; i++)
		unit_clock_changed(sup->t.unit[i], number, gone);
}

/* Some news were lost: see which clocks are still there. */
static void look_for_clocks(struct supervisor *sup)
{
	log_warn("clock", "too much news at once, looking for the clocks again");
	for (unsigned i = 0; i < sup->all; i++) {
		struct unit *u = sup->t.unit[i];

		if (u->phc >= 0)
			unit_clock_changed(u, u->phc, !clock_exists(u->phc));
	}
}

static void on_uevent(void *owner, enum uevent_kind kind, int number)
{
	struct supervisor *sup = owner;

	if (kind == UEVENT_LOST)
		look_for_clocks(sup);
	else
		clock_changed(sup, number, kind == UEVENT_CLOCK_REMOVED);
}

/* -- the kernel's messages -- */

/* The place for a message: of the same kind with the same beginning, a free one, or the oldest. */
static struct world_note *place_for(struct world *w, const char *id, const char *text)
{
	enum { ALIKE = 24 };
	struct world_note *oldest = &w->note[0];

	for (unsigned i = 0; i < WORLD_NOTES; i++) {
		struct world_note *n = &w->note[i];

		if (n->id && !strcmp(n->id, id) && !strncmp(n->text, text, ALIKE))
			return n;
		if (oldest->id && (!n->id || n->at < oldest->at))
			oldest = n;
	}
	return oldest;
}

static void on_kernel(void *owner, const struct kmsg_record *r)
{
	struct supervisor *sup = owner;
	const char *id = kernel_line_id(sup->rules->catalogue, r->text);
	struct world_note *n;
	msec_t now = loop_now();

	if (!id)
		return;
	n = place_for(&sup->world, id, r->text);
	n->id = id;
	n->at = r->at < now ? r->at : now;	/* the kernel's stamps are not slewed */
	snprintf(n->text, sizeof(n->text), "%.*s", WORLD_NOTE_BYTES - 1, r->text);
}

static struct kernel_subject subject_of(const struct unit *u, char bus[64])
{
	const struct plan_run *run = unit_run_of(u, u->policy.alternate);
	const char *program = strrchr(run->program_path, '/'), *slash;
	char path[64], target[256];
	ssize_t n = 0;

	bus[0] = '\0';
	if (run->interface) {
		snprintf(path, sizeof(path), "/sys/class/net/%.15s/device", run->interface);
		n = readlink(path, target, sizeof(target) - 1);
	}
	if (n > 0) {
		target[n] = '\0';
		slash = strrchr(target, '/');
		snprintf(bus, 64, "%.63s", slash ? slash + 1 : target);
	}
	return (struct kernel_subject){ .iface = run->interface, .bus = bus,
					.program = program ? program + 1 : run->program_path,
					.pid = u->last_exit.at >= u->started_at ? u->last_exit.pid
										: u->child.id.pid };
}

/* True of the machine until it is booted anew. */
static bool lasts(const char *id)
{
	return !strcmp(id, "kernel.phc_failed") || !strcmp(id, "kernel.safe_mode") ||
	       !strcmp(id, "kernel.firmware");
}

static bool matters(const struct world_note *n, const struct kernel_subject *who, msec_t since)
{
	return n->id && (lasts(n->id) || n->at >= since - BEFORE_MS) &&
	       kernel_line_concerns(n->id, n->text, who);
}

void world_testify(const struct unit *u, msec_t since, struct log_digest *digest)
{
	const struct supervisor *sup = u->sup;
	const struct catalogue *c = sup->rules->catalogue;
	char bus[64], line[WORLD_NOTE_BYTES + 16];
	struct kernel_subject who = subject_of(u, bus);

	for (unsigned i = 0; i < WORLD_NOTES; i++) {
		const struct world_note *n = &sup->world.note[i];

		if (!matters(n, &who, since) ||
		    log_digest_find(digest, catalogue_find(c, n->id, strlen(n->id))))
			continue;
		snprintf(line, sizeof(line), "kernel: %s", n->text);
		log_digest_line(digest, sup->rules, PROG_OTHER, line, strlen(line), n->at);
	}
}

static void kernel_facts(const struct unit *u, msec_t since, struct facts *facts)
{
	const struct world *w = &u->sup->world;
	const struct world_note *newest = NULL;
	char bus[64];
	struct kernel_subject who = subject_of(u, bus);

	for (unsigned i = 0; i < WORLD_NOTES; i++)
		if (matters(&w->note[i], &who, since) && (!newest || w->note[i].at > newest->at))
			newest = &w->note[i];
	if (newest)
		facts_set(facts, "kmsg", newest->at, "kernel.message", "%s", newest->text);
	else if (w->kmsg.why_not)
		facts_unknown(facts, "kmsg", "kernel.message", strerror(w->kmsg.why_not));
	else if (w->kmsg.loop)
		facts_set(facts, "kmsg", MSEC_NONE, "kernel.message", "none");
}

static void clock_facts(const struct unit *u, msec_t since, struct facts *facts)
{
	const struct world *w = &u->sup->world;
	msec_t now = loop_now();

	if (w->resumed_at != MSEC_NONE)
		facts_set(facts, "clock", w->resumed_at, "host.resumed_s", "%lld",
			  (long long)(now - w->resumed_at) / 1000);
	if (w->stepped_at != MSEC_NONE && now - w->stepped_at < STALE_MS && !own_step(u->sup)) {
		facts_set(facts, "clock", w->stepped_at, "host.clock_step_ms", "%lld",
			  (long long)(w->step_ns / 1000000));
		facts_set(facts, "clock", w->stepped_at, "host.clock_stepped_s", "%lld",
			  (long long)(now - w->stepped_at) / 1000);
	}
	if (w->stepped_at == MSEC_NONE && w->clock.loop)
		facts_set(facts, "clock", now, "host.clock_step_ms", "none");
	for (unsigned i = 0; i < WORLD_CLOCKS && since; i++)
		if (w->added[i].added_at != MSEC_NONE && w->added[i].number == u->phc)
			facts_set(facts, "uevent", w->added[i].added_at, "phc.after_start_ms", "%lld",
				  (long long)(w->added[i].added_at - since));
}

void world_facts(const struct unit *u, msec_t since, struct facts *facts)
{
	clock_facts(u, since, facts);
	kernel_facts(u, since, facts);
}

/* -- all of it -- */

void world_start(struct supervisor *sup)
{
	struct world *w = &sup->world;
	struct err err = { 0 };

	w->stepped_at = w->resumed_at = MSEC_NONE;
	for (unsigned i = 0; i < WORLD_CLOCKS; i++)
		w->added[i].added_at = MSEC_NONE;
	if (clockwatch_start(&w->clock, sup->loop, on_clock, sup, &err) < 0)
		log_warn("clock", "%s", err.text);
	err = (struct err){ 0 };
	if (uevent_start(&w->uevent, sup->loop, on_uevent, sup, &err) < 0)
		log_warn("clock", "%s", err.text);
	if (kmsg_start(&w->kmsg, sup->loop, "/dev/kmsg", on_kernel, sup) < 0)
		log_info("kernel", "its messages cannot be read: %s", strerror(w->kmsg.why_not));
}

void world_stop(struct supervisor *sup)
{
	clockwatch_stop(&sup->world.clock);
	uevent_stop(&sup->world.uevent);
	kmsg_stop(&sup->world.kmsg);
}
