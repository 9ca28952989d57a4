#include "remedy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINKS_MAX = 8 };

/* May anybody but root and ourselves change what this folder holds? */
static bool strangers_write(const struct stat *dir)
{
	if (dir->st_uid != 0 && dir->st_uid != geteuid())
		return true;
	return (dir->st_mode & (S_IWGRP | S_IWOTH)) && !(dir->st_mode & S_ISVTX);
}

static bool link_trusted(int dir, const struct stat *link)
{
	struct stat st;

	return fstat(dir, &st) == 0 && !strangers_write(&st) &&
	       (link->st_uid == 0 || link->st_uid == geteuid());
}

struct walk {
	char rest[PATH_MAX];	/* what is still to be entered */
	int dir;		/* O_PATH of the folder reached so far */
	unsigned links;
};

static int enter_root(struct walk *w)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return -errno;
	if (w->dir >= 0)
		close(w->dir);
	w->dir = root;
	return 0;
}

/* The link's text takes the place of its name in front of what is still to be entered. */
static int follow(struct walk *w, const char *name, const char *after)
{
	char text[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlinkat(w->dir, name, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if ((size_t)snprintf(rest, sizeof(rest), "%s/%s", text, after) >= sizeof(rest))
		return -ENAMETOOLONG;
	strcpy(w->rest, rest);
	return text[0] == '/' ? enter_root(w) : 0;
}

static int step(struct walk *w)
{
	char *name = w->rest + strspn(w->rest, "/"), *after = name + strcspn(name, "/");
	struct stat st;
	int fd;

	if (*after)
		*after++ = '\0';
	if (!*name) {
		w->rest[0] = '\0';
		return 0;
	}
	if (fstatat(w->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return link_trusted(w->dir, &st) ? follow(w, name, after) : -ELOOP;
	fd = openat(w->dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(w->dir);
	w->dir = fd;
	memmove(w->rest, after, strlen(after) + 1);
	return 0;
}

/* Open a folder; a link on the way is followed only if no stranger could have made it. */
static int open_folder(const char *path)
{
	struct walk w = { .dir = -1 };
	int rc;

	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof(w.rest))
		return -ENAMETOOLONG;
	strcpy(w.rest, path);
	rc = enter_root(&w);
	while (rc == 0 && w.rest[0])
		rc = step(&w);
	if (rc == 0)
		return w.dir;
	if (w.dir >= 0)
		close(w.dir);
	return rc;
}

/* "/run/ptp/sock" -> "/run" and "ptp" */
static int split(const char *socket_path, char *parent, size_t size, const char **name)
{
	char *cut;

	if (socket_path[0] != '/' || strlen(socket_path) >= size)
		return -EINVAL;
	strcpy(parent, socket_path);
	cut = strrchr(parent, '/');
	*cut = '\0';
	cut = strrchr(parent, '/');
	if (!cut || !cut[1])
		return -EINVAL;
	*cut = '\0';
	*name = cut + 1;
	return 0;
}

static int make(int parent, const char *name, uid_t uid, gid_t gid)
{
	struct stat st;
	int fd, rc = 0;

	if (mkdirat(parent, name, 0755) < 0) {
		if (errno != EEXIST)
			return -errno;
		/* a link that leads nowhere is "there", too, but is no folder */
		if (fstatat(parent, name, &st, 0) < 0)
			return -errno;
		return S_ISDIR(st.st_mode) ? REMEDY_NOTHING : -ENOTDIR;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fchown(fd, uid, gid) < 0 || fchmod(fd, 0755) < 0)
		rc = -errno;
	close(fd);
	return rc < 0 ? rc : REMEDY_MADE_DIRECTORY;
}

int remedy_make_directory(const char *socket_path, uid_t uid, gid_t gid, struct err *err)
{
	char parent[PATH_MAX];
	const char *name = NULL;
	int dir, rc = split(socket_path, parent, sizeof(parent), &name);

	if (rc < 0)
		return err_set(err, -rc, "%s: no folder to make", socket_path);
	dir = open_folder(parent[0] ? parent : "/");
	if (dir >= 0) {
		rc = make(dir, name, uid, gid);
		close(dir);
	} else {
		rc = dir;
	}
	if (rc < 0)
		return err_set(err, -rc, "%s/%s could not be made: %s", parent, name, strerror(-rc));
	return rc;
}

/* 0: nobody listens; -EADDRINUSE: somebody does, or we cannot tell */
static int nobody_listens(const struct sockaddr_un *addr)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		int fd = socket(AF_UNIX, types[i] | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		int rc;

		if (fd < 0)
			return -errno;
		rc = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) < 0 ? errno : 0;
		close(fd);
		if (rc == ECONNREFUSED || rc == ENOENT)
			return -rc;
		if (rc != EPROTOTYPE)
			return -EADDRINUSE;
	}
	return -EADDRINUSE;
}

static int remove_stale(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat before, now;
	int rc;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	if (lstat(path, &before) < 0)
		return errno == ENOENT ? REMEDY_NOTHING : -errno;
	if (!S_ISSOCK(before.st_mode))
		return -ENOTSOCK;
	rc = nobody_listens(&addr);
	if (rc != -ECONNREFUSED)
		return rc == -ENOENT ? REMEDY_NOTHING : rc;
	if (lstat(path, &now) < 0 || now.st_ino != before.st_ino || now.st_dev != before.st_dev)
		return -EADDRINUSE;
	return unlink(path) < 0 ? -errno : REMEDY_REMOVED_SOCKET;
}

int remedy_remove_stale_socket(const char *socket_path, struct err *err)
{
	int rc = remove_stale(socket_path);

	if (rc == -EADDRINUSE)
		return err_set(err, EADDRINUSE, "%s is in use by another process", socket_path);
	if (rc == -ENOTSOCK)
		return err_set(err, ENOTSOCK, "%s is not a socket and is left alone", socket_path);
	if (rc < 0)
		return err_set(err, -rc, "%s: %s", socket_path, strerror(-rc));
	return rc;
}
