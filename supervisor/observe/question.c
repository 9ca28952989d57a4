#include "question.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "supervisor/proc.h"

/* True when none is left. */
static bool reaped(struct question *q)
{
	bool all = true;

	for (unsigned i = 0; i < QUESTION_DEAD_MAX; i++) {
		if (q->dead[i] && waitpid(q->dead[i], NULL, WNOHANG) != 0)
			q->dead[i] = 0;
		all = all && !q->dead[i];
	}
	return all;
}

/* Where the pid of a child that is to die can be kept, NULL: too many hang already. */
static pid_t *grave(struct question *q)
{
	for (unsigned i = 0; i < QUESTION_DEAD_MAX; i++)
		if (!q->dead[i])
			return &q->dead[i];
	return NULL;
}

static void reap_later(struct question *q)
{
	if (reaped(q))
		return;
	ev_timer_stop(q->loop, &q->reap);
	ev_timer_set(&q->reap, q->reap_after, 0.);
	ev_timer_start(q->loop, &q->reap);
}

/* A child that hangs in the kernel cannot be waited for: the loop would hang, too. */
static void on_reap(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct question *q = container_of(timer, struct question, reap);

	q->reap_after = q->reap_after < .5 ? q->reap_after * 2 : 1.;
	reap_later(q);
}

/* Ends the asking; the child is ours and unreaped, so its pid is still its own. */
static void conclude(struct question *q)
{
	ev_io_stop(q->loop, &q->io);
	ev_timer_stop(q->loop, &q->deadline);
	close(q->fd);
	q->fd = -1;
	(void)kill(q->pid, SIGKILL);
	*grave(q) = q->pid;	/* question_ask() saw to it that there is one */
	q->pid = 0;
	q->reap_after = .002;
	reap_later(q);
}

static void answer(struct question *q, bool ok)
{
	struct question_job job = q->job;

	if (ok)
		memcpy(job.out, q->answer, job.size);
	conclude(q);
	job.done(job.owner, ok);
}

static void on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct question *q = container_of(io, struct question, io);
	ssize_t n;

	while (q->got < q->job.size) {
		n = read(q->fd, q->answer + q->got, q->job.size - q->got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			break;
		q->got += (size_t)n;
	}
	answer(q, q->got == q->job.size);
}

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int revents)
{
	answer(container_of(timer, struct question, deadline), false);
}

static void __attribute__((noreturn)) child(struct question *q, int fd, pid_t parent)
{
	size_t sent = 0;
	ssize_t n;

	proc_default_signals();
	proc_close_others(fd);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(1);
	memset(q->answer, 0, q->job.size);
	q->job.fn(q->job.arg, q->answer);
	while (sent < q->job.size) {
		n = write(fd, q->answer + sent, q->job.size - sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1);
		sent += (size_t)n;
	}
	_exit(0);
}

static int room_for(struct question *q, size_t size)
{
	char *grown;

	if (size == 0 || size > QUESTION_MAX)
		return -EINVAL;
	if (size <= q->room)
		return 0;
	grown = realloc(q->answer, size);
	if (!grown)
		return -ENOMEM;
	q->answer = grown;
	q->room = size;
	return 0;
}

static int spawn(struct question *q)
{
	pid_t self = getpid();
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	q->pid = fork();
	if (q->pid == 0)
		child(q, fd[1], self);
	close(fd[1]);
	if (q->pid < 0) {
		q->pid = 0;
		close(fd[0]);
		return -EAGAIN;
	}
	(void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
	q->fd = fd[0];
	return 0;
}

int question_ask(struct question *q, struct ev_loop *loop, const struct question_job *job,
		 struct err *err)
{
	int rc;

	(void)reaped(q);
	if (question_open(q) || !grave(q))
		return err_set(err, EBUSY, "the last question is still open");
	rc = room_for(q, job->size);
	if (rc < 0)
		return err_set(err, -rc, "no room for an answer of %zu bytes", job->size);
	if (!q->loop)
		ev_init(&q->reap, on_reap);
	q->loop = loop;
	q->job = *job;
	q->got = 0;
	rc = spawn(q);
	if (rc < 0)
		return err_set(err, -rc, "no process to ask with: %s", strerror(-rc));
	ev_io_init(&q->io, on_readable, q->fd, EV_READ);
	ev_io_start(loop, &q->io);
	ev_timer_init(&q->deadline, on_deadline, (double)job->deadline_ms / 1000., 0.);
	ev_timer_start(loop, &q->deadline);
	return 0;
}

void question_stop(struct question *q)
{
	if (question_open(q))
		conclude(q);
	free(q->answer);
	q->answer = NULL;
	q->room = 0;
}

void question_fini(struct question *q)
{
	enum { TRIES = 20 };
	struct timespec a_moment = { .tv_nsec = 1000000 };

	question_stop(q);
	for (int i = 0; i < TRIES && !reaped(q); i++)
		(void)nanosleep(&a_moment, NULL);
	if (q->loop)
		ev_timer_stop(q->loop, &q->reap);
	*q = (struct question){ .fd = -1 };
}
