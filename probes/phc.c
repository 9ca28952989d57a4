/*
 * Is the PTP clock there, may it be steered, and does it run? Which clock
 * belongs to an interface is the driver's word, never a number in a name.
 */
#include <errno.h>
#include <linux/ptp_clock.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "holders.h"
#include "questions.h"

enum { SECONDS_A_YEAR = 31556952 };

/* Beyond these no oscillator is to blame. */
#define RATE_ODD 0.01
#define RATE_IMPOSSIBLE 0.3

static void add_node(struct probe_todo *todo, const char *node)
{
	for (unsigned i = 0; i < todo->nodes; i++)
		if (!strcmp(todo->node[i], node))
			return;
	if (todo->nodes < PROBE_NODES_MAX && *node && strlen(node) < PROBE_NODE_LEN)
		strcpy(todo->node[todo->nodes++], node);
}

static void add_clock_of(const struct iface *i, struct probe_todo *todo)
{
	char node[PROBE_NODE_LEN];

	if (i->ts_rc || i->ts.phc_index < 0)
		return;
	snprintf(node, sizeof(node), "/dev/ptp%d", i->ts.phc_index);
	add_node(todo, node);
}

/* The clocks that this run will open. A free-running ptp4l opens none. */
static void choose_nodes(const struct probe *p, struct probe_todo *todo)
{
	const struct daemon_conf *c = p->conf;
	bool ptp4l = p->in->unit->program == PROG_PTP4L;

	if (ptp4l && (c->free_running || !stamps_in_hardware(c)))
		return;
	if (ptp4l && c->phc_device[0]) {
		add_node(todo, c->phc_device);
		return;
	}
	if (p->in->unit->program == PROG_PHC2SYS) {
		if (is_device(c->source))
			add_node(todo, c->source);
		if (is_device(c->sink))
			add_node(todo, c->sink);
	}
	for (unsigned i = 0; i < p->ifaces; i++)
		add_clock_of(&p->iface[i], todo);
}

/* "ptp0" of a device number, by sysfs; false: sysfs does not tell. */
static bool class_name(const struct probe *p, uint64_t rdev, char *name, size_t size)
{
	char path[64], target[256], *slash;

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(rdev), minor(rdev));
	if (p->sys->readlink(path, target, sizeof(target)) < 0)
		return false;
	slash = strrchr(target, '/');
	snprintf(name, size, "%.31s", slash ? slash + 1 : target);
	return true;
}

static bool kernel_has(const struct probe *p, const char *node)
{
	const char *slash = strrchr(node, '/');
	char path[96];
	struct probe_stat st;

	snprintf(path, sizeof(path), "/sys/class/ptp/%.32s", slash ? slash + 1 : node);
	return p->sys->stat(path, &st) == 0;
}

static void absent(struct probe *p, const char *node)
{
	bool known = kernel_has(p, node);

	fact(p->out, "phc.exists", "%s", "no");
	fact(p->out, "phc.open_errno", "ENOENT");
	note_block(p->out, known ? F_PHC_NODE_MISSING : F_PHC_MISSING, WAIT_DEVICE, node, "%s",
		   known ? "the kernel has the clock, the device node is missing"
			 : "no such device");
}

static int sysfs_number(const struct probe *p, const char *clock, const char *entry)
{
	char path[128], text[32];
	int value = -1;

	snprintf(path, sizeof(path), "/sys/class/ptp/%s/%s", clock, entry);
	if (read_small(p->sys, path, text, sizeof(text)) > 0)
		(void)sscanf(text, "%d", &value);
	return value;
}

static void judge_mismatch(struct probe *p, const char *node, const char *clock)
{
	const struct iface *i = &p->iface[0];
	char of_iface[32];

	if (p->in->unit->program != PROG_PTP4L || !p->conf->phc_device[0] || !p->ifaces ||
	    i->ts_rc || i->ts.phc_index < 0)
		return;
	snprintf(of_iface, sizeof(of_iface), "ptp%d", i->ts.phc_index);
	if (strcmp(of_iface, clock))
		note(p->out, F_PHC_MISMATCH, FINDING_WARN, node, "it is %s, the clock of %s is %s",
		     clock, i->name, of_iface);
}

static void sysfs_facts(struct probe *p, const char *clock)
{
	char path[96], name[64];
	int n = sysfs_number(p, clock, "n_vclocks");

	snprintf(path, sizeof(path), "/sys/class/ptp/%s/clock_name", clock);
	if (read_small(p->sys, path, name, sizeof(name)) > 0) {
		name[strcspn(name, "\n")] = '\0';
		fact(p->out, "phc.clock_name", "%s", name);
	}
	if (n < 0)
		return;
	fact(p->out, "phc.vclocks", "%d", n);
	if (n > 0)
		note(p->out, F_PHC_VIRTUAL_CLOCKS, FINDING_WARN, clock, "%d virtual clocks", n);
}

static bool no_clock(struct probe *p, const char *node, const char *why)
{
	note_block(p->out, F_PHC_NOT_A_CLOCK, WAIT_DEVICE, node, "%s", why);
	return false;
}

static bool forbidden(struct probe *p, const char *node, const struct probe_stat *st)
{
	if (who_may(&p->who, p->sys, node, MAY_READ | MAY_WRITE) != ANSWER_NO)
		return false;
	note_block(p->out, F_PHC_PERMISSION, WAIT_DEVICE, node,
		   "mode %04o, owner %u:%u, the program would run as user %u", st->mode & 07777,
		   st->uid, st->gid, p->who.account.uid);
	fact(p->out, "phc.open_errno", "EACCES");
	return true;
}

