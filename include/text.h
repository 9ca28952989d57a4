/**
 * @file text.h
 * @brief Bounded text building in the caller's storage.
 *
 * Used by everything that prints: no allocation, no overflow. What does not
 * fit is cut and `cut` is set.
 */
#ifndef PTPWARDEN_TEXT_H
#define PTPWARDEN_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include "base.h"

struct text {
	char *at;	/**< storage, always terminated; borrowed from the caller */
	size_t size;	/**< bytes of storage, >= 1 */
	size_t len;	/**< bytes used without the terminator */
	bool cut;	/**< something did not fit */
};

/** Start an empty text in `storage`. */
static inline struct text text_in(char *storage, size_t size)
{
	storage[0] = '\0';
	return (struct text){ .at = storage, .size = size };
}

void text_add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void text_vadd(struct text *t, const char *fmt, va_list ap);

/**
 * Append bytes from outside made safe for a terminal: control bytes, DEL and
 * bytes that are not valid UTF-8 become \xNN.
 */
void text_add_escaped(struct text *t, const char *bytes, size_t len);

/**
 * Append a JSON string with its quotes. Bytes that are no valid UTF-8 become
 * U+FFFD; NULL becomes null.
 */
void text_add_json(struct text *t, const char *s);

#endif
