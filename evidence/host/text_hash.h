/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Hash of a message, by which a text line and its twin in the journal are found.
 */
#include <stdint.h>

#include "base/slice.h"

/* The same for a syslog line and its journal entry: journald drops blanks at both ends,
 * and rsyslog writes control bytes as "#012". Equal in every run. */
uint64_t host_text_hash(struct slice message);
