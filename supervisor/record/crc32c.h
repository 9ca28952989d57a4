/**
 * @file crc32c.h
 * @brief CRC-32C (Castagnoli), the check sum of everything that we keep on disk.
 */
#ifndef PTPWARDEN_CRC32C_H
#define PTPWARDEN_CRC32C_H

#include "base.h"

/** Go on from `crc` (0 to begin) over `len` bytes. "123456789" gives 0xe3069283. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t len);

#endif
