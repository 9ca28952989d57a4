/*
 * The floor: a parent that does waitpid and vfork + exec and nothing else.
 * usage: floor SECONDS COUNT PROGRAM ARG... ; the last argument gets the child's number appended.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN = 256 };

static char name[CHILDREN][32];
static pid_t pid[CHILDREN];

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static pid_t start(char **argv, int last, int i)
{
	pid_t p;

	argv[last] = name[i];
	p = vfork();
	if (p == 0) {
		execv(argv[0], argv);
		_exit(127);
	}
	return p;
}

int main(int argc, char **argv)
{
	int count = argc > 3 ? atoi(argv[2]) : 0, last = argc - 1 - 3;
	const char *prefix = argc > 3 ? argv[argc - 1] : "";
	time_t end = time(NULL) + (argc > 3 ? atoi(argv[1]) : 0);

	if (count < 1 || count > CHILDREN)
		return 64;
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL);
	for (int i = 0; i < count; i++) {
		snprintf(name[i], sizeof(name[i]), "%s%d", prefix, i);
		pid[i] = start(argv + 3, last, i);
	}
	while (!stop && time(NULL) < end) {
		pid_t p = wait(NULL);

		for (int i = 0; i < count; i++)
			if (pid[i] == p)
				pid[i] = start(argv + 3, last, i);
	}
	for (int i = 0; i < count; i++)
		if (pid[i] > 1)
			kill(pid[i], SIGKILL);
	return 0;
}