/* True: only the clock itself can tell the rest. */
static bool judge_node(struct probe *p, const char *node)
{
	struct probe_stat st;
	char clock[32];
	int rc = p->sys->stat(node, &st);

	if (rc == -ENOENT || rc == -ENOTDIR) {
		absent(p, node);
		return false;
	}
	if (rc < 0) {
		note(p->out, F_PHC_UNKNOWN, FINDING_UNKNOWN, node, "%s", strerror(-rc));
		return false;
	}
	fact(p->out, "phc.exists", "yes");
	if (!S_ISCHR(st.mode))
		return no_clock(p, node, "it is no device node");
	if (class_name(p, st.rdev, clock, sizeof(clock))) {
		if (strncmp(clock, "ptp", 3))
			return no_clock(p, node, "it is the device of something else");
		judge_mismatch(p, node, clock);
		sysfs_facts(p, clock);
	}
	if (forbidden(p, node, &st))
		return false;
	if (p->in->full || !cache_clock_good(p->in->cache, p->sys, node))
		return true;
	note(p->out, F_PHC_OK, FINDING_PASS, node, "unchanged since it last answered");
	return false;
}

static bool has_no_link(const struct probe *p)
{
	for (unsigned i = 0; i < p->ifaces; i++)
		if (p->iface[i].link_rc == 0 && p->iface[i].link.carrier != ANSWER_YES)
			return true;
	return false;
}

void probe_phc(struct probe *p)
{
	struct probe_todo wanted = { 0 };

	choose_nodes(p, &wanted);
	p->out->todo.no_link = has_no_link(p);
	for (unsigned i = 0; i < wanted.nodes; i++)
		if (judge_node(p, wanted.node[i]))
			add_node(&p->out->todo, wanted.node[i]);
}

static void refused(struct probe *p, const char *node, int rc)
{
	fact(p->out, "phc.open_errno", "%s", rc == -EPERM ? "EPERM" : rc == -EACCES ? "EACCES" :
	     rc == -EBUSY ? "EBUSY" : rc == -ENODEV ? "ENODEV" : strerror(-rc));
	switch (-rc) {
	case EBUSY:
		note_block(p->out, F_PHC_BUSY, WAIT_DEVICE, node, "open: %s", strerror(-rc));
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
		/* root without access: the control group's device filter, which the child shares */
		if (p->sys->euid() == 0) {
			note_block(p->out, F_PHC_PERMISSION, WAIT_DEVICE, node,
				   "open: %s; a device filter of the control group may forbid it",
				   strerror(-rc));
			break;
		}
		/* fall through */
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
		note_block(p->out, F_PHC_FROZEN, WAIT_NONE, node, "it stands still");
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
		note_block(p->out, F_PHC_RATE, WAIT_NONE, node, "%.2f times real time", phc->rate);
	else if (off > RATE_ODD && off > phc->max_adj_ppb * 1e-9)
		note(p->out, F_PHC_RATE, FINDING_WARN, node, "%.3f times real time", phc->rate);
	else
		return false;
	return true;
}

static bool must_steer(const struct probe *p, const char *node)
{
	if (p->in->unit->program == PROG_PHC2SYS)
		return !strcmp(node, p->conf->sink);
	return p->in->unit->program == PROG_PTP4L;
}

static void answer_facts(struct probe *p, const struct phc_info *phc)
{
	bool at_limit = phc->freq_known && phc->max_adj_ppb > 0 &&
			fabs(phc->freq_ppb) >= 0.99 * phc->max_adj_ppb;

	fact(p->out, "phc.max_adj_ppb", "%d", phc->max_adj_ppb);
	fact(p->out, "phc.extts", "%d", phc->extts);
	fact(p->out, "phc.pins", "%d", phc->pins);
	fact(p->out, "phc.year", "%lld", (long long)(1970 + phc->phc_s / SECONDS_A_YEAR));
	fact(p->out, "phc.minus_system_s", "%lld", (long long)(phc->phc_s - phc->system_s));
	if (phc->freq_known)
		fact(p->out, "phc.freq_at_limit", "%s", yes_no(at_limit));
}

/* True: a good clock, as far as one look can tell. */
static bool judge_answer(struct probe *p, const char *node, const struct phc_info *phc)
{
	bool limit = phc->freq_known && phc->max_adj_ppb > 0 &&
		     fabs(phc->freq_ppb) >= 0.99 * phc->max_adj_ppb;

	answer_facts(p, phc);
	if (phc->max_adj_ppb == 0 && must_steer(p, node)) {
		note_block(p->out, F_PHC_NOT_ADJUSTABLE, WAIT_NONE, node, "max_adj is 0");
		return false;
	}
	if (bad_rate(p, node, phc))
		return false;
	if (limit)
		note(p->out, F_PHC_LIMIT, FINDING_WARN, node, "%+.0f ppb of %d", phc->freq_ppb,
		     phc->max_adj_ppb);
	note(p->out, F_PHC_OK, FINDING_PASS, node, "answers, adjustable by %d ppb",
	     phc->max_adj_ppb);
	return true;
}

/* Walks all of /proc, so only a full check does it. */
static void users_fact(struct probe *p, const char *node)
{
	char list[96];

	if (p->in->full && holders_of(p->sys, node, list, sizeof(list)) > 0)
		fact(p->out, "phc.users", "%s", list);
}

void probe_phc_slow(struct probe *p)
{
	const struct probe_todo *todo = &p->out->todo;
	struct phc_info phc;

	for (unsigned i = 0; i < todo->nodes; i++) {
		int rc = p->sys->phc(todo->node[i], &phc);

		users_fact(p, todo->node[i]);
		if (rc < 0)
			refused(p, todo->node[i], rc);
		else if (judge_answer(p, todo->node[i], &phc))
			p->out->learned.clocks |= 1u << i;
	}
}
