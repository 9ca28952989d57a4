/**
 * @file series.h
 * @brief The shape of a series of clock offsets, from running sums.
 */
#ifndef PTPWARDEN_SERIES_H
#define PTPWARDEN_SERIES_H

#include <stdbool.h>
#include "base.h"

struct logline_offset;

enum offset_shape {
	SHAPE_NONE,		/**< too few samples to say anything, or still settling */
	SHAPE_QUIET,		/**< settled around zero */
	SHAPE_CONSTANT,		/**< large and always the same */
	SHAPE_ZERO_MEAN,	/**< noise around zero, far above what hardware stamps give */
	SHAPE_STEP,		/**< jumps away and comes back, or does not settle */
	SHAPE_DRIFT,		/**< large, one-sided and moving steadily */
	SHAPE_POWER_OF_TWO,	/**< some samples are off by a power of two nanoseconds */
	SHAPE_EPOCH,		/**< decades: one of the clocks was never set */
	SHAPES
};

enum { SERIES_TAIL = 8 };

struct series {
	uint32_t n;		/**< samples, summaries count as one */
	uint32_t locked;	/**< samples in s2 or s3 and all summaries */
	uint32_t run;		/**< locked samples since the newest s0 or s1 */
	uint32_t relocks;	/**< times that the lock was lost again */
	bool start_seen;	/**< an s0 or s1 sample was seen: the log shows the start */
	uint32_t pow2;		/**< samples that are off by a power of two */
	uint32_t epoch;		/**< samples of decades */
	uint32_t jumps;		/**< neighbours that differ by more than 1 ms while settled, 100 ms before */
	uint32_t pinned;	/**< samples in a row at the newest, very large frequency */
	double tail[SERIES_TAIL];	/**< newest samples, a ring of n % SERIES_TAIL */
	double freq;		/**< of the newest sample, ppb */
	double delay_sum;
	uint32_t delays;
	double sum, sum_sq;	/**< of settled samples */
	uint32_t settled;	/**< locked samples that come after the settling time */
};

void series_add(struct series *s, const struct logline_offset *o);

enum offset_shape series_shape(const struct series *s);
double series_mean(const struct series *s);	/**< of the newest samples, ns */
double series_sigma(const struct series *s);	/**< spread of the settled samples, ns */
int series_trend(const struct series *s);	/**< large offsets: 1 they grow, -1 they shrink; else 0 */
double series_delay(const struct series *s);	/**< mean delay, ns; 0 when none was seen */

/** "constant", "zero_mean", ...: the value of the fact offset.shape; "none" for SHAPE_NONE */
const char *offset_shape_name(enum offset_shape shape);

#endif
