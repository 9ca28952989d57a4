#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"

static int look_at(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? 0 : -EACCES;
}

/* A better candidate replaces the one that is kept in `out`. */
static int consider(const char *candidate, int best, char *out, size_t size)
{
	int rc = look_at(candidate);

	if (!*out || (rc != best && rc != -ENOENT && best == -ENOENT) || !rc) {
		snprintf(out, size, "%s", candidate);
		return rc;
	}
	return best;
}

int path_find_program(const char *word, const char *search_path, char *out, size_t size)
{
	char candidate[PATH_MAX];
	int best = -ENOENT;

	*out = '\0';
	if (strlen(word) >= size)
		return -ENAMETOOLONG;
	if (strchr(word, '/')) {
		snprintf(out, size, "%s", word);
		return look_at(word);
	}
	for (const char *at = search_path; at && *at && best; at += strspn(at, ":")) {
		size_t len = strcspn(at, ":");
		int n = snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)len, at, word);

		if (*at == '/' && n < (int)sizeof(candidate) && n < (int)size)
			best = consider(candidate, best, out, size);
		at += len;
	}
	if (!*out)
		snprintf(out, size, "%s", word);
	return best;
}

enum { LINKS_MAX = 40 };

/* A walk along a path: `done` is resolved and trusted, `rest` is still to go. */
struct walk {
	char done[PATH_MAX];
	char rest[PATH_MAX];
	unsigned links;
	struct err *err;
};

static int trust(struct walk *w, const struct stat *st)
{
	const char *what = S_ISDIR(st->st_mode) ? "folder" : "file";
	const char *name = *w->done ? w->done : "/";
	bool sticky_folder = S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX);

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(w->err, EACCES,
			       "%s belongs to user %u; this %s must belong to root or to the user "
			       "that runs ptpwarden",
			       name, (unsigned)st->st_uid, what);
	if (!S_ISLNK(st->st_mode) && (st->st_mode & S_IWOTH) && !sticky_folder)
		return err_set(
			w->err, EACCES,
			"everybody may write to the %s %s; take that right away with: chmod o-w %s",
			what, name, name);
	return 0;
}

/* Put the target of the link `done` before `rest`. */
static int follow(struct walk *w)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t len = readlink(w->done, target, sizeof(target) - 1);
	int n;

	if (len < 0)
		return err_set(w->err, errno, "%s: %s", w->done, strerror(errno));
	target[len] = '\0';
	if (++w->links > LINKS_MAX)
		return err_set(w->err, ELOOP, "%s: too many symbolic links", w->done);
	memcpy(rest, w->rest, sizeof(rest));
	n = snprintf(w->rest, sizeof(w->rest), "%s/%s", target, rest);
	if (n >= (int)sizeof(w->rest))
		return err_set(w->err, ENAMETOOLONG, "%s: the path is too long", w->done);
	if (*target == '/')
		*w->done = '\0';
	else
		*strrchr(w->done, '/') = '\0';
	return 0;
}

/* Take the next component from `rest`; false when there is none. */
static bool take(struct walk *w, char name[NAME_MAX + 1])
{
	const char *at = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(at, "/");

	if (!len)
		return false;
	snprintf(name, NAME_MAX + 1, "%.*s", (int)len, at);
	memmove(w->rest, at + len, strlen(at + len) + 1);
	return true;
}

static int step(struct walk *w, const char *name)
{
	size_t used = strlen(w->done);
	struct stat st;
	int rc;

	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		if (used)
			*strrchr(w->done, '/') = '\0';
		return 0;
	}
	if (snprintf(w->done + used, sizeof(w->done) - used, "/%s", name) >=
	    (int)(sizeof(w->done) - used))
		return err_set(w->err, ENAMETOOLONG, "%s: the path is too long", w->done);
	if (lstat(w->done, &st) < 0)
		return err_set(w->err, errno, "%s: %s", w->done, strerror(errno));
	rc = trust(w, &st);
	return rc || !S_ISLNK(st.st_mode) ? rc : follow(w);
}

int path_trusted(const char *path, struct err *err)
{
	struct walk w = { .err = err };
	char name[NAME_MAX + 1];
	struct stat st;
	int rc;

	if (*path != '/') {
		if (!getcwd(w.rest, sizeof(w.rest)))
			return err_set(err, errno, "the working directory is gone");
		if (strlen(w.rest) + strlen(path) + 2 > sizeof(w.rest))
			return err_set(err, ENAMETOOLONG, "%s: the path is too long", path);
		strcat(w.rest, "/");
	}
	if (strlen(w.rest) + strlen(path) >= sizeof(w.rest))
		return err_set(err, ENAMETOOLONG, "%s: the path is too long", path);
	strcat(w.rest, path);
	rc = stat("/", &st) < 0 ? err_set(err, errno, "/: %s", strerror(errno)) : trust(&w, &st);
	while (!rc && take(&w, name))
		rc = step(&w, name);
	return rc;
}
