#include "filewatch.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum {
	MASK = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB |
	       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
	LINKS_MAX = 8,
	BLIND_MS = 1000,	/* how often to look where inotify cannot */
	UNREST_MAX_MS = 500,	/* a file that never rests is judged all the same */
};

/* Following the path by hand, since each folder that holds a link of it must be watched. */
struct walk {
	struct filewatch *fw;
	struct filewatch_dir dir[FILEWATCH_DIRS];
	unsigned n;
	bool blind;		/* something cannot be watched */
	unsigned links;
	char at[PATH_MAX];	/* folder reached so far */
	char rest[PATH_MAX];	/* what is still to be entered */
};

static void watch(struct walk *w, const char *folder, const char *name)
{
	struct filewatch_dir *d = &w->dir[w->n];

	if (w->fw->fd < 0 || w->n == FILEWATCH_DIRS || strlen(name) >= sizeof(d->name)) {
		w->blind = true;
		return;
	}
	d->wd = inotify_add_watch(w->fw->fd, folder[0] ? folder : "/",
				  w->fw->device ? MASK & ~IN_CLOSE_WRITE : MASK);
	if (d->wd < 0) {
		w->blind = true;
		return;
	}
	strcpy(d->name, name);
	w->n++;
}

static bool follow(struct walk *w, const char *link, const char *after)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlink(link, target, sizeof(target) - 1);

	if (n <= 0 || ++w->links > LINKS_MAX)
		return false;
	target[n] = '\0';
	if ((size_t)snprintf(rest, sizeof(rest), "%s%s%s", target, *after ? "/" : "", after) >=
	    sizeof(rest))
		return false;
	strcpy(w->rest, rest);
	if (target[0] == '/')
		w->at[0] = '\0';
	return true;
}

/* One name of the path. True: go on. */
static bool step(struct walk *w)
{
	char *name = w->rest + strspn(w->rest, "/"), *after = name + strcspn(name, "/");
	char full[PATH_MAX];
	struct stat st;

	if (*after)
		*after++ = '\0';
	after += strspn(after, "/");
	if (!*name || (size_t)snprintf(full, sizeof(full), "%s/%s", w->at, name) >= sizeof(full))
		return false;
	if (lstat(full, &st) < 0) {
		watch(w, w->at, name);
		return false;
	}
	if (S_ISLNK(st.st_mode)) {
		watch(w, w->at, name);
		return follow(w, full, after);
	}
	if (!*after)
		watch(w, w->at, name);
	if (S_ISDIR(st.st_mode) && !*after)
		watch(w, full, "");
	if (!S_ISDIR(st.st_mode) || !*after)
		return false;
	strcpy(w->at, full);
	memmove(w->rest, after, strlen(after) + 1);
	return true;
}

static bool still_used(const struct walk *w, int wd)
{
	for (unsigned i = 0; i < w->n; i++)
		if (w->dir[i].wd == wd)
			return true;
	return false;
}

/* Adding a watch twice keeps it, so nothing is missed while the set changes. */
static void rescan(struct filewatch *fw)
{
	struct walk w = { .fw = fw };

	snprintf(w.rest, sizeof(w.rest), "%s", fw->path);
	if (fw->path[0] != '/' && !getcwd(w.at, sizeof(w.at)))
		w.blind = true;
	while (step(&w))
		;
	for (unsigned i = 0; i < fw->n; i++)
		if (!still_used(&w, fw->dir[i].wd))
			(void)inotify_rm_watch(fw->fd, fw->dir[i].wd);
	memcpy(fw->dir, w.dir, sizeof(fw->dir));
	fw->n = w.n;
	if (stat(fw->path, &fw->last) < 0)
		memset(&fw->last, 0, sizeof(fw->last));
	ev_timer_stop(fw->loop, &fw->net);
	ev_timer_set(&fw->net, (w.blind ? BLIND_MS : FILEWATCH_NET_MS) / 1000.,
		     (w.blind ? BLIND_MS : FILEWATCH_NET_MS) / 1000.);
	ev_timer_start(fw->loop, &fw->net);
}

