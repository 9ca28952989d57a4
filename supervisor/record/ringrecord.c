#include "ringrecord.h"

#include <string.h>
#include "crc32c.h"
#include "little.h"

enum { FORM = 1, MORE = 0x80 };
enum { AT_FORM = 4, AT_KIND = 5, AT_PART = 6, AT_LEN = 7, AT_SEQ = 8, AT_TIME = 16, AT_BOOT = 24,
       AT_RUN = 28, AT_SERIAL = 32, AT_PAYLOAD = 40 };
enum { HEAD_FORM = 8, HEAD_RECORD = 10, HEAD_SECTOR = 12, HEAD_SIZE = 16, HEAD_CRC = 24 };

static const uint8_t magic[HEAD_FORM] = { 'P', 'T', 'P', 'W', 'R', 'I', 'N', 'G' };

_Static_assert(AT_PAYLOAD + RING_PAYLOAD == RING_RECORD, "a record has no holes");

void ring_record_encode(const struct ring_record *r, uint8_t out[RING_RECORD])
{
	memset(out, 0, RING_RECORD);
	out[AT_FORM] = FORM;
	out[AT_KIND] = r->kind;
	out[AT_PART] = (uint8_t)(r->part | (r->more ? MORE : 0));
	out[AT_LEN] = r->len;
	little_put(out + AT_SEQ, 8, r->seq);
	little_put(out + AT_TIME, 8, (uint64_t)r->at_ns);
	little_put(out + AT_BOOT, 4, r->boot);
	little_put(out + AT_RUN, 4, r->run);
	little_put(out + AT_SERIAL, 4, r->serial);
	memcpy(out + AT_PAYLOAD, r->payload, r->len);
	little_put(out, 4, crc32c(0, out + 4, RING_RECORD - 4));
}

uint64_t ring_record_seq(const uint8_t bytes[RING_RECORD])
{
	if (bytes[AT_FORM] != FORM || bytes[AT_LEN] > RING_PAYLOAD ||
	    little_get(bytes, 4) != crc32c(0, bytes + 4, RING_RECORD - 4))
		return 0;
	return little_get(bytes + AT_SEQ, 8);
}

bool ring_record_decode(const uint8_t bytes[RING_RECORD], struct ring_record *out)
{
	uint64_t seq = ring_record_seq(bytes);

	if (!seq)
		return false;
	*out = (struct ring_record){
		.seq = seq,
		.at_ns = (int64_t)little_get(bytes + AT_TIME, 8),
		.boot = (uint32_t)little_get(bytes + AT_BOOT, 4),
		.run = (uint32_t)little_get(bytes + AT_RUN, 4),
		.serial = (uint32_t)little_get(bytes + AT_SERIAL, 4),
		.kind = bytes[AT_KIND],
		.part = bytes[AT_PART] & (MORE - 1),
		.more = bytes[AT_PART] & MORE,
		.len = bytes[AT_LEN],
	};
	memcpy(out->payload, bytes + AT_PAYLOAD, RING_PAYLOAD);
	return true;
}

void ring_head_encode(uint8_t out[RING_SECTOR], uint64_t size)
{
	memset(out, 0, RING_SECTOR);
	memcpy(out, magic, sizeof(magic));
	little_put(out + HEAD_FORM, 2, FORM);
	little_put(out + HEAD_RECORD, 2, RING_RECORD);
	little_put(out + HEAD_SECTOR, 2, RING_SECTOR);
	little_put(out + HEAD_SIZE, 8, size);
	little_put(out + HEAD_CRC, 4, crc32c(0, out, HEAD_CRC));
}

enum ring_head ring_head_decode(const uint8_t *bytes, size_t len)
{
	static const uint8_t nothing[HEAD_CRC + 4];

	if (len < sizeof(nothing) || !memcmp(bytes, nothing, sizeof(nothing)))
		return RING_HEAD_EMPTY;
	if (memcmp(bytes, magic, sizeof(magic)))
		return RING_HEAD_FOREIGN;
	if (little_get(bytes + HEAD_CRC, 4) != crc32c(0, bytes, HEAD_CRC))
		return RING_HEAD_DAMAGED;
	return little_get(bytes + HEAD_FORM, 2) > FORM ? RING_HEAD_NEWER : RING_HEAD_GOOD;
}
