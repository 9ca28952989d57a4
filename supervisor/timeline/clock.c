#include <time.h>

#include "clock.h"

static void add(const struct tape *t, unsigned i, struct text *out, const char *format)
{
	struct tape_note note;
	int64_t ms;
	time_t s;
	struct tm tm;
	char room[40];

	if (!tape_note(t, i, &note))
		return;
	s = tape_wall(t, i, &ms) ? (time_t)(ms / 1000) : -1;
	if (s >= 0 && localtime_r(&s, &tm) && strftime(room, sizeof(room), format, &tm))
		text_add(out, "%s.%03d", room, (int)(ms % 1000));
	else
		text_add(out, "+%11.3f", (double)(note.at_ns / 1000000) / 1000.0);
}

void clock_of_day(const struct tape *t, unsigned i, struct text *out)
{
	add(t, i, out, "%H:%M:%S");
}

void clock_with_date(const struct tape *t, unsigned i, struct text *out)
{
	add(t, i, out, "%Y-%m-%d %H:%M:%S");
}

int64_t clock_us(const struct tape *t, unsigned i)
{
	struct tape_note note;
	int64_t ms;

	if (!tape_note(t, i, &note))
		return 0;
	return tape_wall(t, i, &ms) ? ms * 1000 + note.at_ns / 1000 % 1000 : note.at_ns / 1000;
}
