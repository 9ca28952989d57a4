/**
 * @file rulefile.h
 * @brief Reads rule files: the same parser at build time and for rules.d at run time.
 *
 * The format is described in ptpwarden-rules(5). All errors are collected with
 * file and line; a file with an error adds nothing.
 */
#ifndef CONF_RULEFILE_H
#define CONF_RULEFILE_H

#include <stddef.h>
#include "err.h"
#include "supervisor/diagnose/rulebase.h"

/** Rules under construction; grows on the heap. */
struct rulefile;

/** Start from nothing, or from a copy of `base`. NULL without memory. */
struct rulefile *rulefile_new(const struct catalogue *catalogue, const struct rulebase *base);
void rulefile_free(struct rulefile *rf);

/**
 * Read one text.
 * @param name what messages call it
 * @param report called for each error with "NAME:LINE: what is wrong"; may be NULL
 * @return number of errors; then the rules are as they were before
 */
unsigned rulefile_parse(struct rulefile *rf, const char *name, const char *text, size_t len,
			void (*report)(void *owner, const char *line), void *owner);

/** From now on each cause must say what to do: `action` is needed. For the built-in rules. */
void rulefile_be_strict(struct rulefile *rf);

/** What was read so far; valid until the next parse or rulefile_free(). */
const struct rulebase *rulefile_base(struct rulefile *rf);

#endif
