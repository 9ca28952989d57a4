/**
 * @file rulesdir.h
 * @brief The user's own rules: every *.rules file of a folder on top of the built-in ones.
 */
#ifndef CONF_RULESDIR_H
#define CONF_RULESDIR_H

#include <stdio.h>

struct rulebase;
struct rules_dir;

/**
 * Read the files sorted by name. A file that others could have written, or
 * that has an error, is named with file:line on `say` and adds nothing.
 *
 * @return NULL when a file was refused or memory ran out; an empty or absent
 *	folder gives the built-in rules
 */
struct rules_dir *rules_dir_load(const char *path, FILE *say);

/** Built-in and own rules together; valid until rules_dir_free(). */
const struct rulebase *rules_dir_base(struct rules_dir *dir);

void rules_dir_free(struct rules_dir *dir);

#endif
