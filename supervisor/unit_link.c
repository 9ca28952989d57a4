/* The cable: which alternate has one; and what a change of an interface or the clock means. */
#include <string.h>

#include "log.h"
#include "loop.h"
#include "unit.h"

enum {
	CUT_MS = 3000,		/* a link that is gone for less is a flap */
	CUT_AGAIN_MS = 10000,	/* nothing was found: look again so often */
};

static bool linked(const struct unit *u, const char *name)
{
	const struct iface *i = name ? netlink_find(&u->sup->netlink, name) : NULL;

	return i && i->up && i->carrier;
}

static bool linked_elsewhere(const struct unit *u)
{
	const char *ours = unit_run_of(u, u->policy.alternate)->interface;

	for (unsigned a = 0; a < u->conf->alternates; a++) {
		const char *name = unit_run_of(u, a)->interface;

		if (name && strcmp(name, ours) && linked(u, name))
			return true;
	}
	return false;
}

/* Of no use because its cable is in the port of another alternate. A follower goes with its leader. */
static bool cut_off(const struct unit *u)
{
	const char *ours = unit_run_of(u, u->policy.alternate)->interface;

	return u->policy.st == ST_RUNNING && u->conf->follows < 0 && ours && u->sup->have_netlink &&
	       u->health.lock != LOCK_LOCKED && !linked(u, ours) && linked_elsewhere(u);
}

void unit_look_for_link(struct unit *u)
{
	msec_t now = loop_now();

	if (!cut_off(u)) {
		u->cut_at = MSEC_NONE;
		return;
	}
	if (u->cut_at == MSEC_NONE)
		u->cut_at = now + CUT_MS;
	if (now < u->cut_at)
		return;
	u->cut_at = now + CUT_AGAIN_MS;
	unit_event(u, EVT_CUT);
}

void unit_iface_changed(struct unit *u, const struct iface *now)
{
	for (unsigned i = 0; i < u->waits_n; i++) {
		const struct waitfor *w = &u->waits[i];

		if (strcmp(w->subject, now->name))
			continue;
		if (w->kind == WAIT_INTERFACE || (w->kind == WAIT_UP && now->up) ||
		    (w->kind == WAIT_CARRIER && now->carrier)) {
			unit_cleared(u);
			return;
		}
	}
}

void unit_clock_set(struct unit *u)
{
	for (unsigned i = 0; i < u->waits_n; i++) {
		if (u->waits[i].kind != WAIT_CLOCK)
			continue;
		unit_event(u, EVT_CLEARED);
		return;
	}
}
