/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/check.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"

#define REPORT_LIMIT_BYTES ((size_t)64 * 1024)

static struct {
	const char *name;
	CU_pTest test; /* a name left over from another test is not this one's */
} row;

void check_row(const char *name)
{
	row.name = name;
	row.test = CU_get_current_test();
}

static bool passed(const struct check_place *place)
{
	CU_assertImplementation(CU_TRUE, place->line, place->expression, place->file, "",
				CU_FALSE);
	return true;
}

/* `want` and `got` as they are to be shown; no ptr: the expression says it all. */
static bool failed(const struct check_place *place, struct slice want, struct slice got)
{
	AUTO_BUF struct buf report = BUF_LIMIT(REPORT_LIMIT_BYTES);

	if (row.name && row.test == CU_get_current_test())
		buf_append_format(&report, "[%s] ", row.name);
	buf_append_text(&report, place->expression);
	if (want.ptr) {
		buf_append_text(&report, "\n       expected ");
		escape_append(&report, want);
	}
	if (got.ptr) {
		buf_append_text(&report, "\n       got      ");
		escape_append(&report, got);
	}
	CU_assertImplementation(CU_FALSE, place->line, buf_text(&report), place->file, "",
				CU_FALSE);
	return false;
}

bool check_true(const struct check_place *place, bool held)
{
	return held ? passed(place) : failed(place, SLICE("true"), SLICE("false"));
}

bool check_int(const struct check_place *place, int64_t got, int64_t want)
{
	char want_text[32], got_text[32];

	if (got == want)
		return passed(place);
	(void)snprintf(want_text, sizeof(want_text), "%" PRId64, want);
	(void)snprintf(got_text, sizeof(got_text), "%" PRId64, got);
	return failed(place, slice_text(want_text), slice_text(got_text));
}

bool check_uint(const struct check_place *place, uint64_t got, uint64_t want)
{
	char want_text[64], got_text[64];

	if (got == want)
		return passed(place);
	(void)snprintf(want_text, sizeof(want_text), "%" PRIu64 " (0x%" PRIx64 ")", want,
		       want);
	(void)snprintf(got_text, sizeof(got_text), "%" PRIu64 " (0x%" PRIx64 ")", got,
		       got);
	return failed(place, slice_text(want_text), slice_text(got_text));
}

bool check_text(const struct check_place *place, const char *got, const char *want)
{
	if (got == want || (got && want && strcmp(got, want) == 0))
		return passed(place);
	return failed(place, want ? slice_text(want) : SLICE("NULL"),
		      got ? slice_text(got) : SLICE("NULL"));
}

bool check_slice(const struct check_place *place, struct slice got, struct slice want)
{
	if (slice_equal(got, want))
		return passed(place);
	return failed(place, want.len ? want : SLICE("(empty)"),
		      got.len ? got : SLICE("(empty)"));
}

bool check_ok(const struct check_place *place, int result, const struct err *err)
{
	if (result == 0)
		return passed(place);
	return failed(place, SLICE("success"), slice_text(err->text));
}

int check_run(const char *suite, const struct check_test *tests)
{
	CU_pSuite registered;
	unsigned failures;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	registered = CU_add_suite(suite, NULL, NULL);
	for (; registered && tests->name; tests++) {
		if (!CU_add_test(registered, tests->name, tests->run))
			registered = NULL;
	}
	if (!registered) {
		(void)fprintf(stderr, "cannot register '%s': %s\n", suite,
			      CU_get_error_msg());
		CU_cleanup_registry();
		return EXIT_FAILURE;
	}

	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	/* What CU_basic_run_tests() returns does not tell of failed checks. */
	failures = CU_get_number_of_failures();
	if (CU_get_number_of_tests_run() == 0)
		failures = 1;
	CU_cleanup_registry();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
