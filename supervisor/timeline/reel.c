#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "reel.h"

static int read_whole(int fd, struct reel *r, size_t *len)
{
	struct stat st;
	size_t size;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > RING_BYTES_MAX)
		return -EINVAL;
	size = (size_t)st.st_size;
	r->bytes = malloc(size + 1);
	for (*len = 0; r->bytes && *len < size;) {
		ssize_t n = read(fd, (char *)r->bytes + *len, size - *len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		*len += n > 0 ? (size_t)n : 0;
	}
	return r->bytes ? 0 : -ENOMEM;
}

static bool of_snapshot(const struct tape *t, unsigned i)
{
	struct ring_record first;

	return !ring_record_decode(t->file + t->entry[i].offset, &first) ||
	       first.kind == FLIGHT_SNAP_BEGIN || first.kind == FLIGHT_SNAP ||
	       first.kind == FLIGHT_SNAP_END;
}

static int find_notes(struct reel *r, size_t len)
{
	int rc;

	r->room = malloc(tape_room(len));
	if (!r->room)
		return -ENOMEM;
	rc = tape_open(&r->tape, r->bytes, len, r->room);
	if (rc < 0)
		return rc;
	r->shown = malloc((tape_notes(&r->tape) + 1) * sizeof(*r->shown));
	if (!r->shown)
		return -ENOMEM;
	for (unsigned i = 0; i < tape_notes(&r->tape); i++)
		if (!of_snapshot(&r->tape, i))
			r->shown[r->n++] = i;
	return 0;
}

static int explain(struct err *err, const char *path, int rc)
{
	switch (rc) {
	case -ENOENT:
		return err_set(err, ENOENT, "there is no recording in %s; it appears when ptpwarden "
			       "has run, or name a copied file with --ring", path);
	case -EINVAL:
		return err_set(err, EINVAL, "%s is no recording of ptpwarden; name its ring file",
			       path);
	case -EPROTO:
		return err_set(err, EPROTO, "%s was made by a newer ptpwarden; read it with that one",
			       path);
	default:
		return err_set(err, -rc, "cannot read %s: %s", path, strerror(-rc));
	}
}

int reel_read(struct reel *r, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = fd < 0 ? -errno : 0;
	size_t len = 0;

	*r = (struct reel){ 0 };
	if (!rc)
		rc = read_whole(fd, r, &len);
	if (fd >= 0)
		close(fd);
	if (!rc)
		rc = find_notes(r, len);
	if (!rc)
		return 0;
	reel_free(r);
	return explain(err, path, rc);
}

void reel_free(struct reel *r)
{
	free(r->bytes);
	free(r->room);
	free(r->shown);
	*r = (struct reel){ 0 };
}

unsigned reel_place(const struct reel *r, unsigned i)
{
	unsigned low = 0, high = r->n;

	while (low + 1 < high) {
		unsigned mid = low + (high - low) / 2;

		if (r->shown[mid] <= i)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* --- a moment in words -------------------------------------------------------------------- */

static long at_wall(const struct reel *r, int64_t ms)
{
	int64_t here;

	for (unsigned k = r->n; k-- > 0;)
		if (tape_wall(&r->tape, r->shown[k], &here) && here <= ms)
			return (long)k;
	return -ENOENT;
}

/* "14:03:05.250"; false when it is no time of day. */
static bool time_of_day(const char *s, int64_t *ms)
{
	unsigned h, m;
	double sec = 0;
	int used = 0;

	if (sscanf(s, "%2u:%2u%n", &h, &m, &used) < 2 || h > 23 || m > 59)
		return false;
	s += used;
	if (*s == ':') {
		used = 0;
		if (sscanf(s, ":%lf%n", &sec, &used) < 1 || sec < 0 || sec >= 61)
			return false;
		s += used;
	}
	*ms = (int64_t)h * HOUR + (int64_t)m * MIN + (int64_t)(sec * 1000);
	return !*s;
}

static int64_t midnight(struct tm day)
{
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	return (int64_t)mktime(&day) * 1000;
}

/* The newest such time of day that is not after the end. */
static long at_clock(const struct reel *r, int64_t of_day)
{
	int64_t end;
	struct tm day;
	time_t s;

	if (!r->n || !tape_wall(&r->tape, r->shown[r->n - 1], &end))
		return -ENOENT;
	s = (time_t)(end / 1000);
	if (!localtime_r(&s, &day))
		return -ENOENT;
	if (midnight(day) + of_day > end)
		day.tm_mday--;
	return at_wall(r, midnight(day) + of_day);
}

static long at_date(const struct reel *r, const char *word)
{
	struct tm day = { 0 };
	int64_t of_day = 0;
	int used = 0;

	if (sscanf(word, "%4d-%2d-%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &used) < 3)
		return -EINVAL;
	word += used;
	if ((*word == ' ' || *word == 'T') && !time_of_day(word + 1, &of_day))
		return -EINVAL;
	if (*word && *word != ' ' && *word != 'T')
		return -EINVAL;
	day.tm_year -= 1900;
	day.tm_mon--;
	return at_wall(r, midnight(day) + of_day);
}

static long before_end(const struct reel *r, const char *word)
{
	static const struct {
		const char *name;
		double ms;
	} units[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 }, { "h", 3600000 } };
	struct tape_note last;
	char *end;
	double n = strtod(word, &end);
	long found;

	for (unsigned i = 0; i < ARRAY_LEN(units); i++) {
		if (end == word || strcmp(end, units[i].name) || !(n >= 0 && n < 1e9))
			continue;
		if (!r->n || !tape_note(&r->tape, r->shown[r->n - 1], &last))
			return -ENOENT;
		found = tape_at(&r->tape, last.boot, last.at_ns - (int64_t)(n * units[i].ms * 1e6));
		return found < 0 ? -ENOENT : (long)reel_place(r, (unsigned)found);
	}
	return -EINVAL;
}

static long at_seq(const struct reel *r, const char *digits)
{
	char *end;
	unsigned long long seq = strtoull(digits, &end, 10);

	if (end == digits || *end)
		return -EINVAL;
	for (unsigned k = 0; k < r->n; k++)
		if (r->tape.entry[r->shown[k]].seq >= seq)
			return (long)k;
	return -ENOENT;
}

long reel_when(const struct reel *r, const char *word)
{
	int64_t of_day;

	if (*word == '-')
		return before_end(r, word + 1);
	if (*word == '#')
		return at_seq(r, word + 1);
	if (time_of_day(word, &of_day))
		return at_clock(r, of_day);
	return at_date(r, word);
}

/* --- incidents ---------------------------------------------------------------------------- */

long reel_incident(const struct reel *r, long number)
{
	struct tape_note note;
	struct flight_field f;

	for (unsigned k = 0; k < r->n; k++)
		if (tape_note(&r->tape, r->shown[k], &note) && note.kind == FLIGHT_INCIDENT &&
		    tape_field(&note, TAG_NUMBER_OF, &f) && flight_number(&f) == number)
			return (long)k;
	return -1;
}
