/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ids: the first 16 bytes of SHA-256 over a kind and its fields, joined by NUL, times as
 * decimal microseconds since 1970 UTC. The same said again gives the same id, on any
 * machine.
 */
#include "base/digest.h"
#include "correlator/verdict.h"

struct id_maker {
	struct sha256 sha256;
};

/* Starts an id of this kind ("ssh", "forged-log-line" ...). */
void id_start(struct id_maker *maker, const char *kind);
void id_add(struct id_maker *maker, struct slice field);
void id_add_number(struct id_maker *maker, int64_t number);
struct id id_finish(struct id_maker *maker);
