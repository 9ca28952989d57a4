#include "history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum { FILES_MAX = 100, BLOCK = 4096 };

/* Every file of the unit, the current one first; all opened before the first is read. */
struct file_set {
	unsigned n;
	int fd[FILES_MAX];
};

static int open_nth(const struct history *h, unsigned n)
{
	char path[sizeof(h->path) + 12];

	if (n == 0)
		return open(h->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	snprintf(path, sizeof(path), "%s.%u", h->path, n);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static bool same_inode(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_ino == sb.st_ino &&
	       sa.st_dev == sb.st_dev;
}

/* A rotation in the middle shows the same file twice. */
static int open_all(const struct history *h, struct file_set *set)
{
	set->n = 0;
	for (unsigned i = 0; i < FILES_MAX; i++) {
		int fd = open_nth(h, i);

		if (fd < 0 && i == 0 && errno != ENOENT)
			return -errno;
		if (fd < 0 && i == 0)
			continue;	/* just being rotated */
		if (fd < 0)
			break;
		if (set->n && same_inode(set->fd[set->n - 1], fd))
			close(fd);
		else
			set->fd[set->n++] = fd;
	}
	return set->n ? 0 : -ENOENT;
}

/* Where the last *lines lines of the file begin; counts *lines down, 0 when there are not as many. */
static off_t back_from(int fd, off_t end, unsigned *lines, bool *ends_line)
{
	char buf[BLOCK];

	while (end > 0) {
		off_t start = end > BLOCK ? end - BLOCK : 0;
		ssize_t n = pread(fd, buf, (size_t)(end - start), start);

		if (n <= 0)
			return end;
		while (n-- > 0) {
			bool newline = buf[n] == '\n';

			/* the newline at the very end closes the last line, it begins none */
			if (newline && *ends_line && --*lines == 0)
				return start + n + 1;
			*ends_line = true;
		}
		end = start;
	}
	return 0;
}

static int hand_over(struct history *h, history_fn *fn, void *owner)
{
	size_t len = h->used;

	h->used = 0;
	return fn(owner, h->part, len);
}

static int split(struct history *h, const char *bytes, size_t len, history_fn *fn, void *owner)
{
	for (size_t i = 0; i < len; i++) {
		int rc = 0;

		if (bytes[i] != '\n')
			h->part[h->used++] = bytes[i];
		if (bytes[i] == '\n' || h->used == sizeof(h->part))
			rc = hand_over(h, fn, owner);
		if (rc)
			return rc;
	}
	return 0;
}

static int read_on(struct history *h, history_fn *fn, void *owner)
{
	char buf[BLOCK];

	for (;;) {
		ssize_t n = pread(h->fd, buf, sizeof(buf), h->at);
		int rc;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		h->at += n;
		rc = split(h, buf, (size_t)n, fn, owner);
		if (rc)
			return rc;
	}
}

static void go_on_in(struct history *h, int fd, off_t at)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = fd;
	h->at = at;
}

int history_init(struct history *h, const char *log_dir, const char *name, struct err *err)
{
	h->fd = -1;
	h->at = 0;
	h->used = 0;
	if ((size_t)snprintf(h->path, sizeof(h->path), "%s/%s.log", log_dir, name) >=
	    sizeof(h->path))
		return err_set(err, ENAMETOOLONG, "%s: this path is too long", log_dir);
	return 0;
}

void history_fini(struct history *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}

static unsigned start_of_tail(struct file_set *set, unsigned n, off_t *at)
{
	unsigned left = n, oldest = set->n - 1;
	bool ends_line = false;

	*at = 0;
	if (n == 0)
		return oldest;
	for (unsigned i = 0; i < set->n; i++) {
		*at = back_from(set->fd[i], lseek(set->fd[i], 0, SEEK_END), &left, &ends_line);
		if (*at > 0)
			return i;
	}
	return oldest;
}

int history_tail(struct history *h, unsigned n, history_fn *fn, void *owner, struct err *err)
{
	struct file_set set;
	int rc = open_all(h, &set);
	unsigned i;
	off_t at;

	if (rc < 0)
		return err_set(err, -rc, "%s: %s", h->path, strerror(-rc));
	for (i = start_of_tail(&set, n, &at) + 1; i-- > 0 && rc == 0; at = 0) {
		go_on_in(h, set.fd[i], at);
		set.fd[i] = -1;
		rc = read_on(h, fn, owner);
	}
	while (set.n)
		if (set.fd[--set.n] >= 0)
			close(set.fd[set.n]);
	if (rc < 0)
		return err_set(err, -rc, "%s: %s", h->path, strerror(-rc));
	return rc;
}

/* The file that came after ours: one number lower, wherever ours has moved to by now. */
static int next_file(const struct history *h)
{
	for (unsigned i = 0; i < FILES_MAX; i++) {
		int fd = open_nth(h, i);
		bool ours;

		if (fd < 0 && i > 0)
			break;
		if (fd < 0)
			continue;
		ours = same_inode(h->fd, fd);
		close(fd);
		if (ours)
			return i ? open_nth(h, i - 1) : -1;
	}
	return open_nth(h, 0);
}

int history_follow(struct history *h, history_fn *fn, void *owner, struct err *err)
{
	int rc = 0, fd = h->fd < 0 ? open_nth(h, 0) : -1;

	if (fd >= 0)
		go_on_in(h, fd, 0);
	while (h->fd >= 0 && rc == 0) {
		rc = read_on(h, fn, owner);
		fd = rc == 0 ? next_file(h) : -1;
		if (fd < 0)
			break;
		rc = read_on(h, fn, owner);	/* written between the two looks */
		go_on_in(h, fd, 0);
	}
	if (rc < 0)
		return err_set(err, -rc, "%s: %s", h->path, strerror(-rc));
	return rc;
}

static bool changed(const struct history *h)
{
	struct stat now, ours;

	if (stat(h->path, &now) < 0)
		return false;
	return h->fd < 0 || fstat(h->fd, &ours) < 0 || ours.st_size != h->at ||
	       ours.st_ino != now.st_ino || ours.st_dev != now.st_dev;
}

int history_wait(struct history *h, msec_t ms)
{
	enum { LOOK_MS = 100 };
	msec_t until = loop_now() + ms;
	struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };

	while (!changed(h) && loop_now() < until)
		if (nanosleep(&pause, NULL) < 0)
			return -EINTR;
	return 0;
}
