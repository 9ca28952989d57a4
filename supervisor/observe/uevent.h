/**
 * @file uevent.h
 * @brief PTP clocks as the kernel announces them: new ones, and ones that are gone.
 *
 * Source: NETLINK_KOBJECT_UEVENT, the kernel's own group, which needs no
 * udev or mdev. A clock that goes is announced here about half a second before
 * its interface is. Lost messages are told, too: then the owner looks itself.
 */
#ifndef PTPWARDEN_UEVENT_H
#define PTPWARDEN_UEVENT_H

#include <stdbool.h>
#include <ev.h>
#include "base.h"
#include "err.h"

enum uevent_kind {
	UEVENT_OTHER,
	UEVENT_CLOCK_ADDED,
	UEVENT_CLOCK_REMOVED,
	UEVENT_LOST,		/**< some did not fit into the socket */
};

/** `clock`: the number of /dev/ptpN; -1 with UEVENT_LOST. */
typedef void uevent_fn(void *owner, enum uevent_kind kind, int clock);

struct uevent {
	struct ev_loop *loop;
	uevent_fn *fn;
	void *owner;
	int fd;
	ev_io io;
};

/** 0 or -errno: then only the regular looks find a clock that is gone. */
int uevent_start(struct uevent *u, struct ev_loop *loop, uevent_fn *fn, void *owner,
		 struct err *err);
void uevent_stop(struct uevent *u);	/* accepts one that did not start */

/** Read one message. Pure and safe on any bytes. */
enum uevent_kind uevent_parse(const char *bytes, size_t len, int *clock);

#endif
