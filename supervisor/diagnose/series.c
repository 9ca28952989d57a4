#include "logline.h"
#include "series.h"

/* A servo needs some samples after it locked before its offsets mean anything. */
enum { SETTLING_SAMPLES = 10, TELLING_SAMPLES = 5 };

#define EPOCH_NS 1e17		/* three years: no servo error, a clock that was never set */
#define LARGE_NS 1e6
#define JUMP_NS 1e8
#define NOISE_NS 3000.0
#define PINNED_PPB 400000.0	/* crystals are better than that by a factor of four */

static double magnitude(double v)
{
	return v < 0 ? -v : v;
}

/* 2^28 ns and more, to within 50 us: wrapped or wrongly extended counters, not clock errors */
static bool power_of_two(double v)
{
	v = magnitude(v);
	for (unsigned bit = 28; bit < 44; bit++)
		if (magnitude(v - (double)(1LL << bit)) < 50000.0)
			return true;
	return false;
}

static unsigned tail_len(const struct series *s)
{
	return s->n < SERIES_TAIL ? s->n : SERIES_TAIL;
}

/* i = 0 is the newest */
static double newest(const struct series *s, unsigned i)
{
	return s->tail[(s->n - 1 - i) % SERIES_TAIL];
}

static void count_frequency(struct series *s, double freq)
{
	bool same = s->n && magnitude(freq) == magnitude(s->freq);

	s->pinned = magnitude(freq) >= PINNED_PPB ? (same ? s->pinned + 1 : 1) : 0;
	s->freq = freq;
}

static void count_locked(struct series *s, const struct logline_offset *o)
{
	double jump = s->run ? magnitude(o->offset_ns - newest(s, 0)) : 0;
	bool settled = !s->start_seen || s->run > SETTLING_SAMPLES;

	s->jumps += jump > (settled ? LARGE_NS : JUMP_NS);
	s->locked++;
	s->run++;
	if (s->start_seen && s->run <= SETTLING_SAMPLES)
		return;
	s->settled++;
	s->sum += o->summary ? 0 : o->offset_ns;
	s->sum_sq += o->offset_ns * o->offset_ns;
}

static void count_unlocked(struct series *s)
{
	if (s->run)
		s->relocks++;
	s->start_seen = true;
	s->run = 0;
	s->settled = 0;
	s->sum = 0;
	s->sum_sq = 0;
}

void series_add(struct series *s, const struct logline_offset *o)
{
	count_frequency(s, o->freq_ppb);
	if (o->servo == 0 || o->servo == 1)
		count_unlocked(s);
	else
		count_locked(s, o);
	s->pow2 += power_of_two(o->max_ns);
	s->epoch += o->max_ns > EPOCH_NS;
	if (o->has_delay) {
		s->delay_sum += o->delay_ns;
		s->delays++;
	}
	s->tail[s->n % SERIES_TAIL] = o->offset_ns;
	s->n++;
}

double series_mean(const struct series *s)
{
	double sum = 0;

	for (unsigned i = 0; i < tail_len(s); i++)
		sum += newest(s, i);
	return tail_len(s) ? sum / tail_len(s) : 0;
}

/* No libm in the core: Newton's method from above. */
static double square_root(double v)
{
	double r = v > 1 ? v : 1;

	for (int i = 0; i < 100 && r * r > v * 1.000001; i++)
		r = (r + v / r) / 2;
	return v > 0 ? r : 0;
}

double series_sigma(const struct series *s)
{
	double mean = s->settled ? s->sum / s->settled : 0;

	return s->settled ? square_root(s->sum_sq / s->settled - mean * mean) : 0;
}

double series_delay(const struct series *s)
{
	return s->delays ? s->delay_sum / s->delays : 0;
}

/* How many of the newest samples are large and on the same side. */
static unsigned large_run(const struct series *s)
{
	unsigned n = 0;

	while (n < tail_len(s) && magnitude(newest(s, n)) >= LARGE_NS &&
	       (newest(s, n) > 0) == (newest(s, 0) > 0))
		n++;
	return n;
}

static double spread(const struct series *s, unsigned n)
{
	double low = newest(s, 0), high = low;

	for (unsigned i = 1; i < n; i++) {
		low = newest(s, i) < low ? newest(s, i) : low;
		high = newest(s, i) > high ? newest(s, i) : high;
	}
	return high - low;
}

static bool monotonic(const struct series *s, unsigned n)
{
	bool up = newest(s, 0) > newest(s, 1);

	for (unsigned i = 0; i + 1 < n; i++)
		if ((newest(s, i) > newest(s, i + 1)) != up)
			return false;
	return true;
}

/* The current difference of TAI and UTC, give or take a few leap seconds. */
static bool tai_sized(double v)
{
	return magnitude(v) > 33.5e9 && magnitude(v) < 38.5e9;
}

static enum offset_shape shape_of_large(const struct series *s, unsigned n)
{
	if (spread(s, n) <= magnitude(newest(s, 0)) * 0.0005 + 1000)
		return SHAPE_CONSTANT;
	if (n >= 3 && monotonic(s, n))
		return SHAPE_DRIFT;
	return s->run ? SHAPE_STEP : SHAPE_NONE;
}

/* A series that has calmed down was only settling. */
static bool still_noisy(const struct series *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tail_len(s) && i < 4; i++)
		n += magnitude(newest(s, i)) > NOISE_NS / 2;
	return n >= 2;
}

int series_trend(const struct series *s)
{
	unsigned n = large_run(s);

	if (n < 3)
		return 0;
	return magnitude(newest(s, 0)) > magnitude(newest(s, n - 1)) ? 1 : -1;
}

enum offset_shape series_shape(const struct series *s)
{
	double sigma = series_sigma(s);
	unsigned large = large_run(s);

	if (s->n < 2)
		return SHAPE_NONE;
	if (!s->locked && s->freq == 0 && !tai_sized(newest(s, 0)))
		return SHAPE_NONE;	/* free running: it steers nothing */
	if (s->pow2)
		return SHAPE_POWER_OF_TWO;
	if (magnitude(newest(s, 0)) > EPOCH_NS)
		return SHAPE_EPOCH;
	if (large >= 3 || (large == 2 && s->run >= 2))
		return shape_of_large(s, large);
	if (s->jumps >= 2)
		return SHAPE_STEP;
	if (s->settled < TELLING_SAMPLES)
		return s->run ? SHAPE_QUIET : SHAPE_NONE;
	if (sigma > NOISE_NS && still_noisy(s) && magnitude(s->sum / s->settled) < sigma)
		return SHAPE_ZERO_MEAN;
	return SHAPE_QUIET;
}

const char *offset_shape_name(enum offset_shape shape)
{
	static const char *const names[SHAPES] = {
		[SHAPE_NONE] = "none",
		[SHAPE_QUIET] = "quiet",
		[SHAPE_CONSTANT] = "constant",
		[SHAPE_ZERO_MEAN] = "zero_mean",
		[SHAPE_STEP] = "step",
		[SHAPE_DRIFT] = "drift",
		[SHAPE_POWER_OF_TWO] = "power_of_two",
		[SHAPE_EPOCH] = "epoch",
	};
	return NAME_OF(names, shape);
}
