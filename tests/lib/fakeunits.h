/* Units that exist only in a table: what control/ sees of a supervisor. */
#ifndef TESTS_LIB_FAKEUNITS_H
#define TESTS_LIB_FAKEUNITS_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "supervisor/control/server.h"

struct fake_units {
	unsigned n;
	struct unit_view view[UNITS_MAX];
	char name[UNITS_MAX][UNIT_NAME_MAX];
	struct incident *incident;
	struct findings *standing;
	/* the last command */
	char verb[16];
	int unit;
	bool force;
	int command_rc;
	enum policy_st after;	/* state that a command leads to; ST_COUNT: none */
};

static inline unsigned fake_n(void *ctx)
{
	return ((struct fake_units *)ctx)->n;
}

static inline void fake_view(void *ctx, unsigned i, struct unit_view *out)
{
	*out = ((struct fake_units *)ctx)->view[i];
}

static inline int fake_command(void *ctx, const char *verb, int unit, bool force, struct err *err)
{
	struct fake_units *f = ctx;

	snprintf(f->verb, sizeof(f->verb), "%s", verb);
	f->unit = unit;
	f->force = force;
	for (unsigned i = 0; f->after != ST_COUNT && i < f->n; i++)
		if (unit < 0 || i == (unsigned)unit)
			f->view[i].state = f->after;
	return f->command_rc ? err_set(err, f->command_rc, "it cannot be done") : 0;
}

static inline const struct incident *fake_incident(void *ctx, int unit)
{
	const struct incident *i = ((struct fake_units *)ctx)->incident;

	return i && (unit < 0 || i->unit == (unsigned)unit) ? i : NULL;
}

static inline const struct findings *fake_standing(void *ctx, unsigned unit)
{
	return ((struct fake_units *)ctx)->standing;
}

static inline struct unit_view *fake_add(struct fake_units *f, const char *name, enum policy_st st)
{
	struct unit_view *v = &f->view[f->n];

	snprintf(f->name[f->n], UNIT_NAME_MAX, "%s", name);
	*v = (struct unit_view){ .name = f->name[f->n], .program = "ptp4l", .state = st,
				 .next_try_ms = MSEC_NONE, .since_ms = 12000 };
	v->ready = st == ST_READY;
	v->pid = st == ST_READY || st == ST_RUNNING ? 4711 : 0;
	v->lock = v->ready ? LOCK_LOCKED : LOCK_UNKNOWN;
	f->n++;
	return v;
}

static inline struct control_ops fake_ops(struct fake_units *f)
{
	f->after = ST_COUNT;
	return (struct control_ops){ .ctx = f, .units = fake_n, .view = fake_view,
				     .command = fake_command, .incident = fake_incident,
				     .standing = fake_standing };
}

#endif
