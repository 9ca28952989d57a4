/* Can the kernel execute the program, and can its loader load it? */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "questions.h"

enum { SCRIPT_DEPTH = 2 };

static void missing(struct probe *p, const char *path, int rc)
{
	struct probe_stat st;
	bool dangling = p->sys->lstat(path, &st) == 0 && S_ISLNK(st.mode);

	if (rc == -ELOOP)
		note_block(p->out, F_BINARY_LOOP, WAIT_FILE, path, "a loop of symbolic links");
	else if (rc == -ENOENT || rc == -ENOTDIR)
		note_block(p->out, F_BINARY_MISSING, WAIT_FILE, path, "%s",
			   dangling ? "a symbolic link to a file that does not exist" :
				      "no such file");
	else
		note(p->out, F_BINARY_UNREADABLE, FINDING_UNKNOWN, path, "%s", strerror(-rc));
	if (rc == -ENOENT)
		fact(p->out, "exec.errno", "ENOENT");
}

static bool bad_mode(struct probe *p, const char *path, const struct probe_stat *st)
{
	if (!S_ISREG(st->mode))
		note_block(p->out, F_BINARY_NOT_REGULAR, WAIT_FILE, path, "it is a %s",
			   S_ISDIR(st->mode) ? "folder" : "special file");
	else if (st->mode & S_IWOTH)
		note_block(p->out, F_BINARY_WORLD_WRITABLE, WAIT_FILE, path, "mode %04o",
			   st->mode & 07777);
	else if (who_may(&p->who, p->sys, path, MAY_EXEC) == ANSWER_NO)
		note_block(p->out, F_BINARY_NOT_EXECUTABLE, WAIT_FILE, path,
			   "mode %04o, owner %u, the program would run as user %u",
			   st->mode & 07777, st->uid, p->who.account.uid);
	else
		return false;
	return true;
}

static bool bad_mount(struct probe *p, const char *path)
{
	struct probe_mount m;

	if (p->sys->mount(path, &m) < 0 || !m.no_exec)
		return false;
	note_block(p->out, F_BINARY_NOEXEC_MOUNT, WAIT_NONE, path,
		   "its file system is mounted noexec");
	return true;
}

struct emulator {
	const char *machine;
	bool found;
};

static bool on_binfmt(void *owner, const char *name)
{
	struct emulator *e = owner;

	e->found = !strncmp(name, "qemu-", 5) && !strcmp(name + 5, e->machine);
	return !e->found;
}

/* A kernel with binfmt_misc may run foreign programs through an emulator. */
static bool emulated(const struct probe *p, const char *machine)
{
	struct emulator e = { .machine = machine };

	p->sys->list("/proc/sys/fs/binfmt_misc", on_binfmt, &e);
	return e.found;
}

static void foreign(struct probe *p, const char *path, const struct elf *e, const char *here)
{
	const char *name = elf_machine_name(e->machine);
	char number[32];

	snprintf(number, sizeof(number), "machine type %u", e->machine);
	if (!name)
		name = number;
	fact(p->out, "exec.arch", "%s", name);
	if (emulated(p, name))
		note(p->out, F_BINARY_ARCH, FINDING_WARN, path,
		     "built for %s, would run in an emulator on this %s", name, here);
	else
		note_block(p->out, F_BINARY_ARCH, WAIT_FILE, path,
			   "built for %s, this machine is %s", name, here);
}

static void no_interpreter(struct probe *p, const char *path, const char *interp)
{
	struct finding *f = note(p->out, F_BINARY_INTERPRETER, FINDING_BLOCK, path,
				 "it needs %s, which is not there", interp);

	note_clears(f, WAIT_FILE, interp, 0);
	fact(p->out, "exec.missing_interpreter", "%s", interp);
}

static void no_library(struct probe *p, const char *path, const struct libraries *libs)
{
	const char *last = cache_library_path(p->in->cache, path, libs->name);
	struct finding *f = note(p->out, F_BINARY_LIBRARY, FINDING_BLOCK, path,
				 "%s, needed by %s, cannot be found", libs->name, libs->needed_by);

	note_clears(f, WAIT_FILE, last ? last : libs->path, 0);
	snprintf(f->advice, sizeof(f->advice),
		 "Install the package that contains %.60s, or name its folder in /etc/ld.so.conf "
		 "and run ldconfig.", libs->name);
	fact(p->out, "exec.missing_library", "%s", libs->name);
}

/* Found, but of no use: its own file must change. */
static void bad_library(struct probe *p, const char *path, const char *id,
			const struct libraries *libs)
{
	struct finding *f;

	if (libs->verdict == LIBRARIES_DAMAGED)
		f = note(p->out, id, FINDING_BLOCK, path, "%s is damaged or cut short", libs->path);
	else
		f = note(p->out, id, FINDING_BLOCK, path,
			 "%s needs version %s, which %s does not have", libs->needed_by,
			 libs->version, libs->path);
	note_clears(f, WAIT_FILE, libs->path, 0);
}

