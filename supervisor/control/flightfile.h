/**
 * @file flightfile.h
 * @brief Where the flight recorder's file is, and that the newest events are in it.
 */
#ifndef PTPWARDEN_CONTROL_FLIGHTFILE_H
#define PTPWARDEN_CONTROL_FLIGHTFILE_H

#include "args.h"

struct flight_places {
	char ring[512];
	char state_dir[512];	/**< incidents; beside a ring that was named */
};

void flight_places(const struct args *a, struct flight_places *out);

/** A running supervisor has the newest events in memory: have it write them down. */
void flight_have_written(const struct args *a);

#endif
