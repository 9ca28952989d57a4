/* Finds libraries in the bytes of /etc/ld.so.cache; written by ldconfig in our own byte order. */
#include <string.h>

#include "ldcache.h"

static const char old_magic[] = "ld.so-1.7.0";
static const char new_magic[] = "glibc-ld.so.cache1.1";

enum {
	OLD_HEADER = 16,	/* magic, padding, number of libraries */
	OLD_ENTRY = 12,
	NEW_HEADER = 48,
	NEW_ENTRY = 24,
};

static uint32_t u32_at(const char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The new format may follow an old one in the same file. */
static size_t new_format_at(const char *bytes, size_t len)
{
	uint64_t at;

	if (len < OLD_HEADER || memcmp(bytes, old_magic, sizeof(old_magic) - 1))
		return 0;
	at = OLD_HEADER + (uint64_t)u32_at(bytes + 12) * OLD_ENTRY;
	return at < len ? (size_t)((at + 7) & ~(uint64_t)7) : len;
}

static const char *string_at(const char *bytes, size_t len, uint32_t offset)
{
	return offset < len && memchr(bytes + offset, '\0', len - offset) ? bytes + offset : NULL;
}

bool ldcache_find(const char *bytes, size_t len, const char *soname, ldcache_fn *fn, void *owner)
{
	size_t start = new_format_at(bytes, len);
	uint32_t n;

	if (start > len || len - start < NEW_HEADER ||
	    memcmp(bytes + start, new_magic, sizeof(new_magic) - 1))
		return false;
	bytes += start;
	len -= start;
	n = u32_at(bytes + 20);
	if (n > (len - NEW_HEADER) / NEW_ENTRY)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const char *entry = bytes + NEW_HEADER + (size_t)i * NEW_ENTRY;
		const char *key = string_at(bytes, len, u32_at(entry + 4));
		const char *path = string_at(bytes, len, u32_at(entry + 8));

		if (key && path && !strcmp(key, soname) && fn(owner, path))
			break;
	}
	return true;
}
