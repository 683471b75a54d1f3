/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "agent/control_request.h"
#include "base/cleanup.h"
#include "base/exact_mode.h"
#include "base/fault.h"

/* Waiting to be accepted; more get "try again", which the command line does. */
#define BACKLOG 64

/* The folder must be ours or root's, and nobody else's to write: whoever can put a socket
 * of their own there answers in the agent's name. */
static int open_folder(const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (mkdir_exact(path, 0755) < 0 && errno != EEXIST)
		return err_system(err, errno, "cannot make '%s'", path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (status.st_uid != 0 && status.st_uid != geteuid())
		return err_set(
			err, ERR_SYSTEM,
			"'%s' belongs to user %u: it must be root's or the agent's", path,
			(unsigned)status.st_uid);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, ERR_SYSTEM, "others may write to '%s'", path);
	return take_fd(&fd);
}

/* By way of the open folder, which also makes room for any length of path. */
static struct sockaddr_un address_in(int folder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s",
		 folder, CONTROL_SOCKET);
	return address;
}

static int new_socket(struct err *err)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_system(err, errno, "cannot make a socket");
	return fd;
}

/* A socket that nobody listens on any more is removed. */
static int clear_way(const char *runtime_dir, int folder, struct err *err)
{
	struct sockaddr_un address = address_in(folder);
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (fstatat(folder, CONTROL_SOCKET, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT)
			return 0;
		return err_system(err, errno, "cannot look at '%s/%s'", runtime_dir,
				  CONTROL_SOCKET);
	}
	if (!S_ISSOCK(status.st_mode))
		return err_set(err, ERR_SYSTEM, "'%s/%s' is there and is no socket",
			       runtime_dir, CONTROL_SOCKET);
	fd = new_socket(err);
	if (fd < 0)
		return -1;
	/* A full backlog (EAGAIN) is somebody's too. */
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 ||
	    errno != ECONNREFUSED)
		return err_set(err, ERR_SYSTEM, "another agent listens on '%s/%s'",
			       runtime_dir, CONTROL_SOCKET);
	FAULT_POINT("control-before-unlink");
	if (unlinkat(folder, CONTROL_SOCKET, 0) < 0 && errno != ENOENT)
		return err_system(err, errno, "cannot remove '%s/%s'", runtime_dir,
				  CONTROL_SOCKET);
	FAULT_POINT("control-after-unlink");
	return 0;
}

/* Nobody gets through between bind() and the right mode, for it does not listen yet. */
static int bind_in(struct control_socket *made, struct err *err)
{
	struct sockaddr_un address = address_in(made->folder);
	struct stat status;

	made->fd = new_socket(err);
	if (made->fd < 0)
		return -1;
	if (bind(made->fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return err_system(err, errno, "cannot bind the socket");
	FAULT_POINT("control-bound");
	if (fstatat(made->folder, CONTROL_SOCKET, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(made->folder, CONTROL_SOCKET, 0666, 0) < 0)
		return err_system(err, errno, "cannot set the socket's mode");
	made->device = status.st_dev;
	made->inode = status.st_ino;
	if (listen(made->fd, BACKLOG) < 0)
		return err_system(err, errno, "cannot listen");
	FAULT_POINT("control-listening");
	return 0;
}

int control_socket_open(const char *runtime_dir, struct control_socket *ret_socket,
			struct err *err)
{
	struct control_socket made = CONTROL_SOCKET_NONE;

	made.folder = open_folder(runtime_dir, err);
	if (made.folder < 0)
		return -1;
	if (flock(made.folder, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_SYSTEM, "another agent uses '%s'", runtime_dir);
		else
			err_system(err, errno, "cannot lock '%s'", runtime_dir);
		goto failed;
	}
	if (clear_way(runtime_dir, made.folder, err) < 0)
		goto failed;
	if (bind_in(&made, err) < 0) {
		err_add(err, "'%s/%s'", runtime_dir, CONTROL_SOCKET);
		goto failed;
	}
	*ret_socket = made;
	return 0;

failed:
	control_socket_close(&made);
	return -1;
}

void control_socket_close(struct control_socket *socket)
{
	struct stat status;

	if (socket->inode &&
	    fstatat(socket->folder, CONTROL_SOCKET, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    status.st_dev == socket->device && status.st_ino == socket->inode)
		unlinkat(socket->folder, CONTROL_SOCKET, 0);
	if (socket->fd >= 0)
		close(socket->fd);
	if (socket->folder >= 0)
		close(socket->folder);
	*socket = (struct control_socket)CONTROL_SOCKET_NONE;
}
