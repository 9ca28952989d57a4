#include "samples.h"

#include <string.h>
#include "little.h"

enum { SAMPLES_IN_FIELD = FLIGHT_FIELD_MAX / SAMPLE_BYTES, FIELDS_IN_NOTE = 4 };

static int32_t held(double value)
{
	if (!(value < INT32_MAX))
		return INT32_MAX;
	return value > -INT32_MAX ? (int32_t)(value < 0 ? value - .5 : value + .5) : -INT32_MAX;
}

/* Without libm: half the digits are enough for a deviation. */
static double root(double square)
{
	double r = square > 1 ? square : 1;

	for (unsigned i = 0; i < 64 && r * r - square > r * 1e-3; i++)
		r = (r + square / r) / 2;
	return square > 0 ? r : 0;
}

void samples_init(struct samples *s)
{
	memset(s, 0, sizeof(*s));
	s->from = MSEC_NONE;
}

void samples_end_minute(struct samples *s)
{
	double mean = s->n ? s->sum / s->n : 0;

	if (s->n && s->minutes < SAMPLES_MINUTES)
		s->minute[s->minutes++] = (struct sample_minute){
			.from = s->from, .n = s->n < UINT16_MAX ? (uint16_t)s->n : UINT16_MAX,
			.least = held(s->least), .mean = held(mean), .most = held(s->most),
			.deviation = held(root(s->sum_sq / s->n - mean * mean)),
			.freq_ppb = held(s->freq_sum / s->n),
		};
	s->from = MSEC_NONE;
	s->n = 0;
}

static void add(struct samples *s, msec_t at, double offset, double freq)
{
	if (s->from == MSEC_NONE) {
		s->from = at;
		s->least = s->most = offset;
		s->sum = s->sum_sq = s->freq_sum = 0;
	}
	s->least = offset < s->least ? offset : s->least;
	s->most = offset > s->most ? offset : s->most;
	s->sum += offset;
	s->sum_sq += offset * offset;
	s->freq_sum += freq;
	s->n++;
}

bool samples_take(struct samples *s, msec_t at, double offset_ns, double freq_ppb)
{
	s->kept[s->taken++ % SAMPLES_KEPT] = (struct sample){
		.at_ms = (uint32_t)at, .offset_ns = held(offset_ns), .freq_ppb = held(freq_ppb) };
	if (s->from != MSEC_NONE && at - s->from >= MIN)
		samples_end_minute(s);
	add(s, at, offset_ns, freq_ppb);
	return s->minutes == SAMPLES_MINUTES;
}

bool samples_minutes(struct samples *s, const char *subject, struct flight_note *n)
{
	uint8_t bytes[SAMPLES_MINUTES * MINUTE_BYTES];
	msec_t now;

	if (!s->minutes)
		return false;
	flight_begin(n, FLIGHT_OFFSETS, subject);
	now = n->at_ns / 1000000;
	for (unsigned i = 0; i < s->minutes; i++) {
		const struct sample_minute *m = &s->minute[i];
		const int32_t five[] = { m->least, m->mean, m->most, m->deviation, m->freq_ppb };
		uint8_t *p = bytes + i * MINUTE_BYTES;

		little_put(p, 4, (uint64_t)(now - m->from));
		little_put(p + 4, 2, m->n);
		for (unsigned k = 0; k < ARRAY_LEN(five); k++)
			little_put(p + 6 + 4 * k, 4, (uint32_t)five[k]);
	}
	flight_bytes(n, TAG_MINUTES, bytes, s->minutes * MINUTE_BYTES);
	s->minutes = 0;
	return true;
}

static unsigned put_field(struct samples *s, struct flight_note *n)
{
	uint8_t bytes[SAMPLES_IN_FIELD * SAMPLE_BYTES];
	uint32_t now = (uint32_t)(n->at_ns / 1000000);
	unsigned k = 0;

	for (; k < SAMPLES_IN_FIELD && s->told != s->taken; k++, s->told++) {
		const struct sample *one = &s->kept[s->told % SAMPLES_KEPT];
		uint8_t *p = bytes + k * SAMPLE_BYTES;

		little_put(p, 4, now - one->at_ms);
		little_put(p + 4, 4, (uint32_t)one->offset_ns);
		little_put(p + 8, 4, (uint32_t)one->freq_ppb);
	}
	flight_bytes(n, TAG_SAMPLES, bytes, k * SAMPLE_BYTES);
	return k;
}

bool samples_single(struct samples *s, const char *subject, struct flight_note *n)
{
	if (s->taken - s->told > SAMPLES_KEPT)
		s->told = s->taken - SAMPLES_KEPT;
	if (s->told == s->taken)
		return false;
	flight_begin(n, FLIGHT_SAMPLES, subject);
	for (unsigned i = 0; i < FIELDS_IN_NOTE && s->told != s->taken; i++)
		(void)put_field(s, n);
	return true;
}

static int32_t signed_at(const uint8_t *p)
{
	return (int32_t)(uint32_t)little_get(p, 4);
}

bool samples_read_minute(const struct flight_field *f, unsigned i, msec_t note_at,
			 struct sample_minute *out)
{
	const uint8_t *p = f->value + i * MINUTE_BYTES;

	if ((i + 1) * MINUTE_BYTES > f->len)
		return false;
	*out = (struct sample_minute){
		.from = note_at - (msec_t)little_get(p, 4), .n = (uint16_t)little_get(p + 4, 2),
		.least = signed_at(p + 6), .mean = signed_at(p + 10), .most = signed_at(p + 14),
		.deviation = signed_at(p + 18), .freq_ppb = signed_at(p + 22),
	};
	return true;
}

bool samples_read(const struct flight_field *f, unsigned i, msec_t note_at, msec_t *at,
		  struct sample *out)
{
	const uint8_t *p = f->value + i * SAMPLE_BYTES;

	if ((i + 1) * SAMPLE_BYTES > f->len)
		return false;
	*at = note_at - (msec_t)little_get(p, 4);
	*out = (struct sample){ .at_ms = (uint32_t)*at, .offset_ns = signed_at(p + 4),
				.freq_ppb = signed_at(p + 8) };
	return true;
}
