#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"
#include "paths.h"
#include "planbuild.h"
#include "planmake.h"
#include "text.h"
#include "value.h"

enum { FILE_SIZE_MAX = 256 * 1024, DROP_INS_MAX = 64 };

/*
 * With the constants that ptp4l takes for software stamping its servo collects
 * for 16 s before it steers at all; with these it reaches SLAVE 3 s after the
 * first sync of one a second (measured with 3.1.1), still well damped.
 */
#define SOFTWARE_SERVO "--pi_proportional_const 0.2 --pi_integral_const 0.02"

static const char *const places[] = {
	SYSCONFDIR "/ptpwarden.conf",
	SYSCONFDIR "/linuxptp/ptpwarden.conf",
};

/* The user's own ptp4l.conf, for the built-in plan. */
static const char *const ptp4l_places[] = {
	SYSCONFDIR "/linuxptp/ptp4l.conf",
	SYSCONFDIR "/ptp4l.conf",
	SYSCONFDIR "/linuxptp.cfg",
};

const char *conf_path(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(places); i++)
		if (access(places[i], F_OK) == 0)
			return places[i];
	return places[0];
}

/* Files that were read: their texts are quoted by errors until the plan is made. */
struct loading {
	struct plan *plan;
	struct draft draft;
	struct conf_errors *errs;
	unsigned texts;
	char *text[1 + DROP_INS_MAX];
};

static int refuse_file(struct loading *l, const char *path, int code, const char *text)
{
	struct conf_where where = { .file = path };

	conf_errors_add(l->errs, where, "%s", text);
	return -code;
}

