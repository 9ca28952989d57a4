/**
 * @file little.h
 * @brief Numbers in files: little-endian whatever the processor, so that another box can read them.
 */
#ifndef PTPWARDEN_LITTLE_H
#define PTPWARDEN_LITTLE_H

#include "base.h"

static inline void little_put(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++, value >>= 8)
		at[i] = (uint8_t)value;
}

static inline uint64_t little_get(const uint8_t *at, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

#endif
