/* Who the program will be, and what that user may do with a file. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "access.h"

ssize_t read_small(const struct probe_sys *sys, const char *path, char *buf, size_t size)
{
	int fd = sys->open(path);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = sys->pread(fd, buf, size - 1, 0);
	sys->close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n;
}

/* Hand over the whole lines of the buffer. Returns the bytes that are done with. */
static size_t lines_of(char *buf, size_t n, line_fn *each, void *owner, bool *enough)
{
	char *at = buf, *end;

	while (!*enough && (end = memchr(at, '\n', n - (size_t)(at - buf)))) {
		*end = '\0';
		*enough = !each(owner, at);
		at = end + 1;
	}
	return (size_t)(at - buf);
}

int each_line(const struct probe_sys *sys, const char *path, line_fn *each, void *owner)
{
	int fd = sys->open(path);
	uint64_t offset = 0;
	bool enough = false;
	char buf[4096];
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	while (!enough && (n = sys->pread(fd, buf, sizeof(buf) - 1, offset)) > 0) {
		size_t done;

		buf[n] = '\0';
		done = lines_of(buf, (size_t)n, each, owner, &enough);
		if (!done) {
			enough = !each(owner, buf);
			done = (size_t)n;
		}
		offset += done;
	}
	sys->close(fd);
	return n < 0 ? (int)n : 0;
}

/* Cut `line` at colons; absent fields are empty. */
static void cut_fields(char *line, char **field, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char *end = strchr(line, ':');

		field[i] = line;
		line = end ? end + 1 : line + strlen(line);
		if (end)
			*end = '\0';
	}
}

struct lookup {
	const char *name;	/* or number */
	char user[64];		/* name of the user that was found */
	struct account *account;
	bool found;
};

static bool names(const char *wanted, const char *name, const char *number)
{
	return !strcmp(wanted, name) || !strcmp(wanted, number);
}

static bool on_passwd(void *owner, char *line)
{
	struct lookup *l = owner;
	char *field[4];

	cut_fields(line, field, 4);
	if (!names(l->name, field[0], field[2]))
		return true;
	snprintf(l->user, sizeof(l->user), "%s", field[0]);
	l->account->uid = (uid_t)strtoul(field[2], NULL, 10);
	l->account->gid = (gid_t)strtoul(field[3], NULL, 10);
	l->found = true;
	return false;
}

static bool on_group(void *owner, char *line)
{
	struct lookup *l = owner;
	char *field[4];

	cut_fields(line, field, 4);
	if (!names(l->name, field[0], field[2]))
		return true;
	l->account->gid = (gid_t)strtoul(field[2], NULL, 10);
	l->found = true;
	return false;
}

static bool listed(const char *members, const char *user)
{
	size_t len = strlen(user);

	while (*members) {
		size_t n = strcspn(members, ",");

		if (n == len && !strncmp(members, user, n))
			return true;
		members += n + (members[n] == ',');
	}
	return false;
}

static bool on_membership(void *owner, char *line)
{
	struct lookup *l = owner;
	char *field[4];

	cut_fields(line, field, 4);
	if (listed(field[3], l->user) && l->account->n < PROBE_GROUPS_MAX)
		l->account->group[l->account->n++] = (gid_t)strtoul(field[2], NULL, 10);
	return true;
}

static void other_user(const struct probe_in *in, const struct probe_sys *sys, struct who *who)
{
	struct lookup user = { .name = in->run->user, .account = &who->account };
	struct lookup group = { .name = in->run->group, .account = &who->account };

	if (each_line(sys, "/etc/passwd", on_passwd, &user) < 0)
		return;
	who->missing_user = !user.found;
	if (each_line(sys, "/etc/group", on_membership, &user) < 0)
		return;
	if (group.name && each_line(sys, "/etc/group", on_group, &group) == 0)
		who->missing_group = !group.found;
	who->known = user.found && !who->missing_group;
}

void who_of(const struct probe_in *in, const struct probe_sys *sys, struct who *who)
{
	memset(who, 0, sizeof(*who));
	if (in->run->user) {
		other_user(in, sys, who);
		/* of the few capabilities that a plain user gets none opens files */
		who->caps = who->account.uid == 0 ? in->child_caps : 0;
		return;
	}
	who->caps = in->child_caps;
	who->account.uid = sys->euid();
	who->self = true;
	who->known = true;
}

static bool has_cap(const struct who *who, int cap)
{
	return who->caps >> cap & 1;
}

static bool in_group(const struct account *a, unsigned gid)
{
	if (a->gid == gid)
		return true;
	for (unsigned i = 0; i < a->n; i++)
		if (a->group[i] == gid)
			return true;
	return false;
}

static unsigned bits_for(const struct account *a, const struct probe_stat *st)
{
	if (a->uid == st->uid)
		return st->mode >> 6 & 7;
	return (in_group(a, st->gid) ? st->mode >> 3 : st->mode) & 7;
}

static enum answer may_here(const struct who *who, const struct probe_sys *sys, const char *path,
			    unsigned may)
{
	struct probe_stat st;
	int rc = sys->stat(path, &st);

	if (rc < 0)
		return rc == -ENOENT ? ANSWER_NO : ANSWER_UNKNOWN;
	if (has_cap(who, CAP_DAC_OVERRIDE)) {
		bool runnable = S_ISDIR(st.mode) || (st.mode & 0111);

		return !(may & MAY_EXEC) || runnable ? ANSWER_YES : ANSWER_NO;
	}
	if ((bits_for(&who->account, &st) & may) == may)
		return ANSWER_YES;
	return sys->has_acl(path) == 0 ? ANSWER_NO : ANSWER_UNKNOWN;
}

/* Every folder on the way must let the user pass. */
static enum answer may_reach(const struct who *who, const struct probe_sys *sys, const char *path)
{
	enum answer worst = ANSWER_YES;
	char dir[256];

	if (strlen(path) >= sizeof(dir))
		return ANSWER_UNKNOWN;
	for (size_t i = 1; path[i] && worst == ANSWER_YES; i++)
		if (path[i] == '/') {
			memcpy(dir, path, i);
			dir[i] = '\0';
			worst = may_here(who, sys, dir, MAY_EXEC);
		}
	return worst;
}

enum answer who_may(const struct who *who, const struct probe_sys *sys, const char *path, int may)
{
	enum answer reach;

	if (!who->known)
		return ANSWER_UNKNOWN;
	if (who->self && !has_cap(who, CAP_DAC_OVERRIDE)) {
		int rc = sys->access(path, may);

		return rc == 0 ? ANSWER_YES : rc == -EACCES ? ANSWER_NO : ANSWER_UNKNOWN;
	}
	if (has_cap(who, CAP_DAC_OVERRIDE))
		return may_here(who, sys, path, (unsigned)may);
	reach = may_reach(who, sys, path);
	return reach == ANSWER_YES ? may_here(who, sys, path, (unsigned)may) : reach;
}
