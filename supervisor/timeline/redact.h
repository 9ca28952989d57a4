/**
 * @file redact.h
 * @brief Takes out of a text what tells where it comes from, always the same way. Pure.
 *
 * MAC addresses, clock identities, IPv4 and IPv6 addresses and the host name
 * become MAC-1, CLOCK-2, IP-1, HOST: equal ones stay equal, so that the text
 * can still be followed. Times, versions and numbers stay.
 */
#ifndef PTPWARDEN_TIMELINE_REDACT_H
#define PTPWARDEN_TIMELINE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

enum { REDACT_MAX = 256, REDACT_WORD = 48 };

struct redact {
	bool on;
	char host[65];		/**< empty: unknown */
	unsigned n;
	struct {
		char word[REDACT_WORD];	/* in small letters */
		unsigned char kind;
		unsigned number;
	} known[REDACT_MAX];
};

/** `host` may be NULL. */
void redact_start(struct redact *r, bool on, const char *host);

/**
 * Copy `in` to `out` with everything replaced; cut at `size`. With redaction
 * off it is a plain copy. A word for which the table has no room becomes
 * MAC-?, IP-? and so on, never itself.
 */
void redact_copy(struct redact *r, const char *in, char *out, size_t size);

#endif
