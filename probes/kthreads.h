/**
 * @file kthreads.h
 * @brief Which processes are threads of the kernel? They are most of /proc on a small box.
 */
#ifndef PROBES_KTHREADS_H
#define PROBES_KTHREADS_H

#include "sys.h"

enum { KTHREADS_MAX = 512 };

struct kthreads {
	unsigned n;
	pid_t pid[KTHREADS_MAX];	/**< as the kernel lists them, mostly ascending */
	unsigned next;			/**< where the last one was found */
};

/** Ask once; without an answer (CONFIG_PROC_CHILDREN, another pid namespace) the list is empty. */
void kthreads_read(struct kthreads *k, const struct probe_sys *sys);

/** Quick when asked in the order of the list. */
bool kthreads_have(struct kthreads *k, pid_t pid);

#endif
