/* The supervisor as a whole, told to the flight recorder. */
#include "notes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "supervisor.h"
#include "supervisor/observe/clockwatch.h"
#include "supervisor/proc.h"

static void put(struct supervisor *sup, struct flight_note *n)
{
	n->urgent = true;	/* all of these are rare, and somebody will ask */
	writer_record(sup->writer, n);
}

static void add_wall(struct flight_note *n)
{
	flight_subject(n, "");
	flight_int(n, TAG_WALL_MS, clockwatch_read().real_minus_mono / 1000000);
}

static void add_link(struct flight_note *n, const struct iface *i)
{
	flight_text(n, TAG_LINK, !i->up ? "down" : i->carrier ? "up" : "no carrier");
}

/* Interfaces that no unit names (containers come and go) would fill the recorder. */
static bool of_ours(const struct supervisor *sup, const char *iface)
{
	for (unsigned i = 0; i < sup->plan->units; i++) {
		const struct plan_unit *c = &sup->plan->unit[i];

		for (unsigned k = 0; k < c->alternates * c->variants; k++)
			if (c->runs[k].interface && !strcmp(c->runs[k].interface, iface))
				return true;
	}
	return false;
}

void notes_start(struct supervisor *sup)
{
	char boot[BOOT_ID_SIZE] = "";
	struct flight_note n;

	sup->generation = 1;
	(void)proc_boot_id(boot);
	flight_begin(&n, FLIGHT_START, "");
	flight_text(&n, TAG_VERSION, VERSION);
	flight_text(&n, TAG_BOOT_ID, boot);
	flight_text(&n, TAG_TEXT, sup->plan->file ? sup->plan->file : "built-in plan");
	flight_int(&n, TAG_PID, getpid());
	flight_int(&n, TAG_GENERATION, sup->generation);
	add_wall(&n);
	put(sup, &n);
	for (unsigned i = 0; sup->have_netlink && i < sup->netlink.n; i++)
		if (of_ours(sup, sup->netlink.at[i].name)) {
			flight_begin(&n, FLIGHT_LINK, sup->netlink.at[i].name);
			add_link(&n, &sup->netlink.at[i]);
			put(sup, &n);
		}
}

void notes_stop(struct supervisor *sup)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_STOP, "");
	put(sup, &n);
}

void notes_link(struct supervisor *sup, const struct iface *was, const struct iface *now)
{
	const char *name = now ? now->name : was->name;
	bool same = was && now && was->up == now->up && was->carrier == now->carrier;
	struct flight_note n;

	if (same || !of_ours(sup, name))
		return;
	flight_begin(&n, FLIGHT_LINK, name);
	if (now)
		add_link(&n, now);
	else
		flight_text(&n, TAG_LINK, "gone");
	put(sup, &n);
}

void notes_clock(struct supervisor *sup, int64_t step_ns)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_CLOCK, "");
	flight_int(&n, TAG_SPAN_MS, step_ns / 1000000);
	add_wall(&n);
	put(sup, &n);
}

void notes_command(struct supervisor *sup, uid_t uid, const char *verb, const char *unit)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_COMMAND, unit);
	flight_text(&n, TAG_VERB, verb);
	flight_int(&n, TAG_UID, uid);
	put(sup, &n);
}

void notes_config(struct supervisor *sup, const char *error)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_CONFIG, "");
	flight_text(&n, TAG_RESULT, error ? error : "in force");
	if (!error)
		flight_int(&n, TAG_GENERATION, ++sup->generation);
	put(sup, &n);
}

void notes_self(struct supervisor *sup, const char *text)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_SELF, "");
	flight_text(&n, TAG_TEXT, text);
	put(sup, &n);
}

void notes_storage(struct supervisor *sup, const char *what, int code)
{
	struct flight_note n;

	flight_begin(&n, FLIGHT_STORAGE, what);
	flight_text(&n, TAG_STORAGE, code ? strerror(code) : "");
	put(sup, &n);
}
