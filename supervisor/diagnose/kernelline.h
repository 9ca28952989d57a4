/**
 * @file kernelline.h
 * @brief Which of the kernel's messages are evidence, and about whom. Pure.
 */
#ifndef PTPWARDEN_DIAGNOSE_KERNELLINE_H
#define PTPWARDEN_DIAGNOSE_KERNELLINE_H

#include <stdbool.h>
#include "base.h"

struct catalogue;

/** Whom a line may be about: the run of one unit. */
struct kernel_subject {
	const char *iface;	/**< "eth0", NULL or empty: none */
	const char *bus;	/**< "0000:01:00.0", its interface's device; empty: not known */
	const char *program;	/**< name of the process, as the kernel cuts it */
	int pid;		/**< 0: none */
};

/** Is it one of the catalogue's kernel messages that matter to PTP? @return its id, NULL: no */
const char *kernel_line_id(const struct catalogue *c, const char *text);

/** Is this message about that run, or about the whole machine? */
bool kernel_line_concerns(const char *id, const char *text, const struct kernel_subject *who);

#endif
