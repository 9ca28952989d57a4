/**
 * @file casefile.h
 * @brief Reads a case of a failure corpus: a bounded JSON reader for one flat object of facts.
 */
#ifndef PTPWARDEN_CONTROL_CASEFILE_H
#define PTPWARDEN_CONTROL_CASEFILE_H

#include "err.h"
#include "fact.h"

enum { CASE_BYTES_MAX = 256 * 1024, CASE_DEPTH_MAX = 16 };

struct casefile {
	char program[32];
	bool has_exit;
	int exit;
	char signal[16];	/**< empty: none */
};

/**
 * Read "program", "exit", "signal" and "facts" of a JSON object; every other
 * member is skipped. Facts may be text, numbers, booleans (yes, no), lists
 * (joined by commas) or null (not known).
 *
 * @return 0, or -EINVAL with the place in `err`; then nothing can be relied on
 */
int casefile_parse(const char *json, size_t len, struct casefile *out, struct facts *facts,
		   struct err *err);

#endif
