/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define CUT_MARK "..."

/* A text being put together outside of err->text, which the arguments may point into. */
struct draft {
	char text[sizeof(((struct err *)0)->text)];
	size_t len;
	bool full;
};

static void draft_mark_cut(struct draft *draft)
{
	size_t last = sizeof(draft->text) - sizeof(CUT_MARK);

	memcpy(draft->text + last, CUT_MARK, sizeof(CUT_MARK));
	draft->len = sizeof(draft->text) - 1;
	draft->full = true;
}

static void draft_add(struct draft *draft, const char *text)
{
	size_t len = strlen(text);

	if (draft->full)
		return;
	if (len >= sizeof(draft->text) - draft->len) {
		memcpy(draft->text + draft->len, text,
		       sizeof(draft->text) - 1 - draft->len);
		draft_mark_cut(draft);
		return;
	}
	memcpy(draft->text + draft->len, text, len + 1);
	draft->len += len;
}

static void draft_start(struct draft *draft, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void draft_start(struct draft *draft, const char *format, va_list args)
{
	int len = vsnprintf(draft->text, sizeof(draft->text), format, args);

	draft->full = false;
	if (len < 0) {
		draft->len = 0;
		draft->text[0] = '\0';
	} else if ((size_t)len >= sizeof(draft->text)) {
		draft_mark_cut(draft);
	} else {
		draft->len = (size_t)len;
	}
}

static void draft_store(const struct draft *draft, struct err *err)
{
	memcpy(err->text, draft->text, draft->len + 1);
}

int err_set(struct err *err, enum err_code code, const char *format, ...)
{
	struct draft draft = { .len = 0 };
	va_list args;

	va_start(args, format);
	draft_start(&draft, format, args);
	va_end(args);

	err->code = code;
	draft_store(&draft, err);
	return -1;
}

int err_system(struct err *err, int errno_value, const char *format, ...)
{
	const char *words = strerror(errno_value);
	char first[2] = { words[0], '\0' };
	struct draft draft = { .len = 0 };
	va_list args;

	va_start(args, format);
	draft_start(&draft, format, args);
	va_end(args);

	/* Only the first letter: "No CSI structure available" keeps its CSI. */
	if (first[0] >= 'A' && first[0] <= 'Z')
		first[0] = (char)(first[0] - 'A' + 'a');
	draft_add(&draft, ": ");
	draft_add(&draft, first);
	draft_add(&draft, words[0] ? words + 1 : "");

	err->code = ERR_SYSTEM;
	draft_store(&draft, err);
	return -1;
}

int err_add(struct err *err, const char *format, ...)
{
	struct draft draft = { .len = 0 };
	va_list args;

	va_start(args, format);
	draft_start(&draft, format, args);
	va_end(args);

	draft_add(&draft, ": ");
	draft_add(&draft, err->text);
	draft_store(&draft, err);
	return -1;
}
