/* SPDX-License-Identifier: Apache-2.0 */
/* The filter, each time in a process of its own: what it forbids stays forbidden. */
#include "base/call_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

/* Whether a call failed for no right. */
static bool is_forbidden(long result)
{
	return result < 0 && errno == EPERM;
}

static bool is_exec_forbidden(void)
{
	char *const words[] = { (char *)(uintptr_t) "true", NULL };
	char *const none[] = { NULL };

	return is_forbidden(execve("/bin/true", words, none));
}

static bool is_exec_of_memory_forbidden(void)
{
	char *const none[] = { NULL };
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && is_forbidden(syscall(SYS_execveat, fd, "", none, none, 0x1000));
}

static bool is_memory_file_forbidden(void)
{
	return is_forbidden(syscall(SYS_memfd_create, "x", 0));
}

static bool is_ptrace_forbidden(void)
{
	return is_forbidden(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

static bool is_reading_forbidden(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return is_forbidden(
		syscall(SYS_process_vm_readv, getpid(), &here, 1L, &there, 1L, 0L));
}

/* What every daemon does must go on. */
static bool is_forking_forbidden(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status);
}

static bool is_opening_forbidden(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	return fd < 0 || write(fd, "x", 1) != 1;
}

static bool is_exec_of_child_forbidden(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(is_exec_forbidden() ? 42 : 1);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 42;
}

static const struct {
	const char *name;
	bool (*look)(void);
	bool always, of_courier, unless_debugging;
} rows[] = {
	{ .name = "exec", .look = is_exec_forbidden, .always = true },
	{ .name = "exec of a descriptor",
	  .look = is_exec_of_memory_forbidden,
	  .always = true },
	{ .name = "exec in a child", .look = is_exec_of_child_forbidden, .always = true },
	{ .name = "reading memory", .look = is_reading_forbidden, .always = true },
	{ .name = "memory file", .look = is_memory_file_forbidden, .of_courier = true },
	{ .name = "fork", .look = is_forking_forbidden },
	{ .name = "open and write", .look = is_opening_forbidden },
	/* last: one that is traced stops at its next signal */
	{ .name = "ptrace", .look = is_ptrace_forbidden, .unless_debugging = true },
};

static int try_all(const struct call_filter *how)
{
	struct err err;

	if (call_filter_install(how, &err) < 0)
		return 255;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		bool want = rows[i].always ||
			    (rows[i].of_courier && !how->keeps_memory_files) ||
			    (rows[i].unless_debugging && !how->is_debugging);

		if (rows[i].look() != want)
			return (int)i + 1;
	}
	return 0;
}

/* In a child: the number of the row that is not as it should be. */
static void check(const struct call_filter *how)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(try_all(how));
	if (!CHECK_INT(waitpid(pid, &status, 0), pid) || !CHECK(WIFEXITED(status)))
		return;
	CHECK_INT(WEXITSTATUS(status), 0);
}

static void test_courier(void)
{
	check(&(struct call_filter){ .is_debugging = false });
}

static void test_daemon(void)
{
	check(&(struct call_filter){ .keeps_memory_files = true });
}

static void test_debugging(void)
{
	check(&(struct call_filter){ .is_debugging = true });
}

/* Nothing was forbidden before. */
static void test_nothing_installed(void)
{
	CHECK(!is_memory_file_forbidden());
	CHECK(!is_reading_forbidden());
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "courier", test_courier },
		{ "daemon", test_daemon },
		{ "debugging", test_debugging },
		{ "nothing installed", test_nothing_installed },
		{ NULL, NULL },
	};

	return check_run("base/call_filter", tests);
}
