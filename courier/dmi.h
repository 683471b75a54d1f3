/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the firmware says of the machine, for telling whose cloud it is of. */
#include "base/slice.h"

/* Whether the file at `path` below `root` ("" for the machine itself) begins with the
 * text; no more than its first 64 bytes are read. */
bool dmi_begins(const char *root, const char *path, struct slice text);
