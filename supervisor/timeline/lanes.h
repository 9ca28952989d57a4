/**
 * @file lanes.h
 * @brief Lasting values over time, each as a row of slices: what traces and pictures are made of. Pure.
 */
#ifndef PTPWARDEN_TIMELINE_LANES_H
#define PTPWARDEN_TIMELINE_LANES_H

#include "reel.h"

/** Places in reel->shown, `to` not included. */
struct stretch {
	unsigned from, to;
};

enum { LANES_MAX = 48, LANE_SLICES_MAX = 256, LANE_MARKS_MAX = 512 };

struct lane_slice {
	int64_t from_us, to_us;		/**< see clock_us() */
	char value[48];
};

/** One value of one subject. */
struct lane {
	char subject[64];
	unsigned tag;
	bool open;			/**< the last slice still goes on */
	unsigned n, dropped;
	struct lane_slice at[LANE_SLICES_MAX];
};

/** A start or an end of a process. */
struct lane_mark {
	char subject[64];
	int64_t at_us;
	unsigned kind;			/**< FLIGHT_LAUNCH or FLIGHT_EXIT */
};

struct lanes {
	int64_t from_us, to_us;
	unsigned n, marks;
	struct lane at[LANES_MAX];
	struct lane_mark mark[LANE_MARKS_MAX];
};

/** Slices of state, lock, port and link. About 1 MiB: allocate it. */
void lanes_gather(struct lanes *l, const struct reel *r, struct stretch s);

#endif
