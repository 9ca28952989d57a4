#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "flightfile.h"
#include "places.h"
#include "supervisor/record/ring.h"
#include "verbs.h"

enum {
	PATIENCE_MS = 500,	/* with a supervisor that is busy */
	WRITE_MS = 50,		/* that long its writer takes */
};

static void beside(const char *ring, char *folder, size_t size)
{
	const char *slash = strrchr(ring, '/');

	if (slash)
		snprintf(folder, size, "%.*s", slash == ring ? 1 : (int)(slash - ring), ring);
	else
		snprintf(folder, size, ".");
}

void flight_places(const struct args *a, struct flight_places *out)
{
	struct places places;
	struct stat st;

	if (a->ring) {
		snprintf(out->ring, sizeof(out->ring), "%s", a->ring);
		beside(a->ring, out->state_dir, sizeof(out->state_dir));
		return;
	}
	places_find(a->file, &places);
	snprintf(out->state_dir, sizeof(out->state_dir), "%s", places.state_dir);
	/* while the disk refuses, the recorder goes on in run_dir's memory: that one is newer */
	snprintf(out->ring, sizeof(out->ring), "%s/%s", places.run_dir, RING_FILE);
	if (stat(out->ring, &st) < 0)
		snprintf(out->ring, sizeof(out->ring), "%s/%s", places.state_dir, RING_FILE);
}

static void no_piece(void *owner, enum frame_kind kind, const char *bytes, size_t len)
{
}

void flight_have_written(const struct args *a)
{
	struct request r = { .verb = "flight" };
	struct places places;
	struct err err;
	int fd;

	if (a->ring)
		return;
	places_find(a->file, &places);
	fd = client_connect(places.socket, &err);
	if (fd < 0)
		return;	/* none runs: all is in the file */
	if (client_ask(fd, &r, PATIENCE_MS, no_piece, NULL, &err) == RC_OK)
		poll(NULL, 0, WRITE_MS);
	close(fd);
}
