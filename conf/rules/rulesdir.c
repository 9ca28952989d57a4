#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/paths.h"
#include "rulefile.h"
#include "rulesdir.h"
#include "supervisor/diagnose/diagnose.h"

enum { FILE_BYTES_MAX = 256 * 1024 };

struct rules_dir {
	struct rulefile *rules;
	FILE *say;
	unsigned refused;
};

static void on_error(void *owner, const char *line)
{
	fprintf(((struct rules_dir *)owner)->say, "%s\n", line);
}

static int is_rules(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 6 && e->d_name[0] != '.' && !strcmp(e->d_name + len - 6, ".rules");
}

static void refuse(struct rules_dir *d, const char *path, const char *why)
{
	fprintf(d->say, "%s: %s\n", path, why);
	d->refused++;
}

static void load_file(struct rules_dir *d, const char *path)
{
	char *text = malloc(FILE_BYTES_MAX);
	struct err err = { 0 };
	FILE *in;
	size_t len;

	if (path_trusted(path, &err) < 0) {
		refuse(d, path, err.text);
	} else if (!text || !(in = fopen(path, "re"))) {
		refuse(d, path, strerror(text ? errno : ENOMEM));
	} else {
		len = fread(text, 1, FILE_BYTES_MAX, in);
		fclose(in);
		if (len == FILE_BYTES_MAX)
			refuse(d, path, "is too large for a rules file (256 KiB)");
		else if (rulefile_parse(d->rules, path, text, len, on_error, d))
			d->refused++;
	}
	free(text);
}

static void load_all(struct rules_dir *d, const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, is_rules, alphasort);

	for (int i = 0; i < n; i++) {
		char room[1024];

		if ((size_t)snprintf(room, sizeof(room), "%s/%s", path, names[i]->d_name) < sizeof(room))
			load_file(d, room);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

struct rules_dir *rules_dir_load(const char *path, FILE *say)
{
	struct rules_dir *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->say = say;
	d->rules = rulefile_new(&catalogue_builtin, rulebase_builtin());
	if (d->rules)
		load_all(d, path);
	if (d->rules && !d->refused)
		return d;
	rules_dir_free(d);
	return NULL;
}

const struct rulebase *rules_dir_base(struct rules_dir *dir)
{
	return rulefile_base(dir->rules);
}

void rules_dir_free(struct rules_dir *dir)
{
	if (!dir)
		return;
	rulefile_free(dir->rules);
	free(dir);
}
