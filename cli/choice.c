/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/choice.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

int choice_verdict(const char *value, int *ret_verdict, struct err *err)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (strcmp(verdict_word((enum verdict_kind)i), value) == 0) {
			*ret_verdict = i;
			return 0;
		}
	}
	return err_set(
		err, ERR_USAGE,
		"--verdict: there is no '%.64s': pending, authorized, unauthorized, "
		"unverifiable and not-judged are there",
		value);
}

int choice_path(const char *value, int *ret_path, struct err *err)
{
	for (int i = 0; i < PATH_COUNT; i++) {
		if (i != PATH_NONE && strcmp(path_word((enum path)i), value) == 0) {
			*ret_path = i;
			return 0;
		}
	}
	return err_set(err, ERR_USAGE, "--path: there is no '%.64s'", value);
}

int choice_color(const char *value, enum color_mode *ret_mode, struct err *err)
{
	static const struct {
		const char *word;
		enum color_mode mode;
	} modes[] = {
		{ "auto", COLOR_AUTO },
		{ "always", COLOR_ALWAYS },
		{ "never", COLOR_NEVER },
	};

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		if (strcmp(modes[i].word, value) == 0) {
			*ret_mode = modes[i].mode;
			return 0;
		}
	}
	return err_set(err, ERR_USAGE,
		       "--color: '%.64s' is none of auto, always and never", value);
}
