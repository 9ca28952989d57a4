/**
 * @file load.h
 * @brief Read ptpwarden's own configuration and make the plan of it.
 *
 * The places, in this order: /etc/ptpwarden.conf, /etc/linuxptp/ptpwarden.conf
 * (below the prefix's sysconfdir), or the path given. After the file itself
 * come the drop-ins: FILE with ".conf" replaced by ".d", all "*.conf" in it,
 * sorted by name. A later setting wins, a new alternate is appended.
 */
#ifndef CONF_LOAD_H
#define CONF_LOAD_H

#include "errors.h"
#include "plan.h"

/** The file that conf_load(NULL, ...) would read, or the first usual place when there is none. */
const char *conf_path(void);

/**
 * @param path NULL: the usual places
 * @param out untouched on failure; free with plan_free()
 * @param errs zeroed first; every error of every file
 * @return 0; -ENOENT: there is no such file; -EACCES: it cannot be read, or
 *	somebody else could write it; -EINVAL: the content is wrong; -ENOMEM.
 *	Each of them with at least one error in `errs`.
 */
int conf_load(const char *path, struct plan **out, struct conf_errors *errs);

/** The plan of a text that is no file: its places have a NULL file. As conf_load(). */
int conf_load_text(const char *text, size_t len, struct plan **out, struct conf_errors *errs);

/**
 * The plan of `run -i IFACE`: ptp4l on that interface with hardware stamping,
 * software stamping as alternate, and phc2sys. It uses the ptp4l.conf of a
 * usual place; without one ptp4l is a client only, so that a box that was
 * never configured does not hand out its own time.
 */
int conf_builtin(const char *interface, struct plan **out, struct conf_errors *errs);

/** Where a running ptpwarden keeps what its clients need. */
struct conf_places {
	char run_dir[256];
	char log_dir[256];
	char state_dir[256];
};

/**
 * The places that a configuration names, or else the presets: also when the
 * rest of it is wrong, or when there is none, since a client must reach a
 * daemon that runs with an older, better one.
 * @param path NULL: the usual places
 * @return 0, or -ENOMEM with empty places
 */
int conf_places(const char *path, struct conf_places *out);

/**
 * What to watch to learn that the configuration changed: the main file first,
 * then the drop-in folder and the files in it.
 * @param path NULL: the usual places
 * @return number of paths written to `out`
 */
unsigned plan_files(const char *path, char out[][256], unsigned max);

#endif
