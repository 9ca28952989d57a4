/**
 * @file disk.h
 * @brief One folder on a disk, through a seam: tests fail, tear or cut every single write.
 *
 * Every call may block for as long as the disk likes, so after the start only
 * the scribe makes them. All return -errno on failure.
 */
#ifndef PTPWARDEN_DISK_H
#define PTPWARDEN_DISK_H

#include <sys/types.h>
#include "base.h"

enum { DISK_NAME_MAX = 64 };

enum disk_open {
	DISK_READ,
	DISK_NEW,	/**< for writing; empty, whatever was there before */
	DISK_KEEP,	/**< for reading and writing; made when it is not there */
};

struct disk;

typedef void disk_list_fn(void *owner, const char *name);

struct disk_ops {
	int (*open)(struct disk *d, const char *name, enum disk_open how); /**< a descriptor */
	ssize_t (*read)(struct disk *d, int fd, void *out, size_t len, off_t at); /**< bytes, 0: end */
	int (*write)(struct disk *d, int fd, const void *bytes, size_t len, off_t at); /**< all, or an error */
	int (*reserve)(struct disk *d, int fd, off_t size);	/**< make it that long, with its blocks */
	int (*sync)(struct disk *d, int fd);
	int (*rename)(struct disk *d, const char *from, const char *to);
	int (*remove)(struct disk *d, const char *name);
	int (*sync_dir)(struct disk *d);
	int (*list)(struct disk *d, disk_list_fn *fn, void *owner);
	void (*close)(struct disk *d, int fd);
};

struct disk {
	const struct disk_ops *ops;
};

enum { DISK_PATH_MAX = 200 };

/** A real folder. */
struct disk_folder {
	struct disk disk;
	char path[DISK_PATH_MAX];
	int fd;			/* -1: not open */
};

/**
 * Prepare; opens nothing. The folder is made (its last part only) when it is
 * first written to. One in which somebody else could put a file is refused by
 * every call with -EACCES.
 */
void disk_folder_init(struct disk_folder *f, const char *path);

/** Let go of the folder; the next call opens it anew. Harmless when it is not open. */
void disk_folder_release(struct disk_folder *f);

#endif
