/**
 * @file terminal.h
 * @brief What standard output can show.
 */
#ifndef PTPWARDEN_CONTROL_TERMINAL_H
#define PTPWARDEN_CONTROL_TERMINAL_H

#include <stdbool.h>

/** It is a terminal, a capable one, and the user has not set NO_COLOR. */
bool terminal_has_colour(void);

#endif
