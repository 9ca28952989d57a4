/* Which processes have a file open? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "holders.h"
#include "text.h"

struct hunt {
	const struct probe_sys *sys;
	const char *path;
	holder_fn *each;
	void *owner;
	char dir[40];		/* /proc/PID/fd */
	int found;
	bool holds, hidden;
};

static bool on_fd(void *owner, const char *name)
{
	struct hunt *h = owner;
	char path[96], target[128];

	snprintf(path, sizeof(path), "%s/%.40s", h->dir, name);
	h->holds = h->sys->readlink(path, target, sizeof(target)) > 0 && !strcmp(target, h->path);
	return !h->holds;
}

static bool tell(struct hunt *h, int pid)
{
	char path[40], comm[24] = "?";

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (read_small(h->sys, path, comm, sizeof(comm)) > 0)
		comm[strcspn(comm, "\n")] = '\0';
	h->found++;
	return h->each(h->owner, pid, comm);
}

static bool on_process(void *owner, const char *name)
{
	struct hunt *h = owner;
	int pid = name[0] >= '1' && name[0] <= '9' ? atoi(name) : 0;

	if (!pid)
		return true;
	snprintf(h->dir, sizeof(h->dir), "/proc/%d/fd", pid);
	h->holds = false;
	if (h->sys->list(h->dir, on_fd, h) == -EACCES)
		h->hidden = true;
	return !h->holds || tell(h, pid);
}

int holders_visit(const struct probe_sys *sys, const char *path, holder_fn *each, void *owner)
{
	struct hunt h = { .sys = sys, .path = path, .each = each, .owner = owner };
	int rc = sys->list("/proc", on_process, &h);

	if (rc < 0)
		return rc;
	return !h.found && h.hidden ? -EACCES : h.found;
}

static bool on_holder(void *owner, int pid, const char *comm)
{
	struct text *list = owner;

	text_add(list, "%s", list->len ? ", " : "");
	text_add_escaped(list, comm, strlen(comm));
	text_add(list, " %d", pid);
	return true;
}

int holders_of(const struct probe_sys *sys, const char *path, char *list, size_t size)
{
	struct text t = text_in(list, size);

	return holders_visit(sys, path, on_holder, &t);
}
