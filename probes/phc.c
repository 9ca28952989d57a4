/*
 * Is the PTP clock there, may it be steered, and does it run? Which clock
 * belongs to an interface is the driver's word, never a number in a name.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "questions.h"

static void add_node(struct probe_todo *todo, const char *node, unsigned use)
{
	for (unsigned i = 0; i < todo->nodes; i++)
		if (!strcmp(todo->node[i], node)) {
			todo->use[i] |= use;
			return;
		}
	if (todo->nodes == PROBE_NODES_MAX || !*node || strlen(node) >= PROBE_NODE_LEN)
		return;
	strcpy(todo->node[todo->nodes], node);
	todo->use[todo->nodes++] = (unsigned char)use;
}

static void add_device(struct probe_todo *todo, const char *clock, unsigned use)
{
	if (is_device(clock))
		add_node(todo, clock, use);
}

static void add_clock_of(const struct iface *i, struct probe_todo *todo)
{
	char node[PROBE_NODE_LEN];

	if (i->ts_rc || i->ts.phc_index < 0)
		return;
	snprintf(node, sizeof(node), "/dev/ptp%d", i->ts.phc_index);
	add_node(todo, node, i->use);
}

static void add_named(const struct probe *p, struct probe_todo *todo)
{
	const struct daemon_conf *c = p->conf;

	if (p->in->unit->program == PROG_PHC2SYS) {
		add_device(todo, c->source, CLOCK_READ);
		add_device(todo, c->sink, CLOCK_STEER);
	}
	if (p->in->unit->program != PROG_TS2PHC)
		return;
	add_device(todo, c->source, CLOCK_PEROUT);
	for (unsigned i = 0; i < c->ports && i < PORTS_MAX; i++)
		add_device(todo, c->port[i],
			   c->port_is_source[i] ? CLOCK_PEROUT : CLOCK_STEER | CLOCK_EXTTS);
}

/* The clocks that this run will open. A free-running ptp4l opens none. */
static void choose_nodes(const struct probe *p, struct probe_todo *todo)
{
	const struct daemon_conf *c = p->conf;
	bool ptp4l = p->in->unit->program == PROG_PTP4L;

	if (ptp4l && (c->free_running || !stamps_in_hardware(c)))
		return;
	if (ptp4l && c->phc_device[0]) {
		add_node(todo, c->phc_device, CLOCK_STEER);
		return;
	}
	add_named(p, todo);
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

static void mismatch(struct probe *p, const char *node, const char *clock, const char *iface,
		     int index)
{
	char of_iface[32];

	snprintf(of_iface, sizeof(of_iface), "ptp%d", index);
	if (index >= 0 && strcmp(of_iface, clock))
		note(p->out, F_PHC_MISMATCH, FINDING_WARN, node, "it is %s, the clock of %s is %s",
		     clock, iface, of_iface);
}

/* phc2sys with -w takes its time from the ptp4l that it follows, if only their clock is the same. */
static void judge_against_leader(struct probe *p, const char *node, const char *clock)
{
	struct daemon_conf leader;
	struct ts_info ts;

	if (strcmp(node, p->conf->source) || !leader_conf(p, &leader) || leader.ports != 1 ||
	    !stamps_in_hardware(&leader) || p->sys->ts_info(leader.port[0], &ts) < 0)
		return;
	mismatch(p, node, clock, leader.port[0], ts.phc_index);
}

static void judge_mismatch(struct probe *p, const char *node, const char *clock)
{
	const struct iface *i = &p->iface[0];

	if (p->in->unit->program == PROG_PHC2SYS)
		judge_against_leader(p, node, clock);
	else if (p->in->unit->program == PROG_PTP4L && p->conf->phc_device[0] && p->ifaces &&
		 !i->ts_rc)
		mismatch(p, node, clock, i->name, i->ts.phc_index);
}

struct major_hunt {
	unsigned major;		/* of PTP clocks; 0: not found */
};

/* "250 ptp" */
static bool on_driver(void *owner, char *line)
{
	struct major_hunt *h = owner;
	unsigned number;
	char name[16];

	if (sscanf(line, " %u %15s", &number, name) == 2 && !strcmp(name, "ptp"))
		h->major = number;
	return !h->major;
}

/* sysfs does not know its number: a node that was made by hand, or the clock is gone. */
static bool judge_number(struct probe *p, const char *node, uint64_t rdev)
{
	struct major_hunt h = { 0 };

	if (each_line(p->sys, "/proc/devices", on_driver, &h) < 0 || !h.major ||
	    h.major == major(rdev))
		return true;
	note_block(p->out, F_PHC_WRONG_NUMBER, WAIT_DEVICE, node,
		   "its major number is %u, that of PTP clocks is %u", major(rdev), h.major);
	return false;
}

static bool named_by_user(const struct probe *p, const char *node)
{
	const struct daemon_conf *c = p->conf;

	for (unsigned i = 0; i < c->ports && i < PORTS_MAX; i++)
		if (!strcmp(c->port[i], node))
			return true;
	return !strcmp(c->phc_device, node) || !strcmp(c->source, node) || !strcmp(c->sink, node);
}

/*
 * The daemon makes the name of the node from the number that the driver gives:
 * a node made by hand may lead to another clock. Who names a device knows why.
 */
static bool judge_name(struct probe *p, const char *node, const char *clock)
{
	if (named_by_user(p, node) || !strcmp(strrchr(node, '/') + 1, clock))
		return true;
	note_block(p->out, F_PHC_WRONG_NUMBER, WAIT_DEVICE, node, "it leads to %s", clock);
	return false;
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

/* What its numbers say; false: it is not the clock that is wanted. */
static bool judge_identity(struct probe *p, const char *node, uint64_t rdev)
{
	char clock[32];

	if (!class_name(p, rdev, clock, sizeof(clock)))
		return judge_number(p, node, rdev);
	if (strncmp(clock, "ptp", 3))
		return no_clock(p, node, "it is the device of something else");
	if (!judge_name(p, node, clock))
		return false;
	judge_mismatch(p, node, clock);
	sysfs_facts(p, clock);
	return true;
}

/* True: only the clock itself can tell the rest. */
static bool judge_node(struct probe *p, const char *node)
{
	struct probe_stat st;
	int rc = p->sys->stat(node, &st);

	fact(p->out, "phc.device", "%s", node);
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
	if (!judge_identity(p, node, st.rdev) || forbidden(p, node, &st))
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
	p->wants_clock = wanted.nodes > 0;
	p->out->todo.no_link = has_no_link(p);
	for (unsigned i = 0; i < wanted.nodes; i++)
		if (judge_node(p, wanted.node[i]))
			add_node(&p->out->todo, wanted.node[i], wanted.use[i]);
}

