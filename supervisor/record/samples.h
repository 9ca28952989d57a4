/**
 * @file samples.h
 * @brief Offsets of one unit: in brief by the minute, single ones for the last minutes.
 *
 * A healthy daemon says every second how far off it is. That is kept as one
 * line a minute (how many, least, mean, most, deviation), six of them to a
 * note; the single ones stay in memory and become notes when something goes
 * wrong. All values are nanoseconds and parts per billion, held at the ends of
 * what 32 bits can say.
 */
#ifndef PTPWARDEN_SAMPLES_H
#define PTPWARDEN_SAMPLES_H

#include "flightnote.h"

enum {
	SAMPLES_KEPT = 256,		/* four minutes of one a second */
	SAMPLES_MINUTES = 6,		/* in one note */
	SAMPLE_BYTES = 12,		/* of TAG_SAMPLES: age of the sample in ms when the note was made, offset, frequency */
	MINUTE_BYTES = 26,		/* of TAG_MINUTES: age of its beginning in ms, number, then the five below */
};

struct sample {
	uint32_t at_ms;		/* low bits of the monotonic clock */
	int32_t offset_ns, freq_ppb;
};

struct sample_minute {
	msec_t from;
	uint16_t n;
	int32_t least, mean, most, deviation, freq_ppb;
};

struct samples {
	struct sample kept[SAMPLES_KEPT];
	uint32_t taken, told;		/* since the start */
	/* the minute under way */
	msec_t from;			/* MSEC_NONE: none yet */
	uint32_t n;
	double least, most, sum, sum_sq, freq_sum;
	unsigned minutes;		/* of `minute` */
	struct sample_minute minute[SAMPLES_MINUTES];
};

void samples_init(struct samples *s);

/** Take one. True: six minutes are full and samples_minutes() has to say something. */
bool samples_take(struct samples *s, msec_t at, double offset_ns, double freq_ppb);

/** The run of the daemon is over, or everything is to be told: the minute under way counts, too. */
void samples_end_minute(struct samples *s);

/** Make a FLIGHT_OFFSETS note of the minutes so far and forget them. False: there are none. */
bool samples_minutes(struct samples *s, const char *subject, struct flight_note *n);

/** Make a FLIGHT_SAMPLES note of single ones not told before, oldest first. False: no more. */
bool samples_single(struct samples *s, const char *subject, struct flight_note *n);

/** Entry `i` of a TAG_MINUTES or TAG_SAMPLES field; `note_at` is the note's time in ms. False: none. */
bool samples_read_minute(const struct flight_field *f, unsigned i, msec_t note_at,
			 struct sample_minute *out);
bool samples_read(const struct flight_field *f, unsigned i, msec_t note_at, msec_t *at,
		  struct sample *out);

#endif
