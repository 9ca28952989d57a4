#include "blob.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "crc32c.h"
#include "little.h"

enum { FORM = 1, AT_FORM = 8, AT_VERSION = 10, AT_LEN = 12, AT_CRC = 16, AT_NAME = 20 };

static const uint8_t magic[AT_FORM] = { 'P', 'T', 'P', 'W', 'S', 'T', 'A', 'T' };

_Static_assert(AT_NAME + BLOB_NAME_MAX == BLOB_HEAD, "the head has no holes");

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._-", c));
}

bool blob_name_ok(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= BLOB_NAME_MAX || name[0] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!name_byte(name[i]))
			return false;
	return true;
}

void blob_file_name(char out[DISK_NAME_MAX], const char *name, const char *end)
{
	snprintf(out, DISK_NAME_MAX, "%.*s.%s", BLOB_NAME_MAX, name, end);
}

/* Of everything but itself. */
static uint32_t sum(const uint8_t *bytes, size_t len)
{
	uint32_t crc = crc32c(0, bytes, AT_CRC);

	return crc32c(crc, bytes + AT_NAME, len - AT_NAME);
}

size_t blob_encode(const struct blob *b, uint8_t *out)
{
	size_t len = BLOB_HEAD + b->len;

	memcpy(out, magic, sizeof(magic));
	little_put(out + AT_FORM, 2, FORM);
	little_put(out + AT_VERSION, 2, b->version);
	little_put(out + AT_LEN, 4, b->len);
	memset(out + AT_NAME, 0, BLOB_NAME_MAX);
	memcpy(out + AT_NAME, b->name, strnlen(b->name, BLOB_NAME_MAX - 1));
	if (b->len)
		memcpy(out + BLOB_HEAD, b->content, b->len);
	little_put(out + AT_CRC, 4, sum(out, len));
	return len;
}

enum blob_state blob_decode(const uint8_t *bytes, size_t len, const char *name, struct blob *out)
{
	if (len < AT_FORM || memcmp(bytes, magic, sizeof(magic)))
		return len < AT_FORM || bytes[0] == 0 ? BLOB_DAMAGED : BLOB_FOREIGN;
	if (len < BLOB_HEAD)
		return BLOB_DAMAGED;
	if (little_get(bytes + AT_LEN, 4) != len - BLOB_HEAD ||
	    little_get(bytes + AT_CRC, 4) != sum(bytes, len))
		return little_get(bytes + AT_FORM, 2) > FORM ? BLOB_NEWER : BLOB_DAMAGED;
	if (little_get(bytes + AT_FORM, 2) != FORM)
		return BLOB_NEWER;
	if (bytes[BLOB_HEAD - 1] || strcmp((const char *)bytes + AT_NAME, name))
		return BLOB_FOREIGN;
	*out = (struct blob){ .version = (uint16_t)little_get(bytes + AT_VERSION, 2),
			      .content = bytes + BLOB_HEAD, .len = len - BLOB_HEAD };
	memcpy(out->name, bytes + AT_NAME, BLOB_NAME_MAX);
	return BLOB_GOOD;
}

static int write_aside(struct disk *d, const char *aside, const void *bytes, size_t len)
{
	int rc, fd = d->ops->open(d, aside, DISK_NEW);

	if (fd < 0)
		return fd;
	rc = d->ops->write(d, fd, bytes, len, 0);
	if (rc == 0)
		rc = d->ops->sync(d, fd);
	d->ops->close(d, fd);
	return rc;
}

int blob_replace(struct disk *d, const char *name, const void *bytes, size_t len)
{
	char aside[DISK_NAME_MAX];
	int rc;

	snprintf(aside, sizeof(aside), ".%s.new", name);
	rc = write_aside(d, aside, bytes, len);
	if (rc == 0)
		rc = d->ops->rename(d, aside, name);
	if (rc < 0) {
		(void)d->ops->remove(d, aside);	/* on a full disk it must not take the last room */
		return rc;
	}
	return d->ops->sync_dir(d);
}

ssize_t blob_read(struct disk *d, const char *name, void *out, size_t size)
{
	int fd = d->ops->open(d, name, DISK_READ);
	size_t used = 0;
	ssize_t n = 1;
	uint8_t more;

	if (fd < 0)
		return fd;
	while (n > 0 && used < size) {
		n = d->ops->read(d, fd, (uint8_t *)out + used, size - used, (off_t)used);
		used += n > 0 ? (size_t)n : 0;
	}
	if (n > 0 && d->ops->read(d, fd, &more, 1, (off_t)used) > 0)
		n = -EFBIG;
	d->ops->close(d, fd);
	return n < 0 ? n : (ssize_t)used;
}
