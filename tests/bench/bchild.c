/*
 * A child that stamps its birth and its death.
 * usage: bchild FILE LIFE_MS NAME. Appends "B NAME NS" as its first act and "D NAME NS" as its last.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void stamp(int fd, char what, const char *name, const struct timespec *ts)
{
	char line[96];
	int n = snprintf(line, sizeof(line), "%c %s %lld\n", what, name,
			 (long long)ts->tv_sec * 1000000000 + ts->tv_nsec);

	if (write(fd, line, (size_t)n) != n)
		_exit(2);
}

int main(int argc, char **argv)
{
	struct timespec born, dead, life;
	long ms;
	int fd;

	clock_gettime(CLOCK_MONOTONIC, &born);
	if (argc != 4)
		return 64;
	fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return 1;
	stamp(fd, 'B', argv[3], &born);
	/* spread the deaths, so that they do not queue behind one another */
	ms = atol(argv[2]) + getpid() % 200;
	life = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	nanosleep(&life, NULL);
	clock_gettime(CLOCK_MONOTONIC, &dead);
	stamp(fd, 'D', argv[3], &dead);
	_exit(1);
}
