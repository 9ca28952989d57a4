/**
 * @file filewatch.h
 * @brief Tells when a file was changed, replaced, appeared or went; through symbolic links, too.
 *
 * Watches folders, not the file: editors and `sed -i` replace it. Every folder
 * that holds a link of the path is watched, and if the path does not exist the
 * nearest existing ancestor. Writing is noticed when the file is closed, never
 * in the middle. The call comes after FILEWATCH_QUIET_MS without a further
 * change; a stat every FILEWATCH_NET_MS catches what inotify does not see.
 */
#ifndef PTPWARDEN_FILEWATCH_H
#define PTPWARDEN_FILEWATCH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <ev.h>
#include "err.h"

enum { FILEWATCH_QUIET_MS = 20, FILEWATCH_NET_MS = 10000, FILEWATCH_DIRS = 8 };

typedef void filewatch_fn(void *owner);

struct filewatch_dir {
	int wd;
	char name[256];		/* entry of that folder which matters; empty: any */
};

struct filewatch {
	struct ev_loop *loop;
	filewatch_fn *fn;
	void *owner;
	char path[512];
	bool device;
	int fd;			/* inotify, -1: none (then looks every second) */
	ev_io io;
	ev_timer quiet, net;
	msec_t unrest_since;
	struct stat last;	/* all zero: does not exist */
	unsigned n;
	struct filewatch_dir dir[FILEWATCH_DIRS];
};

/** Set who is told; zeroes everything else. */
void filewatch_init(struct filewatch *fw, struct ev_loop *loop, filewatch_fn *fn, void *owner);

/**
 * Start watching `path` (copied), a file or a folder (then its entries count,
 * too); it need not exist. Stops what was watched before.
 * @return 0; -ENAMETOOLONG. Without inotify it still works, by looking once a second.
 */
int filewatch_start(struct filewatch *fw, const char *path, struct err *err);

/**
 * The same for a device node: programs that open and close it do not count,
 * only its coming, going and permissions. A path that ends in "*" stands for
 * any node whose name begins so.
 */
int filewatch_start_device(struct filewatch *fw, const char *path, struct err *err);
void filewatch_stop(struct filewatch *fw);

#endif