static void judge_libraries(struct probe *p, const char *path, const struct libraries *libs)
{
	switch (libs->verdict) {
	case LIBRARIES_GOOD:
		cache_keep_program(p->in->cache, p->sys, path,
				   env_library_path(p->in->run->env), libs);
		note(p->out, F_BINARY_OK, FINDING_PASS, path,
		     "found with its loader and libraries");
		break;
	case LIBRARIES_MISSING:
		no_library(p, path, libs);
		break;
	case LIBRARIES_DAMAGED:
		bad_library(p, path, F_BINARY_LIBRARY, libs);
		fact(p->out, "exec.missing_library", "%s", libs->name);
		break;
	case LIBRARIES_OLD:
		bad_library(p, path, F_BINARY_LIBRARY_VERSION, libs);
		break;
	case LIBRARIES_UNSURE:
		note(p->out, F_BINARY_LIBRARY, FINDING_UNKNOWN, path, "%s: %s", libs->name,
		     libs->why);
		break;
	}
}

static void judge_elf(struct probe *p, const char *path, const struct elf *e)
{
	char release[72], here[72];
	struct libraries libs;
	struct probe_stat st;

	p->sys->uname(release, here, sizeof(here));
	if (!elf_runs_on(e, here))
		foreign(p, path, e, here);
	else if (e->type != ET_EXEC && e->type != ET_DYN)
		note_block(p->out, F_BINARY_FORMAT, WAIT_FILE, path,
			   "an object file, not a program");
	else if (!e->interp[0])
		note(p->out, F_BINARY_OK, FINDING_PASS, path, "found; it needs no libraries");
	else if (p->sys->stat(e->interp, &st) == -ENOENT)
		no_interpreter(p, path, e->interp);
	else {
		libraries_resolve(e, path, env_library_path(p->in->run->env), &libs);
		judge_libraries(p, path, &libs);
	}
}

static void judge_file(struct probe *p, const char *path, unsigned depth);

/* The kernel looks at the first line only; spaces after #! are skipped. */
static void judge_script(struct probe *p, const char *path, unsigned depth)
{
	char line[256], *interp;
	struct probe_stat st;
	ssize_t n = read_small(p->sys, path, line, sizeof(line));

	if (n < 0) {
		note(p->out, F_BINARY_UNREADABLE, FINDING_UNKNOWN, path, "%s", strerror((int)-n));
		return;
	}
	if (strncmp(line, "#!", 2)) {
		note_block(p->out, F_BINARY_FORMAT, WAIT_FILE, path, "%s",
			   line[0] ? "neither an ELF program nor a script with #!" : "it is empty");
		return;
	}
	interp = line + 2 + strspn(line + 2, " \t");
	interp[strcspn(interp, " \t\r\n")] = '\0';
	if (p->sys->stat(interp, &st) < 0)
		no_interpreter(p, path, *interp ? interp : "(nothing after #!)");
	else if (depth < SCRIPT_DEPTH)
		judge_file(p, interp, depth + 1);
	else
		note(p->out, F_BINARY_OK, FINDING_PASS, path, "a script of scripts");
}

static void judge_file(struct probe *p, const char *path, unsigned depth)
{
	enum elf_verdict v;
	struct elf e;

	v = elf_open(&e, p->sys, path);
	if (v == ELF_GOOD)
		judge_elf(p, path, &e);
	else if (v == ELF_NO_ELF)
		judge_script(p, path, depth);
	else if (v == ELF_UNREADABLE)
		note(p->out, F_BINARY_UNREADABLE, FINDING_UNKNOWN, path, "%s", strerror(-e.error));
	else
		note_block(p->out, F_BINARY_TRUNCATED, WAIT_FILE, path,
			   v == ELF_TRUNCATED ? "it ends after %llu bytes, before its code does" :
						"its ELF headers make no sense (%llu bytes)",
			   (unsigned long long)e.size);
	elf_close(&e);
}

/* In a sticky folder nobody can replace the files of others. */
static void judge_folders(struct probe *p, const char *path)
{
	char dir[PATH_MAX];
	struct probe_stat st;
	size_t len = strlen(path);

	while (len && len < sizeof(dir)) {
		while (len && path[len - 1] != '/')
			len--;
		len -= len > 0;
		snprintf(dir, sizeof(dir), "%.*s", (int)len, path);
		if (!len || p->sys->stat(dir, &st) < 0 || !S_ISDIR(st.mode) ||
		    !(st.mode & S_IWOTH) || (st.mode & S_ISVTX))
			continue;
		note(p->out, F_BINARY_FOLDER_WRITABLE, FINDING_WARN, path, "%s has mode %04o", dir,
		     st.mode & 07777);
		return;
	}
}

void probe_exec(struct probe *p)
{
	const char *path = p->in->run->program_path;
	struct probe_stat st;
	int rc = p->sys->stat(path, &st);

	if (rc < 0) {
		missing(p, path, rc);
		return;
	}
	if (p->in->full)
		judge_folders(p, path);
	if (bad_mode(p, path, &st) || bad_mount(p, path))
		return;
	if (cache_program(p->in->cache, p->sys, path, env_library_path(p->in->run->env)))
		note(p->out, F_BINARY_OK, FINDING_PASS, path,
		     "unchanged since it was last checked");
	else
		judge_file(p, path, 0);
}
