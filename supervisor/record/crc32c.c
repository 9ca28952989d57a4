#include "crc32c.h"

/* The table is linear: an entry is the sum of those of its bits. */
#define SHIFT(c) (((c) >> 1) ^ (0x82f63b78u & -((c)&1u)))
enum {
	BIT7 = 0x82f63b78u, BIT6 = SHIFT(BIT7), BIT5 = SHIFT(BIT6), BIT4 = SHIFT(BIT5),
	BIT3 = SHIFT(BIT4), BIT2 = SHIFT(BIT3), BIT1 = SHIFT(BIT2), BIT0 = SHIFT(BIT1),
};
#define PICK(i, bit, value) (((i) >> (bit)&1) ? (value) : 0u)
#define ENTRY(i) \
	(PICK(i, 0, BIT0) ^ PICK(i, 1, BIT1) ^ PICK(i, 2, BIT2) ^ PICK(i, 3, BIT3) ^ \
	 PICK(i, 4, BIT4) ^ PICK(i, 5, BIT5) ^ PICK(i, 6, BIT6) ^ PICK(i, 7, BIT7))
#define ENTRIES4(i) ENTRY(i), ENTRY((i) + 1), ENTRY((i) + 2), ENTRY((i) + 3)
#define ENTRIES16(i) ENTRIES4(i), ENTRIES4((i) + 4), ENTRIES4((i) + 8), ENTRIES4((i) + 12)
#define ENTRIES64(i) ENTRIES16(i), ENTRIES16((i) + 16), ENTRIES16((i) + 32), ENTRIES16((i) + 48)

static const uint32_t table[256] = { ENTRIES64(0), ENTRIES64(64), ENTRIES64(128), ENTRIES64(192) };

uint32_t crc32c(uint32_t crc, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	crc = ~crc;
	while (len--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}
