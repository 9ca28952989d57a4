#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "page.h"
#include "screen.h"

/* A serial console sends an escape sequence slowly. */
enum { ESCAPE_MS = 200, ROWS_USUAL = 24, COLUMNS_USUAL = 80, ROWS_MAX = 100 };

static volatile sig_atomic_t told_to_end;

static void on_end(int sig)
{
	told_to_end = sig;
}

static void on_resize(int sig)
{
}

static void catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_end }, resize = { .sa_handler = on_resize };

	told_to_end = 0;
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGHUP, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGWINCH, &resize, NULL);
}

/* Not ISIG: ^C leaves as q does, with the terminal put back. OPOST stays off: we send \r\n. */
static int make_raw(struct termios *saved)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, saved) < 0)
		return -errno;
	raw = *saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0 ? -errno : 0;
}

static unsigned between(unsigned value, unsigned low, unsigned high, unsigned usual)
{
	value = value ? value : usual;	/* a serial line does not know its size */
	return value < low ? low : value > high ? high : value;
}

static void measure(struct page *p)
{
	struct winsize size = { 0 };

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	p->rows = between(size.ws_row, PAGE_ROWS_MIN, ROWS_MAX, ROWS_USUAL);
	p->columns = between(size.ws_col, PAGE_COLUMNS_MIN, PAGE_COLUMNS_MAX, COLUMNS_USUAL);
}

static int send_all(const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* -1: nothing within ESCAPE_MS. */
static int next_byte(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char c;

	return poll(&in, 1, ESCAPE_MS) > 0 && read(STDIN_FILENO, &c, 1) == 1 ? c : -1;
}

/* What follows ESC [ or ESC O, on the terminals that people have. */
static int escape_key(void)
{
	static const struct {
		int byte, key;
	} keys[] = {
		{ 'A', KEY_UP }, { 'B', KEY_DOWN }, { 'H', KEY_HOME }, { 'F', KEY_END },
		{ 'Z', KEY_BACKTAB }, { '5', KEY_PAGE_UP }, { '6', KEY_PAGE_DOWN },
		{ '1', KEY_HOME }, { '7', KEY_HOME }, { '4', KEY_END }, { '8', KEY_END },
	};
	int c = next_byte();

	if (c != '[' && c != 'O')
		return 27;
	c = next_byte();
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (keys[i].byte == c) {
			if (c >= '0' && c <= '9')
				(void)next_byte();	/* the closing ~ */
			return keys[i].key;
		}
	return 27;
}

/* 0: a signal came, the size may be another one; -1: the end. */
static int read_key(void)
{
	unsigned char c;
	ssize_t n = read(STDIN_FILENO, &c, 1);

	if (told_to_end || n == 0 || (n < 0 && errno != EINTR))
		return -1;
	if (n < 0)
		return 0;
	return c == 27 ? escape_key() : c;
}

/* Stay on the same event when the recording was read again. */
static int read_again(struct page *p, struct reel *r, const char *path, struct err *err)
{
	uint64_t seq = r->n ? r->tape.entry[r->shown[p->cursor.place]].seq : 0;
	struct reel fresh;
	unsigned place = 0;
	int rc = reel_read(&fresh, path, err);

	if (rc < 0)
		return rc;
	while (place + 1 < fresh.n && fresh.tape.entry[fresh.shown[place]].seq < seq)
		place++;
	reel_free(r);
	*r = fresh;
	cursor_start(&p->cursor, r);
	cursor_go(&p->cursor, place);
	p->reread = false;
	return 0;
}

static int converse(struct page *p, struct reel *r, const char *path, struct err *err)
{
	static char room[PAGE_BYTES];
	int rc = 0, key;

	while (!rc && !p->quit) {
		struct text t = text_in(room, sizeof(room));

		measure(p);
		page_draw(p, &t);
		rc = send_all(room, t.len);
		key = read_key();
		if (key < 0)
			break;
		if (key > 0)
			page_key(p, key);
		if (!rc && p->reread)
			rc = read_again(p, r, path, err);
	}
	return rc;
}

int screen_run(const char *path, long place, struct err *err)
{
	struct page *p = calloc(1, sizeof(*p));
	struct termios saved;
	struct reel r;
	int rc = p ? reel_read(&r, path, err) : err_set(err, ENOMEM, "out of memory");

	if (rc < 0) {
		free(p);
		return rc;
	}
	page_start(p, &r, path);
	if (place >= 0)
		cursor_go(&p->cursor, place);
	catch_signals();
	rc = make_raw(&saved);
	if (rc == 0) {
		(void)send_all("\033[2J", 4);
		rc = converse(p, &r, path, err);
		(void)send_all("\033[2J\033[H", 7);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
	}
	reel_free(&r);
	free(p);
	return rc;
}
