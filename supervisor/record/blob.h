/**
 * @file blob.h
 * @brief The form of a piece of saved state in its file: NAME.state.
 *
 * 64 bytes of head (what it is, whose it is, how long, check sum), then the
 * content. Little-endian whatever the processor. Never half written: the new
 * one is made beside it, synced, renamed over it, and the folder synced.
 */
#ifndef PTPWARDEN_BLOB_H
#define PTPWARDEN_BLOB_H

#include <stdbool.h>
#include "disk.h"

enum { BLOB_NAME_MAX = 44, BLOB_HEAD = 64, BLOB_CONTENT_MAX = 16 * 1024,
       BLOB_BYTES_MAX = BLOB_HEAD + BLOB_CONTENT_MAX };

enum blob_state {
	BLOB_GOOD,
	BLOB_DAMAGED,	/**< ours once, but not as it was written */
	BLOB_FOREIGN,	/**< not of ptpwarden, or of another name */
	BLOB_NEWER,	/**< of a form that this version does not know */
};

/** A piece of state. `content` is borrowed. */
struct blob {
	char name[BLOB_NAME_MAX];
	uint16_t version;	/**< of the content; its owner counts it */
	const void *content;
	size_t len;
};

/** Letters, digits and "._-", not beginning with a dot, short enough? */
bool blob_name_ok(const char *name);

/** The file's name; `end` is "state" or "damaged". */
void blob_file_name(char out[DISK_NAME_MAX], const char *name, const char *end);

/** Write the file's bytes to `out` (BLOB_HEAD + len); the number of them. */
size_t blob_encode(const struct blob *b, uint8_t *out);

/** What the bytes of NAME.state hold; *out is filled when they are good, its content lies in `bytes`. */
enum blob_state blob_decode(const uint8_t *bytes, size_t len, const char *name, struct blob *out);

/**
 * Put these bytes in the place of file `name`, for good when it returns 0.
 * After -errno, or a power cut at any moment, the former file is there whole,
 * or this one is.
 */
int blob_replace(struct disk *d, const char *name, const void *bytes, size_t len);

/** Read a whole file of at most `size` bytes; the number of them, -EFBIG when there are more. */
ssize_t blob_read(struct disk *d, const char *name, void *out, size_t size);

#endif
