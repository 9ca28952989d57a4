/* Can the management socket be made, and does nobody else serve it? */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "questions.h"

enum { SUN_PATH_LEN = 108, HAS_READ_ONLY_SOCKET = 0x040000 };

bool is_ours(const struct probe_in *in, pid_t pid)
{
	for (unsigned i = 0; i < in->n_ours; i++)
		if (in->ours[i] == pid)
			return true;
	return pid > 0 && pid == in->running;
}

/* The inode of the socket bound to `path`, as the process sees it in its network namespace. */
struct bound {
	const char *path;
	char inode[24];
};

static bool on_unix(void *owner, char *line)
{
	struct bound *b = owner;
	const char *path = strchr(line, '/');
	char *word = line, *inode = NULL;

	if (!path || strcmp(path, b->path))
		return true;
	for (int i = 0; i < 7 && word; i++)
		inode = strsep(&word, " ");
	/* columns are padded: the inode is the last word before the path */
	while (inode && !*inode && word)
		inode = strsep(&word, " ");
	snprintf(b->inode, sizeof(b->inode), "%.23s", inode ? inode : "");
	return false;
}

struct holder {
	const struct probe_sys *sys;
	char dir[64];
	char wanted[40];
	bool found, refused;
};

static bool on_fd(void *owner, const char *name)
{
	struct holder *h = owner;
	char path[128], target[64];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%.40s", h->dir, name);
	n = h->sys->readlink(path, target, sizeof(target));
	h->refused |= n == -EACCES;
	h->found = n > 0 && !strcmp(target, h->wanted);
	return !h->found;
}

enum answer process_holds(const struct probe_sys *sys, pid_t pid, const char *uds)
{
	struct holder h = { .sys = sys };
	struct bound b = { .path = uds };
	char path[64];
	int rc;

	snprintf(path, sizeof(path), "/proc/%d/net/unix", pid);
	rc = each_line(sys, path, on_unix, &b);
	if (rc < 0)
		return rc == -ENOENT ? ANSWER_NO : ANSWER_UNKNOWN;
	if (!b.inode[0])
		return ANSWER_NO;
	snprintf(h.dir, sizeof(h.dir), "/proc/%d/fd", pid);
	snprintf(h.wanted, sizeof(h.wanted), "socket:[%s]", b.inode);
	rc = sys->list(h.dir, on_fd, &h);
	if (h.found)
		return ANSWER_YES;
	return (rc < 0 && rc != -ENOENT) || h.refused ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* Is the server one of us: the process that this run would replace, or a neighbour's? */
static enum answer served_by_us(const struct probe *p, const char *uds, pid_t *pid)
{
	enum answer best = ANSWER_NO;

