/**
 * @file ringrecord.h
 * @brief The form of the flight recorder's file: a head, then records of 128 bytes. Pure.
 *
 * Described for others in ptpwarden-ring(5). Little-endian whatever the
 * processor. A record proves itself, so the head is for people and for
 * versions to come; a file without it is read all the same.
 */
#ifndef PTPWARDEN_RINGRECORD_H
#define PTPWARDEN_RINGRECORD_H

#include <stdbool.h>
#include "base.h"

enum {
	RING_RECORD = 128,
	RING_PAYLOAD = 88,	/* bytes of a note in one record */
	RING_SECTOR = 512,	/* what a disk tears at most; also the size of the head */
	RING_PARTS_MAX = 12,	/* records of one note */
	RING_BYTES_MIN = 64 * 1024,
	RING_BYTES_MAX = 16 * 1024 * 1024,
};

struct ring_record {
	uint64_t seq;		/**< from 1, one more with each record, over reboots */
	int64_t at_ns;		/**< CLOCK_MONOTONIC of `boot` */
	uint32_t boot;		/**< first four bytes of the kernel's boot id */
	uint32_t run;		/**< names one run of ptpwarden */
	uint32_t serial;	/**< of the note within its run */
	uint8_t kind;
	uint8_t part;		/**< 0 for the first record of a note */
	bool more;		/**< the note goes on in the next record */
	uint8_t len;
	uint8_t payload[RING_PAYLOAD];
};

void ring_record_encode(const struct ring_record *r, uint8_t out[RING_RECORD]);

/** False: no record, or a damaged one. */
bool ring_record_decode(const uint8_t bytes[RING_RECORD], struct ring_record *out);

/** Its sequence number when it is sound, else 0; cheaper than all of it. */
uint64_t ring_record_seq(const uint8_t bytes[RING_RECORD]);

enum ring_head { RING_HEAD_GOOD, RING_HEAD_EMPTY, RING_HEAD_DAMAGED, RING_HEAD_FOREIGN, RING_HEAD_NEWER };

/** The first RING_SECTOR bytes of a file that is `size` bytes long. */
void ring_head_encode(uint8_t out[RING_SECTOR], uint64_t size);
enum ring_head ring_head_decode(const uint8_t *bytes, size_t len);

#endif
