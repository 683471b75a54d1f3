/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Golden file: read whole, and written anew with --update.
 */
#include "base/buf.h"

/* Appends the whole file; false where it cannot be read, or is longer than the buf takes.
 */
bool golden_read(const char *path, struct buf *content);

bool golden_write(const char *path, struct slice content);
