#include "logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "supervisor/loop.h"

enum { OPEN_FLAGS = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, MODE = 0640, STALE_MAX = 100 };

static const char *older(const struct logfile *f, unsigned n, char out[LOGFILE_PATH_MAX + 12])
{
	if (n == 0)
		return f->path;
	snprintf(out, LOGFILE_PATH_MAX + 12, "%s.%u", f->path, n);
	return out;
}

/* Not O_APPEND: splice refuses that. */
static int open_regular(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, OPEN_FLAGS | flags, MODE);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

static void go_on_in(struct logfile *f, int fd, off_t at)
{
	f->former_end = f->at;
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	f->at = at;
	f->by_hand = false;
	f->generation++;
}

static void to_memory(struct logfile *f, int disk_errno)
{
	int fd = memfd_create("ptpwarden output", MFD_CLOEXEC);

	if (!f->memory) {
		f->memory_since = loop_now();
		f->retry_at = f->memory_since + LOGFILE_RETRY_MS;
		f->disk_errno = disk_errno;
	}
	f->broken_off = f->memory;	/* what memory held before is gone */
	f->memory = true;
	go_on_in(f, fd, 0);
}

static size_t limit_of(const struct logfile *f)
{
	return f->memory ? f->memory_limit : f->limit;
}

static void begin_file(struct logfile *f)
{
	char from[LOGFILE_PATH_MAX + 12], to[LOGFILE_PATH_MAX + 12];
	int fd;

	if (f->memory) {
		to_memory(f, f->disk_errno);
		return;
	}
	for (unsigned n = f->files - 1; n > 0; n--)
		(void)rename(older(f, n - 1, from), older(f, n, to));
	if (f->files == 1)
		(void)unlink(f->path);
	fd = open_regular(f->path, O_EXCL);
	if (fd < 0)
		to_memory(f, -fd);
	else
		go_on_in(f, fd, 0);
}

static bool drop_oldest(const struct logfile *f)
{
	char path[LOGFILE_PATH_MAX + 12];

	for (unsigned n = f->files - 1; n > 0; n--)
		if (unlink(older(f, n, path)) == 0)
			return true;
	return false;
}

void logfile_open(struct logfile *f, const char *path, size_t limit, unsigned files,
		  size_t memory_limit)
{
	char old[LOGFILE_PATH_MAX + 12];
	int fd;

	*f = (struct logfile){ .fd = -1, .limit = limit, .files = files,
			       .memory_limit = memory_limit, .retry_at = MSEC_NONE };
	snprintf(f->path, sizeof(f->path), "%s", path);
	for (unsigned n = files; n < STALE_MAX && unlink(older(f, n, old)) == 0; n++)
		;	/* the configuration had more files before */
	fd = open_regular(path, 0);
	if (fd < 0)
		to_memory(f, -fd);
	else
		go_on_in(f, fd, lseek(fd, 0, SEEK_END));
}

