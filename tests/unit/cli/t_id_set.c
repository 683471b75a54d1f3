/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/id_set.h"

#include <stdio.h>

#include "tests/support/check.h"

static void test_counts(void)
{
	struct id_set set;
	char text[32];

	id_set_init(&set);
	for (int round = 0; round < 2; round++) {
		bool as_expected = true;

		for (int i = 0; i < 50000; i++) {
			int len = snprintf(text, sizeof(text), "e-%d", i);
			bool is_new = id_set_add(&set, slice_of(text, (size_t)len));

			as_expected = as_expected && is_new == (round == 0);
		}
		CHECK(as_expected);
		CHECK_UINT(set.count, 50000);
	}
	id_set_release(&set);
	CHECK_UINT(set.count, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "counts", test_counts },
		{ NULL, NULL },
	};

	return check_run("cli/id_set", tests);
}
