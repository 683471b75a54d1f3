/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shut_in.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST_FD 3
/* Where the kernel cannot close a range: as many as a service is given. */
#define FD_MOST 65536

extern char **environ;

/* What systemd tells a service, the zone, and the proxy. Everything else would only steer
 * libraries: where they look for certificates and configuration, and into which file the
 * keys of connections go. */
static const char *const kept_variables[] = {
	"PATH",		  "TZ",
	"TZDIR",	  "https_proxy",
	"HTTPS_PROXY",	  "no_proxy",
	"NO_PROXY",	  "NOTIFY_SOCKET",
	"WATCHDOG_PID",	  "WATCHDOG_USEC",
	"LISTEN_PID",	  "LISTEN_FDS",
	"LISTEN_FDNAMES", "CREDENTIALS_DIRECTORY",
	"INVOCATION_ID",  "JOURNAL_STREAM",
};
/* What sanitizers and the tests' own build go by. */
static const char *const debugging_prefixes[] = {
	"ASAN_",
	"LSAN_",
	"UBSAN_",
	"COUNTERSIGN_",
};

bool shut_in_is_debugging(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(FAULT_POINTS)
	return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	return true;
#else
	return false;
#endif
#else
	return false;
#endif
}

/* A file that is opened later is not to be anybody's standard output. */
static void fill_standard(void)
{
	for (int fd = 0; fd < FIRST_FD; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			abort();
	}
}

/* Linux 5.9 has it, and not every library. 0, or -1 with errno. */
static int close_range_at_once(unsigned from, unsigned until)
{
#ifdef SYS_close_range
	return (int)syscall(SYS_close_range, from, until, 0);
#else
	(void)from;
	(void)until;
	errno = ENOSYS;
	return -1;
#endif
}

static void close_between(unsigned from, unsigned until)
{
	if (from > until || close_range_at_once(from, until) == 0)
		return;
	if (errno != ENOSYS && errno != EPERM)
		abort();
	for (unsigned fd = from; fd <= until && fd < FD_MOST; fd++)
		close((int)fd);
}

static void close_others(const struct shut_in *how)
{
	if (how->fd_count <= 0 || how->first_fd < FIRST_FD) {
		close_between(FIRST_FD, INT_MAX);
		return;
	}
	close_between(FIRST_FD, (unsigned)how->first_fd - 1);
	close_between((unsigned)how->first_fd + (unsigned)how->fd_count, INT_MAX);
}

/* Whether `entry`, as "NAME=value", is of one of these names; where `is_prefix`, of one
 * that begins so. */
static bool is_of(const char *entry, const char *const *names, size_t count,
		  bool is_prefix)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names[i]);

		if (strncmp(entry, names[i], len) == 0 &&
		    (is_prefix || entry[len] == '='))
			return true;
	}
	return false;
}

static void forget_variables(bool is_debugging)
{
	size_t kept = 0;

	if (!environ)
		return;
	for (char **entry = environ; *entry; entry++) {
		if (is_of(*entry, kept_variables, COUNT_OF(kept_variables), false) ||
		    (is_debugging && is_of(*entry, debugging_prefixes,
					   COUNT_OF(debugging_prefixes), true)))
			environ[kept++] = *entry;
	}
	environ[kept] = NULL;
}

void shut_in(const struct shut_in *how)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		abort();
	/* A sanitizer looks for leaks as a debugger does. */
	if (!how->is_debugging && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		abort();
	fill_standard();
	close_others(how);
	forget_variables(how->is_debugging);
}
