/* SPDX-License-Identifier: Apache-2.0 */
/* Shutting in, each time in a process of its own: what it does cannot be taken back. */
#include "base/shut_in.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

#define GIVEN_FD 20
#define STRAY_FD 21
#define HIGH_FD 500

/* What of this does not hold, as bits. */
enum {
	CORE_IS_WRITTEN = 1 << 0,
	RIGHTS_GROW = 1 << 1,
	IS_DUMPABLE = 1 << 2,
	STANDARD_IS_CLOSED = 1 << 3,
	GIVEN_IS_CLOSED = 1 << 4,
	STRAY_IS_OPEN = 1 << 5,
	STRAY_VARIABLE = 1 << 6,
	LOST_VARIABLE = 1 << 7,
};

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int look(void)
{
	struct rlimit core;
	int wrong = 0;

	if (getrlimit(RLIMIT_CORE, &core) < 0 || core.rlim_cur != 0 || core.rlim_max != 0)
		wrong |= CORE_IS_WRITTEN;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		wrong |= RIGHTS_GROW;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		wrong |= IS_DUMPABLE;
	for (int fd = 0; fd < 3; fd++)
		wrong |= is_open(fd) ? 0 : STANDARD_IS_CLOSED;
	if (!is_open(GIVEN_FD))
		wrong |= GIVEN_IS_CLOSED;
	if (is_open(3) || is_open(STRAY_FD) || is_open(HIGH_FD))
		wrong |= STRAY_IS_OPEN;
	if (getenv("SSLKEYLOGFILE") || getenv("OPENSSL_CONF") ||
	    getenv("HTTPS_PROXY_X") || getenv("LD_LIBRARY_PATH") ||
	    getenv("COUNTERSIGN_FAULT"))
		wrong |= STRAY_VARIABLE;
	if (!getenv("HTTPS_PROXY") ||
	    strcmp(getenv("HTTPS_PROXY"), "http://192.0.2.1") != 0 ||
	    !getenv("NOTIFY_SOCKET"))
		wrong |= LOST_VARIABLE;
	return wrong;
}

static void be_started_badly(void)
{
	const int fds[] = { 3, GIVEN_FD, STRAY_FD, HIGH_FD };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (dup2(STDERR_FILENO, fds[i]) < 0)
			_exit(255);
	}
	close(STDIN_FILENO);
	setenv("SSLKEYLOGFILE", "/tmp/keys", 1);
	setenv("OPENSSL_CONF", "/tmp/openssl.cnf", 1);
	setenv("LD_LIBRARY_PATH", "/tmp", 1);
	setenv("COUNTERSIGN_FAULT", "none:1", 1);
	setenv("HTTPS_PROXY_X", "x", 1);
	setenv("HTTPS_PROXY", "http://192.0.2.1", 1);
	setenv("NOTIFY_SOCKET", "@nowhere", 1);
}

static int wrong_after(const struct shut_in *how)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		be_started_badly();
		shut_in(how);
		_exit(look());
	}
	if (!CHECK_INT(waitpid(pid, &status, 0), pid) || !CHECK(WIFEXITED(status)))
		return 255;
	return WEXITSTATUS(status);
}

static void test_all_is_given_up(void)
{
	const struct shut_in how = { .first_fd = GIVEN_FD, .fd_count = 1 };

	CHECK_INT(wrong_after(&how), 0);
}

static void test_nothing_was_given(void)
{
	const struct shut_in how = { .fd_count = 0 };

	CHECK_INT(wrong_after(&how), GIVEN_IS_CLOSED);
}

static void test_several_were_given(void)
{
	const struct shut_in how = { .first_fd = GIVEN_FD, .fd_count = 2 };

	CHECK_INT(wrong_after(&how), STRAY_IS_OPEN);
}

static void test_debugging(void)
{
	const struct shut_in how = {
		.first_fd = GIVEN_FD,
		.fd_count = 1,
		.is_debugging = true,
	};
	int wrong = wrong_after(&how);

	CHECK_INT(wrong & ~IS_DUMPABLE, STRAY_VARIABLE);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "all is given up", test_all_is_given_up },
		{ "nothing was given", test_nothing_was_given },
		{ "several were given", test_several_were_given },
		{ "debugging", test_debugging },
		{ NULL, NULL },
	};

	return check_run("base/shut_in", tests);
}
