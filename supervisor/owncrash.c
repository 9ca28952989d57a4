#include "owncrash.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"
#include "notes.h"
#include "supervisor.h"
#include "supervisor/proc.h"
#include "supervisor/record/little.h"

enum { PATH_BYTES = 288, REPORT_BYTES = 1024, STACK_BYTES = 16 * 1024,
       VERSION_OF_TIMES = 1, TIMES_BYTES = 8 + 8 * OWNCRASH_MANY };

/* A signal handler has nobody to hand it anything. */
static struct {
	char path[2][PATH_BYTES];
	char boot[BOOT_ID_SIZE];
	uint8_t stack[STACK_BYTES];
} self;

/* --- in the handler: system calls only --- */

struct line {
	char text[REPORT_BYTES];
	size_t len;
};

static void put(struct line *l, const char *s)
{
	while (*s && l->len < sizeof(l->text))
		l->text[l->len++] = *s++;
}

static void put_number(struct line *l, uint64_t value, unsigned base)
{
	char digits[24];
	unsigned n = sizeof(digits) - 1;

	digits[n] = '\0';
	do
		digits[--n] = "0123456789abcdef"[value % base];
	while (value /= base);
	put(l, digits + n);
}

static uint64_t pc_of(const void *context)
{
#if defined(__x86_64__)
	return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__i386__)
	return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_EIP];
#elif defined(__aarch64__)
	return (uint64_t)((const ucontext_t *)context)->uc_mcontext.pc;
#elif defined(__arm__)
	return (uint64_t)((const ucontext_t *)context)->uc_mcontext.arm_pc;
#else
	return 0;
#endif
}

static uint64_t hex(const char **at)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		if (**at >= '0' && **at <= '9')
			value = value * 16 + (uint64_t)(**at - '0');
		else if (**at >= 'a' && **at <= 'f')
			value = value * 16 + (uint64_t)(**at - 'a' + 10);
		else
			return value;
	}
}

/* One line of /proc/self/maps: "START-END rwxp OFFSET DEV INODE   PATH". */
static bool place_in(const char *map, uint64_t pc, struct line *out)
{
	const char *at = map;
	uint64_t start = hex(&at), end, offset;

	at += *at == '-';
	end = hex(&at);
	if (pc < start || pc >= end)
		return false;
	while (*at == ' ' || *at == 'r' || *at == 'w' || *at == 'x' || *at == 'p' || *at == 's' ||
	       *at == '-')
		at++;
	offset = hex(&at);
	while (*at && *at != '/' && *at != '[')
		at++;
	put(out, *at ? at : "no file");
	put(out, "+0x");
	put_number(out, pc - start + offset, 16);
	return true;
}

static void put_place(struct line *out, uint64_t pc)
{
	char map[512];
	size_t used = 0;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	bool found = false;
	char c;

	/* byte by byte: it happens once, and needs no room */
	while (!found && fd >= 0 && read(fd, &c, 1) == 1) {
		if (c != '\n' && used < sizeof(map) - 1) {
			map[used++] = c;
			continue;
		}
		map[used] = '\0';
		used = 0;
		found = place_in(map, pc, out);
	}
	if (!found)
		put(out, "nowhere in the program");
}

static void write_report(const struct line *l)
{
	for (unsigned i = 0; i < ARRAY_LEN(self.path); i++) {
		int fd = open(self.path[i], O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
		ssize_t n = fd < 0 ? -1 : write(fd, l->text, l->len);

		if (n == (ssize_t)l->len)
			return;
	}
}

static void on_fatal(int sig, siginfo_t *info, void *context)
{
	struct line l = { .len = 0 };
	uint64_t pc = pc_of(context);

	put(&l, "crash ");
	put(&l, self.boot);
	put(&l, " ");
	put_number(&l, (uint64_t)loop_now(), 10);
	put(&l, "\nptpwarden " VERSION " got signal ");
	put_number(&l, (uint64_t)sig, 10);
	put(&l, " code ");
	put_number(&l, (uint64_t)(info->si_code < 0 ? -info->si_code : info->si_code), 10);
	put(&l, info->si_code <= 0 ? " (sent by a process)" : "");
	put(&l, " address 0x");
	put_number(&l, info->si_code > 0 ? (uint64_t)(uintptr_t)info->si_addr : 0, 16);
	put(&l, "\nat ");
	put_place(&l, pc);
	put(&l, "\n");
	write_report(&l);
	/* the action is the default one again: return, and it happens once more */
	if (info->si_code <= 0)
		raise(sig);
}

/* --- before and after --- */

void owncrash_watch(const char *state_dir, const char *run_dir)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS };
	stack_t stack = { .ss_sp = self.stack, .ss_size = sizeof(self.stack) };
	struct sigaction act = { .sa_sigaction = on_fatal,
				 .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };

	snprintf(self.path[0], PATH_BYTES, "%s/crash.new", state_dir);
	snprintf(self.path[1], PATH_BYTES, "%s/crash.new", run_dir);
	(void)proc_boot_id(self.boot);
	(void)sigaltstack(&stack, NULL);
	for (unsigned i = 0; i < ARRAY_LEN(fatal); i++)
		(void)sigaction(fatal[i], &act, NULL);
}

