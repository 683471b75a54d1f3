/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What can be said of each [sink NAME] as a whole: what its type takes and needs, and
 * what of it is by default.
 */
#include "config/read.h"

/* Sets what was not set and depends on the type: format, records. */
void sinks_fill_in(struct config *config);

/* Tells every setting that does not go with its sink's type, or is missing. */
void sinks_check(struct config_reading *reading);
