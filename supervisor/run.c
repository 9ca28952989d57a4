/* `ptpwarden run`: from the command line to the loop and back. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/errors.h"
#include "conf/load.h"
#include "conf/paths.h"
#include "conf/planmake.h"
#include "log.h"
#include "loop.h"
#include "memory.h"
#include "notes.h"
#include "ops.h"
#include "owncrash.h"
#include "supervisor.h"
#include "supervisor/control/statusfile.h"
#include "supervisor/control/verbs.h"
#include "supervisor/record/pidfile.h"

enum { RC_CONFIG = 78, CONF_PLACES = 24, LOCK_TRIES = 50, LOCK_RETRY_MS = 20 };

struct run_args {
	const char *path, *interface;
	int level;		/* -1: the configuration says it */
	bool quiet;		/* -q: no syslog */
	bool wait_config;
};

static int usage(FILE *out, int rc)
{
	fputs("usage: ptpwarden run [-f FILE | -i INTERFACE] [-l LEVEL] [-q] [--wait-config]\n"
	      "  -f FILE         configuration (default: /etc/ptpwarden.conf)\n"
	      "  -i INTERFACE    no configuration: ptp4l and phc2sys on this interface\n"
	      "  -l LEVEL        log up to this syslog level, 0 to 7\n"
	      "  -m              log to standard error (always done)\n"
	      "  -q              do not log to syslog\n"
	      "  --wait-config   with a bad configuration, wait until it is mended\n", out);
	return rc;
}

