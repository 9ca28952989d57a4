/*
 * A folder on a make-believe disk. Any call can be made to fail, and the power
 * can be cut in the middle of any call. After a cut each sector that was
 * written since the last sync holds the old bytes, the new ones, some of both
 * or garbage, whatever the dice say; of the changes to the folder since its
 * last sync the first few have happened. What was synced is there.
 */
#ifndef TESTS_LIB_FAKEDISK_H
#define TESTS_LIB_FAKEDISK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "supervisor/record/disk.h"

enum { FAKE_SECTOR = 512, FAKE_SIZE = 64 * 1024, FAKE_FILES = 12, FAKE_CHANGES = 32 };

struct fake_file {
	bool used;
	size_t size, safe_size;
	uint8_t now[FAKE_SIZE], safe[FAKE_SIZE];
	bool dirty[FAKE_SIZE / FAKE_SECTOR];
};

struct fake_dir {
	char name[FAKE_FILES][DISK_NAME_MAX];	/* "": none */
	int file[FAKE_FILES];
};

struct fakedisk {
	struct disk disk;
	struct fake_file file[FAKE_FILES];
	struct fake_dir now, change[FAKE_CHANGES];	/* the folder after each change since its sync */
	unsigned changes;				/* change[0] is what was synced */
	uint32_t dice;
	unsigned calls, writes, syncs;
	unsigned cut_at;	/* the power goes during this call, counted from 1; 0: never */
	bool dark;
	unsigned fail_at, fail_calls;	/* calls fail_at .. fail_at + fail_calls - 1 fail */
	int fail_errno;
	size_t written;		/* bytes, for budgets */
};

static unsigned fake_roll(struct fakedisk *f, unsigned n)
{
	f->dice = f->dice * 1664525u + 1013904223u;
	return (f->dice >> 8) % n;
}

static void fake_init(struct fakedisk *f, const struct disk_ops *ops, uint32_t seed)
{
	memset(f, 0, sizeof(*f));
	f->disk.ops = ops;
	f->dice = seed;
	f->changes = 1;
}

/* 0: go on; 1: the power goes now; -errno */
static int fake_step(struct fakedisk *f)
{
	if (f->dark)
		return -EIO;
	f->calls++;
	if (f->fail_at && f->calls >= f->fail_at && f->calls < f->fail_at + f->fail_calls)
		return -f->fail_errno;
	return f->calls == f->cut_at;
}

static int fake_done(struct fakedisk *f, int step)
{
	f->dark = f->dark || step == 1;
	return f->dark ? -EIO : 0;
}

static int fake_entry(const struct fake_dir *d, const char *name)
{
	for (int i = 0; i < FAKE_FILES; i++)
		if (d->name[i][0] && !strcmp(d->name[i], name))
			return i;
	return -1;
}

static void fake_changed(struct fakedisk *f)
{
	if (f->changes < FAKE_CHANGES)
		f->change[f->changes++] = f->now;
	else	/* more than we can tell apart: the newest one takes the last place */
		f->change[FAKE_CHANGES - 1] = f->now;
}

static int fake_create(struct fakedisk *f, const char *name)
{
	int entry = 0, file = 0;

	while (entry < FAKE_FILES && f->now.name[entry][0])
		entry++;
	while (file < FAKE_FILES && f->file[file].used)
		file++;
	if (entry == FAKE_FILES || file == FAKE_FILES)
		return -ENOSPC;
	f->file[file].used = true;
	f->file[file].size = f->file[file].safe_size = 0;
	memset(f->file[file].dirty, 0, sizeof(f->file[file].dirty));
	snprintf(f->now.name[entry], DISK_NAME_MAX, "%s", name);
	f->now.file[entry] = file;
	fake_changed(f);
	return entry;
}

static int fake_open(struct disk *d, const char *name, enum disk_open how)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f), entry;

	if (step < 0)
		return step;
	entry = fake_entry(&f->now, name);
	if (entry < 0 && how == DISK_READ)
		return -ENOENT;
	if (entry < 0)
		entry = fake_create(f, name);
	if (entry < 0)
		return entry;
	if (how == DISK_NEW) {
		struct fake_file *file = &f->file[f->now.file[entry]];

		file->size = 0;	/* the old bytes may or may not be there after a cut */
		memset(file->dirty, 1, sizeof(file->dirty));
		memset(file->now, 0, sizeof(file->now));
	}
	return fake_done(f, step) < 0 ? -EIO : f->now.file[entry];
}

static ssize_t fake_read(struct disk *d, int fd, void *out, size_t len, off_t at)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f);
	size_t size = f->file[fd].size;

	if (step < 0 || fake_done(f, step) < 0)
		return step < 0 ? step : -EIO;
	if ((size_t)at >= size)
		return 0;
	if (len > size - (size_t)at)
		len = size - (size_t)at;
	memcpy(out, f->file[fd].now + at, len);
	return (ssize_t)len;
}

