/* Who else has the clock open, and does he steer it too? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "holders.h"
#include "questions.h"
#include "text.h"

struct users {
	struct probe *p;
	const char *node;
	const char *rival;	/* program that steers as we do; NULL: nobody else would */
	bool fought;
	char room[96];
	struct text list;
};

static bool noted_already(const struct findings *all, int pid)
{
	for (unsigned i = 0; i < all->n; i++)
		if (all->at[i].clears.kind == WAIT_PROCESS && all->at[i].clears.pid == pid)
			return true;
	return false;
}

static void rival(struct users *u, int pid)
{
	struct finding *f;

	u->fought = true;
	if (noted_already(&u->p->out->findings, pid))
		return;
	f = note(u->p->out, F_PHC_SHARED, FINDING_BLOCK, u->node, "%s, pid %d, steers it",
		 u->rival, pid);
	note_clears(f, WAIT_PROCESS, u->rival, pid);
}

static bool on_user(void *owner, int pid, const char *comm)
{
	struct users *u = owner;

	if (is_ours(u->p->in, pid))
		return true;
	text_add(&u->list, "%s", u->list.len ? ", " : "");
	text_add_escaped(&u->list, comm, strlen(comm));
	text_add(&u->list, " %d", pid);
	if (u->rival && !strcmp(comm, u->rival))
		rival(u, pid);
	return true;
}

/* A ptp4l may share its clock with a phc2sys or ts2phc of any kind, never with another ptp4l. */
static const char *who_would_fight(const struct probe *p, unsigned use)
{
	if (!(use & CLOCK_STEER))
		return NULL;
	return p->in->unit->program == PROG_PTP4L  ? "ptp4l" :
	       p->in->unit->program == PROG_TS2PHC ? "ts2phc" : NULL;
}

bool judge_clock_users(struct probe *p, const char *node, unsigned use)
{
	struct users u = { .p = p, .node = node, .rival = who_would_fight(p, use) };
	int rc;

	u.list = text_in(u.room, sizeof(u.room));
	rc = holders_visit(p->sys, node, on_user, &u);
	if (u.list.len)
		fact(p->out, "phc.users", "%s", u.room);
	else if (rc < 0)
		facts_unknown(&p->out->facts, "probe", "phc.users", strerror(-rc));
	return !u.fought;
}
