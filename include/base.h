/**
 * @file base.h
 * @brief Types and small macros that every room uses.
 */
#ifndef PTPWARDEN_BASE_H
#define PTPWARDEN_BASE_H

#include <stddef.h>
#include <stdint.h>

/** Monotonic milliseconds (CLOCK_MONOTONIC), never wall clock. */
typedef int64_t msec_t;

/** "No such moment": never happened, or not armed. */
#define MSEC_NONE ((msec_t)-1)

#define SEC ((msec_t)1000)
#define MIN (60 * SEC)
#define HOUR (60 * MIN)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/** Entry of a table of names, "?" for a value that has none. */
#define NAME_OF(table, value) \
	((size_t)(value) < ARRAY_LEN(table) && (table)[value] ? (table)[value] : "?")

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/** A question that could not be asked has the answer UNKNOWN, never NO. */
enum answer {
	ANSWER_UNKNOWN,
	ANSWER_NO,
	ANSWER_YES,
};

/* Bounds. Each is enforced where the thing is made and tested at bound + 1. */
enum {
	UNITS_MAX = 256,	/* units of one configuration */
	ALTERNATES_MAX = 8,	/* ways of running one unit, the preferred one included */
	ARGS_MAX = 64,		/* words of one command line */
	PORTS_MAX = 16,		/* PTP ports of one ptp4l that we look at */
	UNIT_NAME_MAX = 32,	/* bytes with the terminator */
	IFACE_NAME_MAX = 16,	/* IFNAMSIZ */
	LINE_MAX_BYTES = 1024,	/* a line of output; longer ones are cut and marked */
};

#endif
