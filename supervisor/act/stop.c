#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "supervisor/proc.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/* An unreaped child keeps its pid; an adopted process is known by its start time only. */
static bool same_process(const struct child_id *id)
{
	siginfo_t si = { 0 };
	uint64_t ticks;

	if (id->ours)
		return waitid(P_PID, (id_t)id->pid, &si, WEXITED | WNOHANG | WNOWAIT) == 0;
	return id->start_ticks && proc_start_ticks(id->pid, &ticks) == 0 &&
	       ticks == id->start_ticks;
}

static int signal_one(const struct child_id *id, int sig)
{
	if (id->pidfd >= 0 && syscall(SYS_pidfd_send_signal, id->pidfd, sig, NULL, 0) == 0)
		return 0;
	if (id->pidfd >= 0 && errno != ENOSYS)
		return -errno;
	return kill(id->pid, sig) < 0 ? -errno : 0;
}

/* Never a group that it shares with us. */
static bool leads_group(pid_t pid)
{
	return getpgid(pid) == pid && pid != getpgrp();
}

int stop_signal(const struct child_id *id, int sig, bool group, struct err *err)
{
	int rc;

	if (id->pid <= 1)
		return err_set(err, EPERM, "no signal is sent to process %d", (int)id->pid);
	if (!same_process(id))
		return err_set(err, ESRCH, "process %d has ended or is another one now",
			       (int)id->pid);
	rc = group && leads_group(id->pid) && kill(-id->pid, sig) == 0 ? 0 : signal_one(id, sig);
	if (rc < 0)
		return err_set(err, -rc, "process %d: signal %d was not sent: %s", (int)id->pid, sig,
			       strerror(-rc));
	return 0;
}
