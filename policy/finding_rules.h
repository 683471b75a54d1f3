/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The rules that findings have, and how plainly a suppression has to name each: those
 * that say that the evidence itself was tampered with are not silenced by a pattern that
 * happens to fit them.
 */
#include <stddef.h>

#include "base/slice.h"

enum finding_standing {
	FINDING_LITERALLY,   /* only where its name is written out */
	FINDING_WHERE_NAMED, /* only where `rule` names it, be it by a pattern */
	FINDING_BY_DEFAULT,  /* also where a suppression says nothing of rules */
};

/* The rules' words one after the other; NULL past the last. */
const char *finding_rule_at(size_t index);

/* A rule that is not known has to be written out. */
enum finding_standing finding_rule_standing(struct slice rule);