static int read_all(struct loading *l, int fd, const char *path, size_t *len)
{
	char *text = malloc(FILE_SIZE_MAX + 1);
	char *fitted;

	if (!text)
		return -ENOMEM;
	l->text[l->texts++] = text;
	*len = 0;
	while (*len <= FILE_SIZE_MAX) {
		ssize_t n = read(fd, text + *len, FILE_SIZE_MAX + 1 - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse_file(l, path, errno, strerror(errno));
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	if (*len > FILE_SIZE_MAX)
		return refuse_file(l, path, EINVAL, "this file is larger than 256K");
	fitted = realloc(text, *len + 1);
	if (fitted)
		l->text[l->texts - 1] = fitted;
	return 0;
}

static int open_file(struct loading *l, const char *path, int *fd)
{
	struct err err = { 0 };
	struct stat st;
	int rc = path_trusted(path, &err);

	if (rc)
		return refuse_file(l, path, -rc, err.text);
	/* O_NONBLOCK: a FIFO in this place must not hold us */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return refuse_file(l, path, errno, strerror(errno));
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	close(*fd);
	return refuse_file(l, path, EINVAL, "this is no regular file");
}

static int load_file(struct loading *l, const char *path)
{
	struct settings_source src = { .file = arena_text(plan_arena(l->plan), path) };
	int fd = -1, rc = src.file ? open_file(l, src.file, &fd) : -ENOMEM;

	if (rc)
		return rc;
	rc = read_all(l, fd, src.file, &src.len);
	close(fd);
	if (rc)
		return rc;
	src.text = l->text[l->texts - 1];
	draft_read(&l->draft, &src);
	return 0;
}

/* FILE with ".conf" replaced by ".d"; a name without ".conf" gets ".d" appended. */
static int drop_in_folder(const char *path, char *out, size_t size)
{
	size_t len = strlen(path), end = strlen(".conf");

	if (len > end && !strcmp(path + len - end, ".conf"))
		len -= end;
	return snprintf(out, size, "%.*s.d", (int)len, path) < (int)size ? 0 : -ENAMETOOLONG;
}

static int is_drop_in(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && !strcmp(d->d_name + len - 5, ".conf");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

typedef int drop_in_fn(void *owner, const char *path);

/* Call `fn` for each drop-in in order, until it fails. Without the folder there are none. */
static int each_drop_in(const char *path, drop_in_fn *fn, void *owner)
{
	char folder[PATH_MAX], file[PATH_MAX];
	struct dirent **names;
	int rc = drop_in_folder(path, folder, sizeof(folder));
	int n = rc ? 0 : scandir(folder, &names, is_drop_in, by_bytes);

	if (n < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		int len = snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);

		if (!rc && len < (int)sizeof(file))
			rc = fn(owner, file);
		free(names[i]);
	}
	if (n)
		free(names);
	return rc;
}

static int load_drop_in(void *owner, const char *path)
{
	struct loading *l = owner;
	int rc;

	if (l->texts > DROP_INS_MAX) {
		refuse_file(l, path, E2BIG, "more than 64 drop-in files");
		return -E2BIG;
	}
	rc = load_file(l, path);
	/* its error is said; go on to say those of the others too */
	return rc == -ENOMEM ? rc : 0;
}

static int start_loading(struct loading *l, struct conf_errors *errs)
{
	memset(errs, 0, sizeof(*errs));
	*l = (struct loading){ .plan = plan_new(), .errs = errs };
	if (!l->plan)
		return -ENOMEM;
	l->draft = (struct draft){ .arena = plan_arena(l->plan), .errs = errs };
	return 0;
}

static int no_memory(struct conf_errors *errs)
{
	conf_errors_add(errs, (struct conf_where){ 0 }, "there is no memory for the configuration");
	return -ENOMEM;
}

static void free_texts(struct loading *l)
{
	while (l->texts)
		free(l->text[--l->texts]);
}

static int finish_loading(struct loading *l, int rc, struct plan **out)
{
	if (!rc)
		rc = plan_build(l->plan, &l->draft);
	else if (l->draft.file_no)
		(void)plan_build(l->plan, &l->draft);	/* for the errors that it finds */
	if (!rc && l->errs->n)
		rc = -EINVAL;
	free_texts(l);
	conf_errors_sort(l->errs);
	if (rc) {
		plan_free(l->plan);
		return rc == -ENOMEM ? no_memory(l->errs) : rc;
	}
	*out = l->plan;
	return 0;
}

static int missing(struct loading *l, const char *path, bool usual)
{
	struct conf_error *e = conf_errors_add(l->errs, (struct conf_where){ .file = path },
					       "there is no configuration file");

	if (usual)
		snprintf(e->accepted, sizeof(e->accepted),
			 "%s or %s; \"ptpwarden run -i IFACE\" needs none, \"ptpwarden import\" "
			 "makes one",
			 places[0], places[1]);
	return -ENOENT;
}

static int load_files(struct loading *l, const char *file, bool usual)
{
	int rc;

	l->plan->file = arena_text(plan_arena(l->plan), file);
	if (!l->plan->file)
		return -ENOMEM;
	if (access(file, F_OK) != 0 && errno == ENOENT)
		return missing(l, file, usual);
	rc = load_file(l, file);
	return rc ? rc : each_drop_in(file, load_drop_in, l);
}

int conf_load(const char *path, struct plan **out, struct conf_errors *errs)
{
	struct loading l;

	if (start_loading(&l, errs))
		return no_memory(errs);
	return finish_loading(&l, load_files(&l, path ? path : conf_path(), !path), out);
}

int conf_places(const char *path, struct conf_places *out)
{
	struct conf_errors *errs = malloc(sizeof(*errs));
	struct loading l;
	int rc = errs ? start_loading(&l, errs) : -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (!rc) {
		(void)load_files(&l, path ? path : conf_path(), !path);
		rc = plan_build_own(l.plan, &l.draft);
		if (!rc) {
			snprintf(out->run_dir, sizeof(out->run_dir), "%s", l.plan->run_dir);
			snprintf(out->log_dir, sizeof(out->log_dir), "%s", l.plan->log_dir);
			snprintf(out->state_dir, sizeof(out->state_dir), "%s", l.plan->state_dir);
		}
		free_texts(&l);
		plan_free(l.plan);
	}
	free(errs);
	return rc;
}

static const char *users_ptp4l_conf(void)
{
	for (unsigned i = 0; i < ARRAY_LEN(ptp4l_places); i++)
		if (access(ptp4l_places[i], R_OK) == 0)
			return ptp4l_places[i];
	return NULL;
}

int conf_load_text(const char *text, size_t len, struct plan **out, struct conf_errors *errs)
{
	struct loading l;

	if (start_loading(&l, errs))
		return no_memory(errs);
	draft_read(&l.draft, &(struct settings_source){ .text = text, .len = len });
	return finish_loading(&l, 0, out);
}

static int refuse_interface(const char *interface, struct conf_errors *errs)
{
	struct value_rule rule = { .kind = VALUE_INTERFACE };
	struct conf_error *e;

	memset(errs, 0, sizeof(*errs));
	e = conf_errors_add(errs, (struct conf_where){ 0 }, "%s is no interface's name", interface);
	value_accepted(&rule, e->accepted, sizeof(e->accepted));
	return -EINVAL;
}

int conf_builtin(const char *interface, struct plan **out, struct conf_errors *errs)
{
	const char *file = users_ptp4l_conf();
	char room[1024];
	struct text t = text_in(room, sizeof(room));

	if (!value_interface_ok(interface))
		return refuse_interface(interface, errs);
	text_add(&t, "[unit ptp4l]\ncommand = ptp4l %s%s -i %%i\ninterface = %s\n",
		 file ? "-f " : "-s", file ? file : "", interface);
	text_add(&t, "[alternate ptp4l software]\nargs = -S %s\n", SOFTWARE_SERVO);
	text_add(&t, "[unit phc2sys]\ncommand = phc2sys -s %%i -w\nfollows = ptp4l\n");
	return conf_load_text(room, t.len, out, errs);
}

struct listing {
	char (*out)[256];
	unsigned n, max;
};

static int list(void *owner, const char *path)
{
	struct listing *l = owner;

	if (l->n < l->max && strlen(path) < sizeof(l->out[0]))
		strcpy(l->out[l->n++], path);
	return 0;
}

unsigned plan_files(const char *path, char out[][256], unsigned max)
{
	struct listing l = { .out = out, .max = max };
	const char *file = path ? path : conf_path();
	char folder[PATH_MAX];

	list(&l, file);
	if (!drop_in_folder(file, folder, sizeof(folder)))
		list(&l, folder);
	(void)each_drop_in(file, list, &l);
	return l.n;
}
