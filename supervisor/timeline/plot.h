/**
 * @file plot.h
 * @brief Offsets over time: gathered from the tape, drawn in characters. Pure.
 */
#ifndef PTPWARDEN_TIMELINE_PLOT_H
#define PTPWARDEN_TIMELINE_PLOT_H

#include "reel.h"
#include "text.h"

enum { PLOT_POINTS_MAX = 4096, PLOT_COLUMNS_MAX = 240, PLOT_ROWS = 4 };

struct plot_point {
	int64_t at_ns;
	double low, high;	/**< of the offset in ns: a minute in brief has two ends */
	double freq_ppb;
	bool has_freq;
};

struct plot {
	char subject[64];
	uint32_t boot;
	unsigned n;
	struct plot_point at[PLOT_POINTS_MAX];
};

/** All offsets of `subject` in one boot between two moments, oldest first. */
void plot_gather(struct plot *p, const struct reel *r, uint32_t boot, int64_t from_ns, int64_t to_ns);

/** The unit whose offsets are on the tape nearest to `place`; false: none has any. */
bool plot_choose(const struct reel *r, unsigned place, char subject[64]);

/**
 * PLOT_ROWS lines of `columns` characters, the range at the left, `mark_ns`
 * marked by '|' where nothing is drawn.
 */
void plot_draw(const struct plot *p, int64_t from_ns, int64_t to_ns, int64_t mark_ns,
	       unsigned columns, struct text *out);

#endif
