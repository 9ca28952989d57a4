/* Which processes are threads of the kernel? One read instead of three calls for each of them. */
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "kthreads.h"

/* In a pid namespace of its own, process 2 may be anything. */
static bool is_kthreadd(const struct probe_sys *sys)
{
	char comm[24];

	return read_small(sys, "/proc/2/comm", comm, sizeof(comm)) > 0 &&
	       !strcmp(comm, "kthreadd\n");
}

void kthreads_read(struct kthreads *k, const struct probe_sys *sys)
{
	char list[4096], *at = list, *end;
	long pid;

	k->n = k->next = 0;
	if (!is_kthreadd(sys) ||
	    read_small(sys, "/proc/2/task/2/children", list, sizeof(list)) <= 0)
		return;
	k->pid[k->n++] = 2;
	/* each number is followed by a blank: one without was cut */
	while (k->n < KTHREADS_MAX && (pid = strtol(at, &end, 10)) > 0 && *end == ' ') {
		k->pid[k->n++] = (pid_t)pid;
		at = end;
	}
}

bool kthreads_have(struct kthreads *k, pid_t pid)
{
	for (unsigned i = 0; i < k->n; i++) {
		unsigned at = (k->next + i) % k->n;

		if (k->pid[at] == pid) {
			k->next = at + 1;
			return true;
		}
	}
	return false;
}
