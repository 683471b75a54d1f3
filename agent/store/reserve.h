/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reserve: disk space put by in a file beside the database, given back when the disk is
 * full, so that what the agent knows by then can still be recorded.
 */
#include <stdbool.h>

/* Makes the file where there is none and there is room enough for both it and the
 * database's growth. That there is not is no error. */
void reserve_keep(const char *folder);

/* Gives the space back; whether there was any. */
bool reserve_release(const char *folder);