	*pid = p->in->running;
	if (*pid > 0 && process_holds(p->sys, *pid, uds) == ANSWER_YES)
		return ANSWER_YES;
	for (unsigned i = 0; i < p->in->n_ours; i++) {
		enum answer a = process_holds(p->sys, p->in->ours[i], uds);

		*pid = p->in->ours[i];
		if (a == ANSWER_YES)
			return a;
		if (a == ANSWER_UNKNOWN)
			best = a;
	}
	*pid = 0;
	return best;
}

struct server {
	const struct probe *p;
	const char *uds;
	pid_t pid;
	char comm[20];
};

static bool on_process(void *owner, const char *name)
{
	struct server *s = owner;
	pid_t pid = (pid_t)strtol(name, NULL, 10);
	char path[64];

	if (pid <= 0 || is_ours(s->p->in, pid) ||
	    process_holds(s->p->sys, pid, s->uds) != ANSWER_YES)
		return true;
	s->pid = pid;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (read_small(s->p->sys, path, s->comm, sizeof(s->comm)) > 0)
		s->comm[strcspn(s->comm, "\n")] = '\0';
	return false;
}

static void foreign_server(struct probe *p, const char *uds)
{
	struct server s = { .p = p, .uds = uds };
	struct finding *f;

	p->sys->list("/proc", on_process, &s);
	fact(p->out, "uds.taken", "yes");
	p->out->todo.identity = true;
	if (s.pid) {
		f = note(p->out, F_UDS_LIVE_SERVER, FINDING_BLOCK, uds, "%s, pid %d, answers there",
			 s.comm[0] ? s.comm : "a process", s.pid);
		note_clears(f, WAIT_PROCESS, s.comm, s.pid);
	} else {
		note_block(p->out, F_UDS_LIVE_SERVER, WAIT_FILE, uds,
			   "a process that we cannot see answers there");
	}
}

static void own_server(struct probe *p, const char *uds, pid_t pid)
{
	struct finding *f;

	if (pid == p->in->running) {
		note(p->out, F_UDS_OK, FINDING_PASS, uds, "served by this unit's own process");
		return;
	}
	f = note(p->out, F_UDS_LIVE_SERVER, FINDING_BLOCK, uds,
		 "another unit, pid %d, uses the same socket", pid);
	note_clears(f, WAIT_PROCESS, "ptp4l", pid);
	fact(p->out, "uds.taken", "yes");
}

static void judge_server(struct probe *p, const char *uds)
{
	pid_t pid = 0;

	switch (served_by_us(p, uds, &pid)) {
	case ANSWER_YES:
		own_server(p, uds, pid);
		break;
	case ANSWER_NO:
		foreign_server(p, uds);
		break;
	case ANSWER_UNKNOWN:
		note(p->out, F_UDS_UNKNOWN, FINDING_UNKNOWN, uds,
		     "somebody answers there, perhaps our own process");
	}
}

static void judge_socket(struct probe *p, const char *uds)
{
	int rc = p->sys->uds_connect(uds);

	switch (-rc) {
	case 0:
	case EPROTOTYPE:	/* a stream socket listens: another program */
		judge_server(p, uds);
		return;
	case ECONNREFUSED:
		fact(p->out, "uds.stale", "yes");
		note(p->out, F_UDS_STALE, FINDING_PASS, uds, "left over, will be replaced");
		return;
	case ENOENT:
		note(p->out, F_UDS_OK, FINDING_PASS, uds, "free");
		return;
	default:
		note(p->out, F_UDS_UNKNOWN, FINDING_UNKNOWN, uds, "%s", strerror(-rc));
	}
}

static void split(const char *path, char *dir, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		snprintf(dir, size, ".");
	else
		snprintf(dir, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* In a sticky folder only the owner may replace a file. */
static bool undeletable(const struct probe *p, const char *dir, const struct probe_stat *file)
{
	struct probe_stat d;

	return p->who.known && p->sys->stat(dir, &d) == 0 && (d.mode & S_ISVTX) &&
	       !(p->who.caps >> CAP_FOWNER & 1) && p->who.account.uid != file->uid &&
	       p->who.account.uid != d.uid;
}

static void judge_object(struct probe *p, const char *uds, const char *dir)
{
	struct probe_stat st;
	int rc = p->sys->lstat(uds, &st);

	if (rc == -ENOENT)
		note(p->out, F_UDS_OK, FINDING_PASS, uds, "free");
	else if (rc < 0)
		note(p->out, F_UDS_UNKNOWN, FINDING_UNKNOWN, uds, "%s", strerror(-rc));
	else if (S_ISDIR(st.mode) || undeletable(p, dir, &st))
		note_block(p->out, F_UDS_NOT_A_SOCKET, WAIT_FILE, uds, "%s",
			   S_ISDIR(st.mode) ? "a folder" : "it belongs to another user");
	else if (S_ISREG(st.mode))
		note_block(p->out, F_UDS_REGULAR_FILE, WAIT_FILE, uds,
			   "a regular file of %lld bytes", (long long)st.size);
	else if (S_ISSOCK(st.mode))
		judge_socket(p, uds);
	else
		note(p->out, F_UDS_OK, FINDING_PASS, uds, "will be replaced");
}

struct dir_ids {
	const char *missing, *read_only, *not_writable;
};

/* A finding about the folder is watched there, but its subject is the socket. */
static void bad_dir(struct probe *p, const char *id, const char *path, const char *dir,
		    const char *what)
{
	struct finding *f = note(p->out, id, FINDING_BLOCK, path, "%s: %s", dir, what);

	note_clears(f, WAIT_FILE, dir, 0);
}

/* The unit asked us to make the folder; as root we can, in one that is there and takes it. */
static bool will_be_made(const struct probe *p, const char *dir, int rc)
{
	char above[SUN_PATH_LEN];
	struct probe_mount m;
	struct probe_stat st;

	if (rc != -ENOENT || !(p->in->unit->remedies & REMEDY_BIT(REMEDY_MAKE_UDS_DIR)) ||
	    p->sys->euid() != 0)
		return false;
	split(dir, above, sizeof(above));
	return p->sys->stat(above, &st) == 0 && S_ISDIR(st.mode) &&
	       !(p->sys->mount(above, &m) == 0 && m.read_only);
}

/* The state of a folder as a fact, or NULL when it cannot be looked at. */
static const char *dir_state(struct probe *p, const char *path, const char *dir,
			     const struct dir_ids *ids)
{
	struct probe_mount m;
	struct probe_stat st;
	char what[96];
	int rc = p->sys->stat(dir, &st);

	if (will_be_made(p, dir, rc)) {
		note(p->out, F_UDS_OK, FINDING_PASS, path, "%s will be made", dir);
		return "missing";
	}
	if (rc == -ENOENT || rc == -ENOTDIR || (rc == 0 && !S_ISDIR(st.mode))) {
		bad_dir(p, ids->missing, path, dir,
			rc == -ENOENT ? "does not exist" : "is no folder");
		return "missing";
	}
	if (rc < 0)
		return NULL;
	if (p->sys->mount(dir, &m) == 0 && m.read_only) {
		bad_dir(p, ids->read_only, path, dir, "is on a read-only file system");
		return "readonly";
	}
	if (who_may(&p->who, p->sys, dir, MAY_WRITE | MAY_EXEC) != ANSWER_NO)
		return "exists";
	snprintf(what, sizeof(what), "mode %04o, owner %u:%u; the program would run as user %u",
		 st.mode & 07777, st.uid, st.gid, p->who.account.uid);
	bad_dir(p, ids->not_writable, path, dir, what);
	return "not_writable";
}

static void judge_server_path(struct probe *p, const char *uds)
{
	static const struct dir_ids ids = { F_UDS_DIR_MISSING, F_UDS_READ_ONLY,
					    F_UDS_DIR_NOT_WRITABLE };
	const char *state;
	char dir[SUN_PATH_LEN];

	split(uds, dir, sizeof(dir));
	state = dir_state(p, uds, dir, &ids);
	if (state)
		fact(p->out, "uds.dir", "%s", state);
	if (!state)
		note(p->out, F_UDS_UNKNOWN, FINDING_UNKNOWN, uds, "its folder cannot be looked at");
	else if (!strcmp(state, "exists"))
		judge_object(p, uds, dir);
}

/* Same user, or a group in common: the socket will have mode 0660. */
static bool akin(const struct who *a, const struct who *b)
{
	if (!a->known || !b->known || a->account.uid == 0 ||
	    a->account.uid == b->account.uid || a->account.gid == b->account.gid)
		return true;
	for (unsigned i = 0; i < a->account.n; i++)
		if (a->account.group[i] == b->account.gid)
			return true;
	return false;
}

static void no_permission(struct probe *p, const char *uds, const char *what)
{
	note_clears(note(p->out, F_UDS_CLIENT_PERMISSION, FINDING_BLOCK, uds,
			 "%s; the program would run as user %u", what, p->who.account.uid),
		    WAIT_FILE, uds, 0);
}

/* Judged by the socket that is there, else by who will make it. */
static void judge_client_permission(struct probe *p, const char *uds)
{
	const struct plan *plan = p->in->plan;
	struct probe_in leader = *p->in;
	struct probe_stat st;
	struct who maker;
	char what[48];

	if (p->sys->stat(uds, &st) == 0) {
		snprintf(what, sizeof(what), "mode %04o, owner %u:%u", st.mode & 07777, st.uid,
			 st.gid);
		if (S_ISSOCK(st.mode) && who_may(&p->who, p->sys, uds, MAY_WRITE) == ANSWER_NO)
			no_permission(p, uds, what);
		return;
	}
	if (!plan || p->in->unit->follows < 0 || p->version >= HAS_READ_ONLY_SOCKET)
		return;
	leader.run = plan_run_of(&plan->unit[p->in->unit->follows], 0, 0);
	who_of(&leader, p->sys, &maker);
	if (!akin(&p->who, &maker))
		no_permission(p, uds, "ptp4l will make it for its own user and group");
}

/* A ptp4l of this configuration is started first; another one must be there already. */
static bool has_own_server(const struct probe *p)
{
	const struct plan *plan = p->in->plan;

	for (unsigned i = 0; plan && i < plan->units; i++)
		if (plan->unit[i].program == PROG_PTP4L)
			return true;
	return false;
}

static void judge_foreign_server(struct probe *p, const char *uds)
{
	int rc;

	if (!p->in->full || has_own_server(p))
		return;
	rc = p->sys->uds_connect(uds);
	if (rc == -ENOENT || rc == -ECONNREFUSED)
		note(p->out, F_UDS_NO_SERVER, FINDING_WARN, uds, "%s",
		     rc == -ENOENT ? "there is no such socket" : "nobody listens at it any more");
	else if (rc == 0)
		p->out->todo.identity = true;
}

/* It listens, but does it answer to the domain and transportSpecific that will be asked in? */
static void ask_foreign_server(struct probe *p)
{
	const struct daemon_conf *c = p->conf;
	char identity[24];

	if (p->sys->uds_identity(c->uds_address, c->domain, c->transport_specific, identity) ==
	    -ETIMEDOUT)
		note(p->out, F_UDS_NO_ANSWER, FINDING_WARN, c->uds_address,
		     "somebody listens, but does not answer in domain %d with transportSpecific %d",
		     c->domain, c->transport_specific);
	else
		note(p->out, F_UDS_OK, FINDING_PASS, c->uds_address, "it answers");
}

/* phc2sys and ts2phc bind /var/run/NAME.PID to ask ptp4l. */
static void judge_client(struct probe *p)
{
	static const struct dir_ids ids = { F_UDS_CLIENT_DIR, F_UDS_CLIENT_DIR, F_UDS_CLIENT_DIR };
	const struct daemon_conf *c = p->conf;

	if (!c->automatic && !c->wait)
		return;
	(void)dir_state(p, "/var/run", "/var/run", &ids);
	if (!c->uds_address[0])
		return;
	judge_client_permission(p, c->uds_address);
	judge_foreign_server(p, c->uds_address);
}

/* timemaster makes the last folder of its rundir itself. */
static void judge_rundir(struct probe *p)
{
	static const struct dir_ids ids = { F_UDS_DIR_MISSING, F_UDS_READ_ONLY,
					    F_UDS_DIR_NOT_WRITABLE };
	char dir[SUN_PATH_LEN], above[SUN_PATH_LEN];
	struct probe_stat st;
	const char *state;

	split(p->conf->uds_address, dir, sizeof(dir));
	split(dir, above, sizeof(above));
	state = dir_state(p, p->conf->uds_address,
			  p->sys->stat(dir, &st) == -ENOENT ? above : dir, &ids);
	if (state && !strcmp(state, "exists"))
		note(p->out, F_UDS_OK, FINDING_PASS, p->conf->uds_address, "free");
}

void probe_sockets(struct probe *p)
{
	const struct daemon_conf *c = p->conf;

	if (p->in->unit->program == PROG_PTP4L && c->uds_address[0]) {
		judge_server_path(p, c->uds_address);
		if (c->uds_ro_address[0] && p->version >= HAS_READ_ONLY_SOCKET)
			judge_server_path(p, c->uds_ro_address);
	} else if (p->in->unit->program == PROG_PHC2SYS || p->in->unit->program == PROG_TS2PHC) {
		judge_client(p);
	} else if (p->in->unit->program == PROG_TIMEMASTER && c->readable) {
		judge_rundir(p);
	}
}

/* Whose clock is behind the socket that somebody else serves? */
void probe_sockets_slow(struct probe *p)
{
	struct findings *all = &p->out->findings;
	char identity[24];

	if (p->in->unit->program != PROG_PTP4L) {
		ask_foreign_server(p);
		return;
	}
	for (unsigned i = 0; i < all->n; i++) {
		struct finding *f = &all->at[i];
		size_t len = strlen(f->detail);

		if (strcmp(f->id, F_UDS_LIVE_SERVER) || strstr(f->detail, "clock ") ||
		    p->sys->uds_identity(f->subject, p->conf->domain,
					 p->conf->transport_specific, identity) < 0)
			continue;
		snprintf(f->detail + len, sizeof(f->detail) - len, " (clock %s)", identity);
	}
}
