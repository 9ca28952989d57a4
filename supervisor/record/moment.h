/**
 * @file moment.h
 * @brief The state of everything at one moment: the newest lasting value of each subject.
 *
 * A plain run of bytes in the caller's storage: for each subject its length,
 * its name, its fields as they stand in notes. Pure.
 */
#ifndef PTPWARDEN_MOMENT_H
#define PTPWARDEN_MOMENT_H

#include "flightnote.h"

enum { MOMENT_BYTES = 32 * 1024, MOMENT_GROUP_MAX = FLIGHT_NOTE_MAX };

struct moment {
	uint8_t *bytes;		/**< the caller's, of `size` bytes */
	size_t size, len;
	unsigned dropped;	/**< values that found no room */
};

struct moment_value {
	const char *subject;	/**< not terminated; borrowed until the moment changes */
	uint8_t subject_len;
	struct flight_field field;
};

static inline struct moment moment_in(uint8_t *storage, size_t size)
{
	return (struct moment){ .bytes = storage, .size = size };
}

/** Take what a note changes. */
void moment_fold(struct moment *m, unsigned kind, const uint8_t *bytes, size_t len);

/** The value of `subject`; false: none is known. */
bool moment_get(const struct moment *m, const char *subject, unsigned tag, struct flight_field *out);

/** As text, numbers too; "" when it is not known. */
void moment_text(const struct moment *m, const char *subject, unsigned tag, char *out, size_t size);

/** All values, subject by subject in the order in which they appeared; *at begins with 0. */
bool moment_next(const struct moment *m, size_t *at, struct moment_value *out);

/** The fields of the next subject as one note would hold them, with TAG_SUBJECT; 0 at the end. */
size_t moment_next_group(const struct moment *m, size_t *at, const uint8_t **group);

#endif
