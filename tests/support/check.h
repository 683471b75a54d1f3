/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Checks for unit tests over CUnit: a failure names the row, the expression, what was
 * expected and what came. All of them return whether the check held and go on when it did
 * not. Each macro evaluates its arguments once.
 */
#include <inttypes.h>

#include "base/err.h"
#include "base/slice.h"

struct check_test {
	const char *name;
	void (*run)(void);
};

/* Runs the tests, an array that ends with a row of NULLs. Returns what main() returns: 0
 * when there was no failure. */
int check_run(const char *suite, const struct check_test *tests);

/* Names the row for the checks that follow in this test; borrowed until its end. */
void check_row(const char *name);

struct check_place {
	const char *file;
	unsigned line;
	const char *expression;
};

#define CHECK_PLACE(expression) \
	(&(const struct check_place){ __FILE__, __LINE__, expression })

bool check_true(const struct check_place *place, bool held);
bool check_int(const struct check_place *place, int64_t got, int64_t want);
bool check_uint(const struct check_place *place, uint64_t got, uint64_t want);
bool check_text(const struct check_place *place, const char *got, const char *want);
bool check_slice(const struct check_place *place, struct slice got, struct slice want);
bool check_ok(const struct check_place *place, int result, const struct err *err);

#define CHECK(condition) check_true(CHECK_PLACE(#condition), (condition))
#define CHECK_INT(got, want) check_int(CHECK_PLACE(#got), (got), (want))
#define CHECK_UINT(got, want) check_uint(CHECK_PLACE(#got), (got), (want))

/* Terminated strings; NULL equals only NULL. */
#define CHECK_TEXT(got, want) check_text(CHECK_PLACE(#got), (got), (want))

#define CHECK_SLICE(got, want) check_slice(CHECK_PLACE(#got), (got), (want))

/* That a call returned 0; if not, shows the error's text. */
#define CHECK_OK(result, err) check_ok(CHECK_PLACE(#result), (result), (err))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