static int parse(int argc, char **argv, struct run_args *a)
{
	static const struct option options[] = {
		{ "wait-config", no_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	optind = 1;
	while ((c = getopt_long(argc, argv, "f:i:l:mqh", options, NULL)) != -1) {
		switch (c) {
		case 'f': a->path = optarg; break;
		case 'i': a->interface = optarg; break;
		case 'q': a->quiet = true; break;
		case 'm': break;
		case 'w': a->wait_config = true; break;
		case 'h': usage(stdout, 0); return -1;
		case 'l':
			a->level = optarg[0] >= '0' && optarg[0] <= '7' && !optarg[1]
					   ? optarg[0] - '0' : -1;
			if (a->level >= 0)
				break;
			fprintf(stderr, "ptpwarden run: -l %s: give a level from 0 to 7\n", optarg);
			return RC_USAGE;
		default:
			return usage(stderr, RC_USAGE);
		}
	}
	if (optind < argc || (a->path && a->interface)) {
		fprintf(stderr, "ptpwarden run: %s\n", optind < argc
			? "no further arguments are taken; units are started with `ptpwarden start`"
			: "give a configuration (-f) or an interface (-i), not both");
		return usage(stderr, RC_USAGE);
	}
	return 0;
}

/* 0-2 must be open, or the first sockets that we make would be printed into. */
static void open_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

static int load(const struct run_args *a, struct plan **plan, bool say)
{
	struct conf_errors *errs = malloc(sizeof(*errs));
	int rc;

	if (!errs)
		return -ENOMEM;
	rc = a->interface ? conf_builtin(a->interface, plan, errs)
			  : conf_load(a->path, plan, errs);
	if (rc < 0 && say)
		conf_errors_print(errs, stderr);
	free(errs);
	return rc;
}

/* --- a bad configuration under an init system that would respawn us in a loop ------------- */

struct patience {
	struct ev_loop *loop;
	bool ended;
};

static void on_conf_changed(void *owner)
{
	loop_stop(((struct patience *)owner)->loop);
}

static void on_hurry(struct ev_loop *loop, ev_signal *w, int revents)
{
	loop_stop(loop);
}

static void on_end_of_patience(struct ev_loop *loop, ev_signal *w, int revents)
{
	((struct patience *)w->data)->ended = true;
	loop_stop(loop);
}

/* Until one of the configuration's files changes; false: told to end. */
static bool wait_for_change(const struct run_args *a, struct ev_loop *loop, struct plan **plan)
{
	static char place[CONF_PLACES][256];
	static struct filewatch watch[CONF_PLACES];
	struct patience p = { .loop = loop };
	ev_signal term, intr, hup;
	unsigned n = plan_files(a->path, place, CONF_PLACES);

	ev_signal_init(&term, on_end_of_patience, SIGTERM);
	ev_signal_init(&intr, on_end_of_patience, SIGINT);
	ev_signal_init(&hup, on_hurry, SIGHUP);
	term.data = intr.data = &p;
	ev_signal_start(loop, &hup);
	ev_signal_start(loop, &term);
	ev_signal_start(loop, &intr);
	for (unsigned i = 0; i < n; i++) {
		filewatch_init(&watch[i], loop, on_conf_changed, &p);
		(void)filewatch_start(&watch[i], place[i], NULL);
	}
	/* it may have been mended before the watches stood */
	if (load(a, plan, false) < 0)
		loop_run(loop);
	for (unsigned i = 0; i < n; i++)
		filewatch_stop(&watch[i]);
	ev_signal_stop(loop, &hup);
	ev_signal_stop(loop, &term);
	ev_signal_stop(loop, &intr);
	return !p.ended;
}

static int load_or_wait(const struct run_args *a, struct ev_loop *loop, struct plan **plan)
{
	int rc;

	while (!*plan && (rc = load(a, plan, true)) < 0) {
		if (!a->wait_config || rc == -ENOMEM)
			return rc == -ENOMEM ? RC_SYSTEM : RC_CONFIG;
		log_notice("conf", "waiting until the configuration is mended");
		if (!wait_for_change(a, loop, plan))
			return RC_OK;
	}
	return 0;
}

/* --- running ------------------------------------------------------------------------------ */

static void on_stop_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	log_notice("main", "signal=%d stopping", w->signum);
	supervisor_shutdown(w->data);
}

static void on_hangup(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct err err = { 0 };

	if (supervisor_reload(w->data, &err) < 0)
		log_err("reload", "%s; the configuration in force stays", err.text);
}

/* Signals come before everything else: at a shutdown our own TERM must be seen before the children's ends. */
static void take_signals(struct supervisor *sup)
{
	const struct {
		ev_signal *w;
		int sig;
		void (*fn)(struct ev_loop *, ev_signal *, int);
	} all[] = {
		{ &sup->term, SIGTERM, on_stop_signal },
		{ &sup->intr, SIGINT, on_stop_signal },
		{ &sup->hup, SIGHUP, on_hangup },
	};

	for (unsigned i = 0; i < ARRAY_LEN(all); i++) {
		ev_signal_init(all[i].w, all[i].fn, all[i].sig);
		ev_set_priority(all[i].w, EV_MAXPRI);
		all[i].w->data = sup;
		ev_signal_start(sup->loop, all[i].w);
	}
}

static int make_dirs(const struct plan *plan, struct err *err)
{
	if (mkdir(plan->run_dir, 0755) < 0 && errno != EEXIST)
		return err_set(err, errno, "cannot make %s: %s; make it, or set run_dir to a writable place",
			       plan->run_dir, strerror(errno));
	return path_trusted(plan->run_dir, err);	/* else anybody could put a socket there */
}

/* One that is ending closes its socket before it lets go of the lock. */
static int take_lock(const char *run_dir, struct err *err)
{
	for (unsigned tries = LOCK_TRIES;; tries--) {
		struct err busy = { 0 };
		int fd = pidfile_lock(run_dir, &busy);

		if (fd != -EBUSY || !tries) {
			*err = busy;
			return fd;
		}
		poll(NULL, 0, LOCK_RETRY_MS);
	}
}

/* A unit takes up to five descriptors, a waiting one a dozen more; the usual soft limit is 1024. */
static void allow_descriptors(const struct plan *plan)
{
	rlim_t need = 128 + (rlim_t)plan->units * 16;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need)
		return;
	limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur < need)
		log_warn("main", "only %llu descriptors are allowed, %u units may need %llu",
			 (unsigned long long)limit.rlim_cur, plan->units, (unsigned long long)need);
}