static void stir(struct filewatch *fw)
{
	msec_t now = loop_now();

	if (!ev_is_active(&fw->quiet))
		fw->unrest_since = now;
	else if (now - fw->unrest_since > UNREST_MAX_MS)
		return;
	ev_timer_stop(fw->loop, &fw->quiet);
	ev_timer_set(&fw->quiet, FILEWATCH_QUIET_MS / 1000., 0.);
	ev_timer_start(fw->loop, &fw->quiet);
}

static void on_quiet(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct filewatch *fw = container_of(timer, struct filewatch, quiet);

	ev_timer_stop(loop, timer);
	rescan(fw);
	fw->fn(fw->owner);
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mode == b->st_mode && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static void on_net(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct filewatch *fw = container_of(timer, struct filewatch, net);
	struct stat now;

	if (stat(fw->path, &now) < 0)
		memset(&now, 0, sizeof(now));
	if (!same(&now, &fw->last))
		stir(fw);
}

/* A file that was just created and is still empty is being written: its closing will tell. */
static bool being_written(const struct filewatch *fw, const struct inotify_event *ev)
{
	struct stat st;

	return (ev->mask & IN_CREATE) && !(ev->mask & IN_ISDIR) && stat(fw->path, &st) == 0 &&
	       S_ISREG(st.st_mode) && st.st_size == 0;
}

static bool means(const struct filewatch *fw, const char *wanted, const char *name)
{
	size_t len = strlen(wanted);

	if (fw->device && len && wanted[len - 1] == '*')
		return !strncmp(wanted, name, len - 1);
	return !len || !strcmp(wanted, name);
}

static bool concerns(const struct filewatch *fw, const struct inotify_event *ev)
{
	if (ev->mask & IN_Q_OVERFLOW)
		return true;
	for (unsigned i = 0; i < fw->n; i++) {
		if (fw->dir[i].wd != ev->wd)
			continue;
		if (ev->mask & (IN_DELETE_SELF | IN_MOVE_SELF))
			return true;
		if (ev->len && means(fw, fw->dir[i].name, ev->name))
			return !being_written(fw, ev);
	}
	return false;
}

static void on_inotify(struct ev_loop *loop, ev_io *io, int revents)
{
	struct filewatch *fw = container_of(io, struct filewatch, io);
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(fw->fd, buf, sizeof(buf));
	bool hit = false;

	for (char *p = buf; n > 0 && p < buf + n;) {
		const struct inotify_event *ev = (const void *)p;

		hit = hit || concerns(fw, ev);
		p += sizeof(*ev) + ev->len;
	}
	if (hit)
		stir(fw);
}

void filewatch_init(struct filewatch *fw, struct ev_loop *loop, filewatch_fn *fn, void *owner)
{
	*fw = (struct filewatch){ .loop = loop, .fn = fn, .owner = owner, .fd = -1 };
	ev_init(&fw->io, on_inotify);
	ev_init(&fw->quiet, on_quiet);
	ev_init(&fw->net, on_net);
}

static int start(struct filewatch *fw, const char *path, bool device, struct err *err)
{
	filewatch_stop(fw);
	fw->device = device;
	if (strlen(path) >= sizeof(fw->path))
		return err_set(err, ENAMETOOLONG, "%s: this path is too long to watch", path);
	strcpy(fw->path, path);
	fw->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fw->fd >= 0) {
		ev_io_set(&fw->io, fw->fd, EV_READ);
		ev_io_start(fw->loop, &fw->io);
	}
	rescan(fw);
	return 0;
}

int filewatch_start(struct filewatch *fw, const char *path, struct err *err)
{
	return start(fw, path, false, err);
}

int filewatch_start_device(struct filewatch *fw, const char *path, struct err *err)
{
	return start(fw, path, true, err);
}

void filewatch_stop(struct filewatch *fw)
{
	if (!fw->loop)
		return;
	ev_io_stop(fw->loop, &fw->io);
	ev_timer_stop(fw->loop, &fw->quiet);
	ev_timer_stop(fw->loop, &fw->net);
	if (fw->fd >= 0)
		close(fw->fd);
	fw->fd = -1;
	fw->n = 0;
}