void logfile_close(struct logfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* Where splice is not possible; a kill between the two calls may lose what was read. */
static ssize_t copy(struct logfile *f, int pipe_fd, size_t max)
{
	char buf[4096];
	ssize_t n = read(pipe_fd, buf, max < sizeof(buf) ? max : sizeof(buf)), out = 0;

	if (n <= 0)
		return n;
	while (out < n) {
		ssize_t w = pwrite(f->fd, buf + out, (size_t)(n - out), f->at + out);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		out += w;
	}
	return out ? out : -1;
}

static ssize_t move(struct logfile *f, int pipe_fd, size_t max)
{
	loff_t at = f->at;
	ssize_t n;

	if (!f->by_hand) {
		n = splice(pipe_fd, NULL, f->fd, &at, max, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
		if (n >= 0 || errno != EINVAL)
			return n;
		f->by_hand = true;
	}
	return copy(f, pipe_fd, max);
}

/* A new file begins where the pipe was empty, if it can: so a line is hardly ever cut in two. */
static size_t make_room(struct logfile *f, int pipe_fd)
{
	size_t limit = limit_of(f), room = f->at < (off_t)limit ? limit - (size_t)f->at : 0;
	int waiting = 0;

	if (room > 64 * 1024 && (off_t)room >= fcntl(pipe_fd, F_GETPIPE_SZ))
		return room;
	if (ioctl(pipe_fd, FIONREAD, &waiting) < 0 || waiting <= 0)
		return 0;
	if ((size_t)waiting <= room || (room && f->at < (off_t)limit / 2))
		return room;
	begin_file(f);
	return limit_of(f);
}

ssize_t logfile_take(struct logfile *f, int pipe_fd)
{
	size_t room = make_room(f, pipe_fd);
	int why;

	while (room) {
		ssize_t n = f->fd < 0 ? (errno = ENOSPC, -1) : move(f, pipe_fd, room);

		if (n >= 0) {
			f->at += n;
			return n;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN)
			return 0;
		why = errno;
		if (f->memory)
			return -why;
		if (!drop_oldest(f)) {
			to_memory(f, why);
			room = f->memory_limit;
		}
	}
	return 0;
}

bool logfile_ends_line(const struct logfile *f)
{
	char last;

	return f->fd < 0 || f->at == 0 || pread(f->fd, &last, 1, f->at - 1) != 1 || last == '\n';
}

void logfile_end_line(struct logfile *f)
{
	if (!logfile_ends_line(f) && pwrite(f->fd, "\n", 1, f->at) == 1)
		f->at++;
}

void logfile_note(struct logfile *f, const char *text)
{
	char line[256];
	int n;

	if (f->at + (off_t)sizeof(line) > (off_t)limit_of(f))
		begin_file(f);
	if (f->fd < 0)
		return;
	logfile_end_line(f);
	n = snprintf(line, sizeof(line), "%s\n", text);
	if (n > 0 && (size_t)n < sizeof(line) && pwrite(f->fd, line, (size_t)n, f->at) == n)
		f->at += n;
}

void logfile_check(struct logfile *f)
{
	struct stat st;
	int fd;

	if (f->fd < 0 || f->memory || fstat(f->fd, &st) < 0 || st.st_nlink > 0)
		return;
	fd = open_regular(f->path, 0);
	if (fd >= 0)
		go_on_in(f, fd, lseek(fd, 0, SEEK_END));
}

/* What memory holds, behind what the file holds; all of it or nothing. */
static off_t save(const struct logfile *f, int fd)
{
	off_t start = lseek(fd, 0, SEEK_END), done = 0;
	char buf[4096];

	if (f->broken_off && f->at > 0 && start > 0 && pread(fd, buf, 1, start - 1) == 1 &&
	    buf[0] != '\n' && pwrite(fd, "\n", 1, start) == 1)
		start++;	/* the rest of that line will not come */
	while (f->fd >= 0 && done < f->at) {
		ssize_t n = pread(f->fd, buf, sizeof(buf), done);

		if (n <= 0 || pwrite(fd, buf, (size_t)n, start + done) != n) {
			(void)!ftruncate(fd, start);
			return -1;
		}
		done += n;
	}
	return start + done;
}

/* Room for a while, or it would come and go with every few lines. */
static bool has_room(const struct logfile *f, int fd)
{
	enum { ROOM = 64 * 1024 };
	struct statvfs v;

	if (fstatvfs(fd, &v) < 0 || v.f_blocks == 0)
		return true;	/* it does not say: the writing will */
	return (uint64_t)v.f_bavail * v.f_frsize >=
	       (uint64_t)f->at + (f->limit < ROOM ? f->limit : ROOM);
}

bool logfile_recover(struct logfile *f, msec_t now)
{
	enum { RETRY_MAX_MS = 60000 };
	int fd = open_regular(f->path, 0);
	off_t end = -1;

	f->retry_at = now + (now < f->memory_since + RETRY_MAX_MS ? LOGFILE_RETRY_MS : RETRY_MAX_MS);
	if (fd < 0)
		return false;
	if (has_room(f, fd))
		end = save(f, fd);
	if (end < 0) {
		close(fd);
		return false;
	}
	f->memory = false;
	f->disk_errno = 0;
	f->retry_at = MSEC_NONE;
	go_on_in(f, fd, end);
	return true;
}