static int fake_write(struct disk *d, int fd, const void *bytes, size_t len, off_t at)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	struct fake_file *file = &f->file[fd];
	int step = fake_step(f);

	if (step < 0)
		return step;
	if ((size_t)at + len > FAKE_SIZE)
		return -ENOSPC;
	f->writes++;
	f->written += len;
	memcpy(file->now + at, bytes, len);
	for (size_t s = (size_t)at / FAKE_SECTOR; s * FAKE_SECTOR < (size_t)at + len; s++)
		file->dirty[s] = true;
	if ((size_t)at + len > file->size)
		file->size = (size_t)at + len;
	return fake_done(f, step);
}

static int fake_reserve(struct disk *d, int fd, off_t size)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f);

	if (step < 0)
		return step;
	if (size > FAKE_SIZE)
		return -ENOSPC;
	if ((size_t)size > f->file[fd].size) {
		memset(f->file[fd].now + f->file[fd].size, 0, (size_t)size - f->file[fd].size);
		f->file[fd].size = (size_t)size;
	}
	return fake_done(f, step);
}

static void fake_settle(struct fake_file *file)
{
	memcpy(file->safe, file->now, sizeof(file->safe));
	file->safe_size = file->size;
	memset(file->dirty, 0, sizeof(file->dirty));
}

static int fake_sync(struct disk *d, int fd)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f);

	if (step < 0)
		return step;
	f->syncs++;
	if (fake_done(f, step) == 0)
		fake_settle(&f->file[fd]);
	return f->dark ? -EIO : 0;
}

static int fake_rename(struct disk *d, const char *from, const char *to)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f), old, entry = fake_entry(&f->now, from);

	if (step < 0)
		return step;
	if (entry < 0)
		return -ENOENT;
	old = fake_entry(&f->now, to);
	if (old >= 0)
		f->now.name[old][0] = '\0';	/* its file stays for the cut; freed with the next sync */
	snprintf(f->now.name[entry], DISK_NAME_MAX, "%s", to);
	fake_changed(f);
	return fake_done(f, step);
}

static int fake_remove(struct disk *d, const char *name)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f), entry = fake_entry(&f->now, name);

	if (step < 0)
		return step;
	if (entry < 0)
		return -ENOENT;
	f->now.name[entry][0] = '\0';
	fake_changed(f);
	return fake_done(f, step);
}

static void fake_free_lost_files(struct fakedisk *f)
{
	for (int i = 0; i < FAKE_FILES; i++)
		f->file[i].used = false;
	for (int i = 0; i < FAKE_FILES; i++)
		if (f->now.name[i][0])
			f->file[f->now.file[i]].used = true;
}

static int fake_sync_dir(struct disk *d)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	int step = fake_step(f);

	if (step < 0 || fake_done(f, step) < 0)
		return step < 0 ? step : -EIO;
	f->change[0] = f->now;
	f->changes = 1;
	fake_free_lost_files(f);
	return 0;
}

static int fake_list(struct disk *d, disk_list_fn *fn, void *owner)
{
	struct fakedisk *f = container_of(d, struct fakedisk, disk);
	struct fake_dir all = f->now;
	int step = fake_step(f);

	if (step < 0 || fake_done(f, step) < 0)
		return step < 0 ? step : -EIO;
	for (int i = 0; i < FAKE_FILES; i++)
		if (all.name[i][0])
			fn(owner, all.name[i]);
	return 0;
}

static void fake_close(struct disk *d, int fd)
{
}

static const struct disk_ops fake_ops = {
	.open = fake_open, .read = fake_read, .write = fake_write, .reserve = fake_reserve,
	.sync = fake_sync, .rename = fake_rename, .remove = fake_remove,
	.sync_dir = fake_sync_dir, .list = fake_list, .close = fake_close,
};

static void fake_lose_sector(struct fakedisk *f, struct fake_file *file, size_t s)
{
	uint8_t *safe = file->safe + s * FAKE_SECTOR, *now = file->now + s * FAKE_SECTOR;

	switch (fake_roll(f, 4)) {
	case 0:
		break;
	case 1:
		memcpy(safe, now, FAKE_SECTOR);
		break;
	case 2:
		memcpy(safe, now, fake_roll(f, FAKE_SECTOR));
		break;
	default:
		for (size_t i = 0; i < FAKE_SECTOR; i++)
			safe[i] = (uint8_t)fake_roll(f, 256);
	}
}

static void fake_lose(struct fakedisk *f, struct fake_file *file)
{
	if (file->size != file->safe_size && fake_roll(f, 2))
		file->safe_size = file->size;
	for (size_t s = 0; s < FAKE_SIZE / FAKE_SECTOR; s++)
		if (file->dirty[s])
			fake_lose_sector(f, file, s);
	memcpy(file->now, file->safe, sizeof(file->now));
	file->size = file->safe_size;
	memset(file->dirty, 0, sizeof(file->dirty));
}

/* The power is back: what is there now? */
static __attribute__((unused)) void fake_power_on(struct fakedisk *f)
{
	f->now = f->change[fake_roll(f, f->changes)];
	f->change[0] = f->now;
	f->changes = 1;
	for (int i = 0; i < FAKE_FILES; i++)
		if (f->file[i].used)
			fake_lose(f, &f->file[i]);
	fake_free_lost_files(f);
	f->dark = false;
	f->cut_at = f->fail_at = f->calls = 0;
}

#endif
