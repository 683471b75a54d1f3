/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/support/check.h"

static void test_new_is_zeroed(void)
{
	AUTO_FREE char *memory = memory_new(4, 8);
	AUTO_FREE void *nothing = memory_new(0, 8);
	static const char zeros[32];

	CHECK(memcmp(memory, zeros, sizeof(zeros)) == 0);
	CHECK(nothing != NULL);
}

static void test_resize_keeps(void)
{
	AUTO_FREE char *memory = memory_resize(NULL, 4, 1);

	memcpy(memory, "abc", sizeof("abc"));
	memory = memory_resize(memory, 1000, 10);
	CHECK_SLICE(slice_of(memory, 3), SLICE("abc"));
	memory = memory_resize(memory, 0, 10);
	CHECK(memory != NULL);
}

static void test_copy_text(void)
{
	static const struct {
		const char *name;
		struct slice text;
	} rows[] = {
		{ "empty", { NULL, 0 } },
		{ "text", { "abc", 3 } },
		{ "part of a longer one", { "abcdef", 4 } },
		{ "with a NUL inside", { "a\0b", 3 } },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_FREE char *copy = memory_copy_text(rows[i].text);

		check_row(rows[i].name);
		CHECK_SLICE(slice_of(copy, rows[i].text.len), rows[i].text);
		CHECK_INT(copy[rows[i].text.len], '\0');
	}
}

static void resize_too_much(void)
{
	volatile size_t count = SIZE_MAX / 4;
	void *memory = memory_resize(NULL, count, 8);

	free(memory);
}

static void copy_too_much(void)
{
	free(memory_copy_text(slice_of("", SIZE_MAX)));
}

/* The signal that ended a child which ran this; 0 when none did. */
static int signal_from(void (*run)(void))
{
	const struct rlimit no_core = { 0, 0 };
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		run();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_overflow_aborts(void)
{
	CHECK_INT(signal_from(resize_too_much), SIGABRT);
	CHECK_INT(signal_from(copy_too_much), SIGABRT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "new memory is zeroed", test_new_is_zeroed },
		{ "resizing keeps the content", test_resize_keeps },
		{ "copy of a text", test_copy_text },
		{ "sizes that overflow abort", test_overflow_aborts },
		{ NULL, NULL },
	};

	return check_run("base/memory", tests);
}