bool owncrash_count(struct owncrash_times *t, uint32_t boot, msec_t at)
{
	if (t->boot != boot)
		*t = (struct owncrash_times){ .boot = boot };
	memmove(&t->at[1], &t->at[0], sizeof(t->at) - sizeof(t->at[0]));
	t->at[0] = at;
	t->n += t->n < OWNCRASH_MANY;
	return t->n == OWNCRASH_MANY && at - t->at[OWNCRASH_MANY - 1] <= OWNCRASH_WITHIN_MS;
}

static struct owncrash_times times_read(const struct state *s)
{
	struct owncrash_times t = { 0 };
	size_t len = 0;
	const uint8_t *p = state_get(s, "crashes", VERSION_OF_TIMES, &len);

	if (!p || len != TIMES_BYTES)
		return t;
	t.boot = (uint32_t)little_get(p, 4);
	t.n = (uint32_t)little_get(p + 4, 4);
	t.n = t.n < OWNCRASH_MANY ? t.n : OWNCRASH_MANY;
	for (unsigned i = 0; i < OWNCRASH_MANY; i++)
		t.at[i] = (msec_t)little_get(p + 8 + 8 * i, 8);
	return t;
}

static void times_save(struct state *s, const struct owncrash_times *t)
{
	uint8_t p[TIMES_BYTES];

	little_put(p, 4, t->boot);
	little_put(p + 4, 4, t->n);
	for (unsigned i = 0; i < OWNCRASH_MANY; i++)
		little_put(p + 8 + 8 * i, 8, (uint64_t)t->at[i]);
	(void)state_save(s, "crashes", VERSION_OF_TIMES, p, sizeof(p), STATE_NOW);
}

/* The report in that folder; it is kept under another name. False: there is none. */
static bool take_report(const char *dir, char *out, size_t size)
{
	char from[PATH_BYTES], to[PATH_BYTES];
	ssize_t n;

	snprintf(from, sizeof(from), "%s/crash.new", dir);
	snprintf(to, sizeof(to), "%s/crash.last", dir);
	n = proc_read(from, out, size);
	if (n < 0)
		return false;
	if (rename(from, to) < 0)
		(void)unlink(from);
	return n > 0;
}

static bool count_report(struct supervisor *sup, const char *report)
{
	struct owncrash_times t = times_read(sup->state);
	const char *end = strchr(report, '\n'), *what = end ? end + 1 : report;
	char boot[BOOT_ID_SIZE];
	long long at;
	bool many;

	notes_self(sup, what);
	log_err("main", "an earlier ptpwarden crashed: %.*s, %s", (int)strcspn(what, "\n"), what,
		strchr(what, '\n') ? strchr(what, '\n') + 1 : "");
	if (sscanf(report, "crash %39s %lld", boot, &at) != 2)
		return false;
	many = owncrash_count(&t, (uint32_t)strtoul(boot, NULL, 16), at);
	times_save(sup->state, &t);
	return many;
}

bool owncrash_last(struct supervisor *sup)
{
	const char *const dirs[] = { sup->plan->state_dir, sup->plan->run_dir };
	char report[REPORT_BYTES + 1];
	bool many = false;

	for (unsigned i = 0; i < ARRAY_LEN(dirs); i++)
		if (take_report(dirs[i], report, sizeof(report)))
			many = count_report(sup, report) || many;
	if (many)
		log_err("main", "ptpwarden crashed %d times within ten minutes: it only supervises now and "
			"analyses nothing; send %s/crash.last to its maintainers, then restart it",
			OWNCRASH_MANY, dirs[0]);
	return many;
}
