/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/courier_open.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"

#define CHILD_FD 3
#define PROGRAM_BYTES 640
#ifndef LIBEXECDIR
#define LIBEXECDIR "/usr/libexec"
#endif

/* Beside this program where it runs from a build tree, else where it is installed. */
static void find_program(const struct config *config, char *path, size_t size)
{
	char self[512];
	ssize_t len;
	char *slash;

	if (config->courier.program && config->courier.program[0]) {
		snprintf(path, size, "%s", config->courier.program);
		return;
	}
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len > 0) {
		self[len] = '\0';
		slash = strrchr(self, '/');
		if (slash)
			*slash = '\0';
		snprintf(path, size, "%s/countersign-courier", self);
		if (access(path, X_OK) == 0)
			return;
	}
	snprintf(path, size, "%s/countersign-courier", LIBEXECDIR);
}

__attribute__((noreturn)) static void become_courier(const char *program,
						     const char *config_path, int fd)
{
	char fd_text[] = "3";
	const char *arguments[6] = { program, "--fd", fd_text };
	sigset_t none;

	if (config_path) {
		arguments[3] = "--config";
		arguments[4] = config_path;
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fd == CHILD_FD)
		fcntl(fd, F_SETFD, 0);
	else if (dup2(fd, CHILD_FD) < 0)
		_exit(126);
	execv(program, (char *const *)(uintptr_t)arguments);
	_exit(127);
}

static int start_child(const struct courier_place *place, int *ret_fd, pid_t *ret_pid,
		       struct err *err)
{
	char program[PROGRAM_BYTES];
	int pair[2];
	pid_t pid;

	find_program(place->config, program, sizeof(program));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_system(err, errno, "cannot make a socket pair");
	pid = fork();
	if (pid == 0)
		become_courier(program, place->config_path, pair[1]);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return err_system(err, errno, "cannot start '%s'", program);
	}
	*ret_pid = pid;
	*ret_fd = pair[0];
	return 0;
}

static bool put_address(const struct config *config, struct sockaddr_un *address)
{
	struct slice folder = slice_text(config->agent.runtime_dir);
	int length;

	while (slice_take_suffix(&folder, SLICE("/")))
		;
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	length = snprintf(address->sun_path, sizeof(address->sun_path), "%.*s%s",
			  SLICE_ARG(folder), COURIER_SOCKET_SUFFIX);
	return length >= 0 && (size_t)length < sizeof(address->sun_path);
}

bool courier_open_starts_child(const struct config *config)
{
	struct sockaddr_un address;
	char program[PROGRAM_BYTES];

	if (config->courier.mode != COURIER_AUTO)
		return config->courier.mode == COURIER_CHILD;
	if (put_address(config, &address) && access(address.sun_path, F_OK) == 0)
		return false;
	find_program(config, program, sizeof(program));
	return access(program, X_OK) == 0;
}

static int connect_socket(const struct config *config, int *ret_fd, struct err *err)
{
	struct sockaddr_un address;
	AUTO_CLOSE int fd = -1;

	if (!put_address(config, &address))
		return err_set(err, ERR_LIMIT, "the runtime folder's name is too long");
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_system(err, errno, "cannot reach '%s'", address.sun_path);
	*ret_fd = take_fd(&fd);
	return 0;
}

int courier_open(const struct courier_place *place, int *ret_fd, pid_t *ret_pid,
		 struct err *err)
{
	const struct config *config = place->config;

	switch (config->courier.mode) {
	case COURIER_SOCKET:
		return connect_socket(config, ret_fd, err);
	case COURIER_CHILD:
		return start_child(place, ret_fd, ret_pid, err);
	case COURIER_AUTO:
		if (connect_socket(config, ret_fd, err) == 0)
			return 0;
		return place->may_start_child ? start_child(place, ret_fd, ret_pid, err)
					      : -1;
	case COURIER_OFF:
		break;
	}
	return err_set(err, ERR_MISSING, "the courier is off by configuration");
}