static int open_resources(struct supervisor *sup, struct err *err)
{
	int rc = make_dirs(sup->plan, err);

	if (rc < 0)
		return rc;
	sup->lock_fd = take_lock(sup->plan->run_dir, err);
	if (sup->lock_fd < 0)
		return sup->lock_fd;
	allow_descriptors(sup->plan);
	sup->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (sup->null_fd < 0)
		return err_set(err, errno, "cannot open /dev/null: %s", strerror(errno));
	rc = writer_open(sup->writer,
			 &(struct writer_places){ .run_dir = sup->plan->run_dir,
						  .log_dir = sup->plan->log_dir,
						  .state_dir = sup->plan->state_dir,
						  .ring_size = sup->plan->ring_size }, err);
	return rc < 0 ? rc : memory_open(sup, err);
}

static int start(struct supervisor *sup, struct err *err)
{
	int rc = open_resources(sup, err);

	if (rc == 0)
		rc = supervisor_start(sup, err);
	sup->ops = ops_for(sup);
	if (rc == 0)
		rc = control_server_start(&sup->control, sup->loop, sup->plan, &sup->ops, err);
	return rc;
}

static void end(struct supervisor *sup)
{
	control_server_stop(&sup->control);
	supervisor_free(sup);
	memory_close(sup);
	writer_free(sup->writer);
	if (sup->null_fd >= 0)
		close(sup->null_fd);
	if (sup->lock_fd >= 0)
		close(sup->lock_fd);
}

/* Takes the writer. */
static int supervise(const struct run_args *a, struct ev_loop *loop, struct plan *plan,
		     struct writer *writer)
{
	static struct supervisor sup;	/* large, and there is one */
	struct err err = { 0 };
	int rc;

	sup = (struct supervisor){ .loop = loop, .path = a->path, .interface = a->interface,
				   .level = a->level, .no_syslog = a->quiet, .plan = plan,
				   .writer = writer, .lock_fd = -1, .null_fd = -1 };
	supervisor_log(&sup);
	rc = start(&sup, &err);
	if (rc < 0) {
		fprintf(stderr, "ptpwarden: %s\n", err.text);
		end(&sup);
		return RC_SYSTEM;
	}
	take_signals(&sup);
	log_notice("main", "version=%s units=%u run_dir=%s", VERSION, sup.units, plan->run_dir);
	notes_start(&sup);
	sup.safe = owncrash_last(&sup);
	owncrash_watch(plan->state_dir, plan->run_dir);
	supervisor_start_units(&sup);
	(void)status_write(sup.plan->run_dir, &sup.ops);
	loop_run(loop);
	(void)status_write(sup.plan->run_dir, &sup.ops);
	log_notice("main", "stopped");
	end(&sup);
	return RC_OK;
}

int run_main(int argc, char **argv)
{
	struct run_args a = { .level = -1 };
	struct plan *plan = NULL;
	struct ev_loop *loop;
	struct writer *writer;
	struct err err = { .text = "out of memory" };
	int rc = parse(argc, argv, &a);

	if (rc)
		return rc < 0 ? RC_OK : rc;
#ifdef __GLIBC__
	/* Large blocks as pages of their own: untouched parts cost nothing, freed ones go back. */
	mallopt(M_MMAP_THRESHOLD, 12 * 1024);
#endif
	open_standard_fds();
	umask(022);
	signal(SIGPIPE, SIG_IGN);
	loop = loop_new();
	/* before the configuration fills the memory that it would keep a copy of */
	writer = loop ? writer_new(loop, &err) : NULL;
	if (!writer) {
		fprintf(stderr, "ptpwarden: %s\n", err.text);
		loop_free(loop);
		return RC_SYSTEM;
	}
	rc = load_or_wait(&a, loop, &plan);
	if (rc == 0 && plan)
		rc = supervise(&a, loop, plan, writer);
	else
		writer_free(writer);
	loop_free(loop);
	return rc;
}
