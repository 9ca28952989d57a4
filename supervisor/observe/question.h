/**
 * @file question.h
 * @brief Asks something that may block, in a child with a deadline; the loop never waits.
 */
#ifndef PTPWARDEN_QUESTION_H
#define PTPWARDEN_QUESTION_H

#include <stdbool.h>
#include <sys/types.h>
#include <ev.h>
#include "err.h"

/** Runs in the child; fills `out`, a plain struct without pointers into the heap. */
typedef void question_fn(const void *arg, void *out);

/** Called once, from the loop. ok: the whole answer is in job->out; else it is untouched. */
typedef void question_done_fn(void *owner, bool ok);

struct question_job {
	question_fn *fn;
	const void *arg;	/**< borrowed; the child sees it as it was at question_ask() */
	void *out;		/**< must live until done is called or question_stop() */
	size_t size;		/**< of out, at most QUESTION_MAX */
	msec_t deadline_ms;
	question_done_fn *done;
	void *owner;
};

enum {
	QUESTION_MAX = 256 * 1024,
	QUESTION_DEAD_MAX = 8,	/* so many children may hang in the kernel before no more is asked */
};

/** All zero is "not started". */
struct question {
	struct ev_loop *loop;
	struct question_job job;
	pid_t pid;		/* 0: none */
	int fd;
	size_t got;
	char *answer;		/* [job.size], kept until the question is freed */
	size_t room;
	pid_t dead[QUESTION_DEAD_MAX];	/* killed or finished, not reaped yet; 0: free */
	double reap_after;
	ev_io io;
	ev_timer deadline, reap;
};

/**
 * Ask. One question at a time: -EBUSY while one is open, or when too many former ones hang.
 * @return 0 (done will be called) or -errno (it will not)
 */
int question_ask(struct question *q, struct ev_loop *loop, const struct question_job *job,
		 struct err *err);

static inline bool question_open(const struct question *q)
{
	return q->pid > 0;
}

/** Drop an open question; its child is killed and reaped by and by. Frees the answer. */
void question_stop(struct question *q);

/** The end of it: waits a moment for children that die, then forgets them. Accepts "not started". */
void question_fini(struct question *q);

#endif
