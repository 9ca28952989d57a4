/* Names of signals and errno values, without libc's locale-dependent texts. Pure. */
#include <errno.h>
#include <signal.h>

#include "exitinfo.h"

const char *signal_name(int signal)
{
	static const char *const names[] = {
		[SIGHUP] = "HUP",   [SIGINT] = "INT",	[SIGQUIT] = "QUIT", [SIGILL] = "ILL",
		[SIGTRAP] = "TRAP", [SIGABRT] = "ABRT", [SIGBUS] = "BUS",   [SIGFPE] = "FPE",
		[SIGKILL] = "KILL", [SIGUSR1] = "USR1", [SIGSEGV] = "SEGV", [SIGUSR2] = "USR2",
		[SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM", [SIGCHLD] = "CHLD",
		[SIGCONT] = "CONT", [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP", [SIGTTIN] = "TTIN",
		[SIGTTOU] = "TTOU", [SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ", [SIGIO] = "IO",
		[SIGPWR] = "PWR",   [SIGSYS] = "SYS",	[SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF",
	};
	return NAME_OF(names, signal);
}

const char *errno_name(int code)
{
	static const char *const names[] = {
		[EPERM] = "EPERM",     [ENOENT] = "ENOENT",   [EIO] = "EIO",
		[ENXIO] = "ENXIO",     [E2BIG] = "E2BIG",     [ENOEXEC] = "ENOEXEC",
		[EBADF] = "EBADF",     [EAGAIN] = "EAGAIN",   [ENOMEM] = "ENOMEM",
		[EACCES] = "EACCES",   [EFAULT] = "EFAULT",   [EBUSY] = "EBUSY",
		[EEXIST] = "EEXIST",   [ENODEV] = "ENODEV",   [ENOTDIR] = "ENOTDIR",
		[EISDIR] = "EISDIR",   [EINVAL] = "EINVAL",   [ENFILE] = "ENFILE",
		[EMFILE] = "EMFILE",   [ENOTTY] = "ENOTTY",   [ETXTBSY] = "ETXTBSY",
		[ENOSPC] = "ENOSPC",   [EROFS] = "EROFS",     [EPIPE] = "EPIPE",
		[ERANGE] = "ERANGE",   [ELOOP] = "ELOOP",     [ENAMETOOLONG] = "ENAMETOOLONG",
		[ECONNREFUSED] = "ECONNREFUSED", [EOPNOTSUPP] = "EOPNOTSUPP",
		[EADDRINUSE] = "EADDRINUSE", [ENETDOWN] = "ENETDOWN",
		[ENETUNREACH] = "ENETUNREACH", [ETIMEDOUT] = "ETIMEDOUT",
		[ELIBBAD] = "ELIBBAD", [EINTR] = "EINTR",     [ESRCH] = "ESRCH",
	};
	return NAME_OF(names, code);
}
