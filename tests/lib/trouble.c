/*
 * Stands in the way until it is killed.
 * usage: trouble port N      holds UDP port N and shares it with nobody
 *        trouble socket PATH takes PATH for a socket of its own that never answers
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int hold_port(const char *number)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(number)) };

	return bind(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&at, sizeof(at));
}

static int take_path(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	return bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&at, sizeof(at));
}

int main(int argc, char **argv)
{
	if (argc < 3 || (strcmp(argv[1], "port") ? take_path(argv[2]) : hold_port(argv[2])) < 0) {
		perror("trouble");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
