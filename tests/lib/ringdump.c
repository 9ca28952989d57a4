/*
 * Prints a flight recorder's file, one note a line, for tests and for the curious:
 *	SEQ BOOT RUN SERIAL SECONDS KIND tag=value ...
 * usage: ringdump FILE	exit 1: cannot be read
 */
#include <stdio.h>
#include <stdlib.h>
#include "supervisor/record/tape.h"
#include "text.h"

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(RING_BYTES_MAX);

	*len = f && bytes ? fread(bytes, 1, RING_BYTES_MAX, f) : 0;
	if (f)
		fclose(f);
	return bytes;
}

static void print(const struct tape_note *n)
{
	char text[4 * FLIGHT_FIELD_MAX + 1];
	struct flight_field f;
	size_t at = 0;

	if (n->lost)
		printf("%llu records missing\n", (unsigned long long)n->lost);
	printf("%llu %08x %08x %u %.3f %s", (unsigned long long)n->seq, n->boot, n->run, n->serial,
	       (double)n->at_ns / 1e9, flight_kind_name(n->kind));
	while (flight_next(n->bytes, n->len, &at, &f)) {
		struct text t = text_in(text, sizeof(text));

		if (f.tag & TAG_NUMBER)
			text_add(&t, "%lld", (long long)flight_number(&f));
		else if (f.tag == TAG_SAMPLES || f.tag == TAG_MINUTES)
			text_add(&t, "(%u bytes)", f.len);
		else
			text_add_escaped(&t, (const char *)f.value, f.len);
		printf(" %s=\"%s\"", flight_tag_name(f.tag), text);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	size_t len = 0;
	uint8_t *bytes = argc == 2 ? read_file(argv[1], &len) : NULL;
	void *room = malloc(tape_room(len));
	struct tape_note n;
	struct tape t;
	int rc = bytes ? tape_open(&t, bytes, len, room) : -1;

	if (rc < 0)
		fprintf(stderr, "ringdump: %s: no flight recorder's file (%d)\n",
			argc == 2 ? argv[1] : "?", rc);
	for (unsigned i = 0; rc == 0 && tape_note(&t, i, &n); i++)
		print(&n);
	if (rc == 0)
		printf("# %u notes, %u records, %u damaged, %u partial\n", t.notes, t.records,
		       t.damaged, t.partial);
	free(room);
	free(bytes);
	return rc < 0;
}
