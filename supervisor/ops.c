#include <errno.h>
#include <string.h>

#include "log.h"
#include "loop.h"
#include "ops.h"
#include "unit.h"

static unsigned count(void *ctx)
{
	return ((struct supervisor *)ctx)->units;
}

static void view(void *ctx, unsigned unit, struct unit_view *out)
{
	unit_view(((struct supervisor *)ctx)->t.unit[unit], out);
}

static const struct incident *incident(void *ctx, int unit)
{
	struct supervisor *sup = ctx;
	const struct incident *newest = NULL;

	if (unit >= 0)
		return sup->t.unit[unit]->incident;
	for (unsigned i = 0; i < sup->units; i++) {
		const struct incident *in = sup->t.unit[i]->incident;

		if (in && (!newest || in->number > newest->number))
			newest = in;
	}
	return newest;
}

static const struct findings *standing(void *ctx, unsigned unit)
{
	struct supervisor *sup = ctx;
	const struct unit *u = sup->t.unit[unit];
	struct findings *out = &sup->scratch->findings;

	if (!u->policy.alternate || !unit_alive(u))
		return NULL;
	out->n = out->dropped = 0;
	for (unsigned a = 0; a < u->policy.alternate; a++)
		for (unsigned i = 0; i < u->room.blocks[a].n && out->n < FINDINGS_MAX; i++)
			out->at[out->n++] = u->room.blocks[a].at[i];
	return out;
}

static void start(struct unit *u, bool force)
{
	struct policy_event ev = { .kind = EVT_WANT_UP, .at = loop_now() };

	ev.u.want.force = force;
	unit_feed(u, &ev);
}

static void stop(struct unit *u, bool force)
{
	unit_event(u, EVT_WANT_DOWN);
}

static void restart(struct unit *u, bool force)
{
	if (u->policy.st == ST_STOPPED)
		start(u, force);
	else
		unit_event(u, EVT_RESTART);
}

static const struct {
	const char *verb;
	void (*fn)(struct unit *u, bool force);
	bool last_first;	/* followers before their leaders */
} verbs[] = {
	{ "start", start, false },
	{ "stop", stop, true },
	{ "restart", restart, false },
};

static int for_units(struct supervisor *sup, unsigned v, int unit, bool force)
{
	if (unit >= 0) {
		verbs[v].fn(sup->t.unit[unit], force);
		return 0;
	}
	for (unsigned i = 0; i < sup->units; i++)
		verbs[v].fn(sup->t.unit[verbs[v].last_first ? sup->units - 1 - i : i], force);
	return 0;
}

static void heard(void *ctx, const char *verb, const char *unit, uid_t uid)
{
	notes_command(ctx, uid, verb, unit);
}

static void write_down(void *ctx)
{
	writer_record_flush(((struct supervisor *)ctx)->writer);
}

static int command(void *ctx, const char *verb, int unit, bool force, struct err *err)
{
	struct supervisor *sup = ctx;

	log_notice("control", "verb=%s unit=%s", verb,
		   unit < 0 ? "all" : sup->t.unit[unit]->conf->name);
	if (sup->stopping)
		return err_set(err, EBUSY, "ptpwarden is stopping");
	for (unsigned v = 0; v < ARRAY_LEN(verbs); v++)
		if (!strcmp(verb, verbs[v].verb))
			return for_units(sup, v, unit, force);
	if (!strcmp(verb, "reload"))
		return supervisor_reload(sup, err);
	if (!strcmp(verb, "shutdown")) {
		supervisor_shutdown(sup);
		return 0;
	}
	return err_set(err, EINVAL, "nothing is known about %s", verb);
}

struct control_ops ops_for(struct supervisor *sup)
{
	return (struct control_ops){
		.ctx = sup,
		.units = count,
		.view = view,
		.command = command,
		.heard = heard,
		.write_down = write_down,
		.incident = incident,
		.standing = standing,
	};
}
