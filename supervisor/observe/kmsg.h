/**
 * @file kmsg.h
 * @brief Follows the kernel's messages from boot, without ever waiting.
 *
 * Source: /dev/kmsg, a record a read. What was printed before we started comes
 * first, in portions, so that the loop stays free; then each line as it comes.
 * A flood is taken in portions with pauses; what the kernel overwrote meanwhile
 * is counted. Without the permission to read it (dmesg_restrict), or without
 * the device (containers), the reason is kept: then nothing is known, which is
 * not the same as nothing was said.
 */
#ifndef PTPWARDEN_KMSG_H
#define PTPWARDEN_KMSG_H

#include <stdbool.h>
#include <ev.h>
#include "base.h"

enum { KMSG_TEXT_MAX = 512, KMSG_RECORDS_A_TURN = 128, KMSG_PAUSE_MS = 50 };

/** One record. */
struct kmsg_record {
	unsigned level;		/**< of syslog, 0 to 7 */
	bool of_kernel;		/**< false: a program wrote it into /dev/kmsg */
	msec_t at;		/**< its stamp, CLOCK_MONOTONIC as far as the kernel's is */
	char text[KMSG_TEXT_MAX];	/**< first line, escapes undone, cut if need be */
};

/** Called for each line that the kernel itself wrote. The record is borrowed. */
typedef void kmsg_fn(void *owner, const struct kmsg_record *record);

struct kmsg {
	struct ev_loop *loop;
	kmsg_fn *fn;
	void *owner;
	int fd;
	int why_not;		/**< positive errno: cannot be read, 0: it can */
	unsigned lost;		/**< times that records were overwritten before we read them */
	ev_io io;
	ev_timer pause;
};

/** Start with the oldest record. `path` is "/dev/kmsg", else for tests. @return 0 or -errno, also in why_not */
int kmsg_start(struct kmsg *k, struct ev_loop *loop, const char *path, kmsg_fn *fn, void *owner);
void kmsg_stop(struct kmsg *k);		/* accepts one that did not start */

/** Read one record as the device gives it. Pure and safe on any bytes. @return false: it is none */
bool kmsg_parse(const char *bytes, size_t len, struct kmsg_record *out);

#endif
