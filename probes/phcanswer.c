/*
 * What the clock itself answers: can it do what is wanted, does it run, and
 * is anybody in the way? Slow questions: a driver may take its time.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exitinfo.h"
#include "holders.h"
#include "questions.h"

/* Beyond these no oscillator is to blame. */
#define RATE_ODD 0.01
#define RATE_IMPOSSIBLE 0.3

/* Few drivers let only one program in; who it is decides what to wait for. */
static void busy(struct probe *p, const char *node)
{
	char list[96] = "", *pid;
	struct finding *f;

	if (holders_of(p->sys, node, list, sizeof(list)) <= 0) {
		note_block(p->out, F_PHC_BUSY, WAIT_DEVICE, node, "open: %s", strerror(EBUSY));
		return;
	}
	f = note(p->out, F_PHC_BUSY, FINDING_BLOCK, node, "held by %s", list);
	list[strcspn(list, ",")] = '\0';
	pid = strrchr(list, ' ');
	*pid++ = '\0';
	note_clears(f, WAIT_PROCESS, list, atoi(pid));
}

/* Root without access: the control group's device filter, which the child shares. */
static void not_permitted(struct probe *p, const char *node)
{
	if (p->sys->euid() == 0)
		note_block(p->out, F_PHC_PERMISSION, WAIT_DEVICE, node,
			   "open: %s; a device filter of the control group may forbid it",
			   strerror(EPERM));
	else
		note(p->out, F_PHC_UNKNOWN, FINDING_UNKNOWN, node, "%s", strerror(EPERM));
}

static void refused(struct probe *p, const char *node, int rc)
{
	fact(p->out, "phc.open_errno", "%s", errno_name(-rc));
	switch (-rc) {
	case EBUSY:
		busy(p, node);
		break;
	case ENODEV:
	case ENXIO:
		note_block(p->out, F_PHC_GONE, WAIT_DEVICE, node, "%s", strerror(-rc));
		break;
	case ENOTTY:
	case EINVAL:
		note_block(p->out, F_PHC_NOT_A_CLOCK, WAIT_DEVICE, node,
			   "it does not answer as a PTP clock");
		break;
	case EPERM:
		not_permitted(p, node);
		break;
	default:
		note(p->out, F_PHC_UNKNOWN, FINDING_UNKNOWN, node, "%s", strerror(-rc));
	}
}

/* Some drivers stop the clock while there is no link; that heals. */
static void frozen(struct probe *p, const char *node)
{
	if (p->out->todo.no_link)
		note(p->out, F_PHC_FROZEN, FINDING_WARN, node,
		     "it stands still, and there is no link");
	else
		note_block(p->out, F_PHC_FROZEN, WAIT_DEVICE, node, "it stands still");
}

static bool bad_rate(struct probe *p, const char *node, const struct phc_info *phc)
{
	double off = fabs(phc->rate - 1) - phc->rate_error;

	if (!phc->rate_known)
		return false;
	fact(p->out, "phc.rate", "%.4g", phc->rate);
	if (phc->rate == 0)
		frozen(p, node);
	else if (off > RATE_IMPOSSIBLE)
		note_block(p->out, F_PHC_RATE, WAIT_DEVICE, node, "%.2f times real time",
			   phc->rate);
	else if (off > RATE_ODD && off > phc->max_adj_ppb * 1e-9)
		note(p->out, F_PHC_RATE, FINDING_WARN, node, "%.3f times real time", phc->rate);
	else
		return false;
	return true;
}

static bool at_limit(const struct phc_info *phc)
{
	return phc->freq_known && phc->max_adj_ppb > 0 &&
	       fabs(phc->freq_ppb) >= 0.99 * phc->max_adj_ppb;
}

static void answer_facts(struct probe *p, const struct phc_info *phc)
{
	fact(p->out, "phc.max_adj_ppb", "%d", phc->max_adj_ppb);
	fact(p->out, "phc.extts", "%d", phc->extts);
	fact(p->out, "phc.perout", "%d", phc->perout);
	fact(p->out, "phc.pps", "%s", yes_no(phc->pps));
	fact(p->out, "phc.pins", "%d", phc->pins);
	if (phc->freq_known)
		fact(p->out, "phc.freq_at_limit", "%s", yes_no(at_limit(phc)));
}

static bool lacks(struct probe *p, const char *node, const char *id, const char *what)
{
	note_block(p->out, id, WAIT_DEVICE, node, "%s", what);
	return true;
}

/* What no driver learns while it runs: only another one could help. */
static bool unfit(struct probe *p, const char *node, unsigned use, const struct phc_info *phc)
{
	if ((use & CLOCK_STEER) && phc->max_adj_ppb == 0)
		return lacks(p, node, F_PHC_NOT_ADJUSTABLE, "max_adj is 0");
	if ((use & CLOCK_EXTTS) && phc->extts == 0)
		return lacks(p, node, F_PHC_NO_EXTTS, "n_ext_ts is 0");
	if ((use & CLOCK_PEROUT) && phc->perout == 0)
		return lacks(p, node, F_PHC_NO_PEROUT, "n_per_out is 0");
	return false;
}

/* True: a good clock, as far as one look can tell. */
static bool judge_answer(struct probe *p, const char *node, unsigned use,
			 const struct phc_info *phc)
{
	answer_facts(p, phc);
	judge_clock_time(p, node, phc);
	if (unfit(p, node, use, phc) || bad_rate(p, node, phc) ||
	    (p->in->full && !judge_clock_users(p, node, use)))
		return false;
	if (at_limit(phc))
		note(p->out, F_PHC_LIMIT, FINDING_WARN, node, "%+.0f ppb of %d", phc->freq_ppb,
		     phc->max_adj_ppb);
	note(p->out, F_PHC_OK, FINDING_PASS, node, "answers, adjustable by %d ppb",
	     phc->max_adj_ppb);
	return true;
}

void probe_phc_slow(struct probe *p)
{
	const struct probe_todo *todo = &p->out->todo;
	struct phc_info phc;

	for (unsigned i = 0; i < todo->nodes; i++) {
		int rc = p->sys->phc(todo->node[i], &phc);

		if (rc < 0)
			refused(p, todo->node[i], rc);
		else if (judge_answer(p, todo->node[i], todo->use[i], &phc))
			p->out->learned.clocks |= 1u << i;
	}
}
