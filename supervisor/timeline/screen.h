/**
 * @file screen.h
 * @brief The timeline on a terminal, full-screen, until the user leaves.
 */
#ifndef PTPWARDEN_TIMELINE_SCREEN_H
#define PTPWARDEN_TIMELINE_SCREEN_H

#include "err.h"

/**
 * Standard input and output must be a terminal. It is put back as it was,
 * also after a signal that ends us.
 * @param path the ring file; read again when the user asks for it
 * @param place where to begin, -1: the newest event
 * @return 0 or -errno
 */
int screen_run(const char *path, long place, struct err *err);

#endif
