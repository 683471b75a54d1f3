/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: setresuid() is no POSIX */
#include "tests/unit/agent/control_lab.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/check.h"

static void must(bool held)
{
	if (!CHECK(held))
		abort();
}

void control_lab_init(struct control_lab *lab)
{
	*lab = (struct control_lab){ .folder = "/tmp/countersign-control.XXXXXX" };
	must(mkdtemp(lab->folder) != NULL);
	/* Others must get as far as the socket. */
	must(chmod(lab->folder, 0711) == 0);
	must(sd_event_new(&lab->event) >= 0);
	lab->row = SLICE("{\"type\":\"row\"}");
	lab->rows = 1;
}

void control_lab_release(struct control_lab *lab)
{
	char path[CONTROL_LAB_PATH_BYTES];

	control_close(lab->control);
	sd_event_unref(lab->event);
	unlink(control_lab_path(lab, path));
	rmdir(lab->folder);
}

const char *control_lab_path(const struct control_lab *lab,
			     char path[CONTROL_LAB_PATH_BYTES])
{
	snprintf(path, CONTROL_LAB_PATH_BYTES, "%s/%s", lab->folder, CONTROL_SOCKET);
	return path;
}

static void answer(void *ctx, const struct control_request *request, bool is_privileged,
		   struct control_reply *reply)
{
	struct control_lab *lab = ctx;

	lab->answers++;
	lab->was_privileged = is_privileged;
	for (size_t i = 0; i < lab->rows; i++)
		control_reply_row(reply, lab->row);
	if (request->follow)
		return;
	if (lab->keeps_reply)
		lab->reply = reply;
	else
		control_reply_end(reply);
}

int control_lab_open(struct control_lab *lab, struct err *err)
{
	const struct control_ops ops = { answer, lab };

	return control_open(lab->event, lab->folder, lab->group, &ops, &lab->control,
			    err);
}

/* What the kernel notes of a peer is the user at the time of connect(). */
static int connect_as(int fd, const struct sockaddr_un *address, uid_t uid, gid_t group)
{
	int result;

	must(setgroups(1, &group) == 0 && setegid(65534) == 0 && seteuid(uid) == 0);
	result = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	must(seteuid(0) == 0 && setegid(0) == 0 && setgroups(0, NULL) == 0);
	return result;
}

int control_lab_connect(const struct control_lab *lab, uid_t uid, gid_t extra_group)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int result;

	must(fd >= 0);
	control_lab_path(lab, address.sun_path);
	if (uid && geteuid() == 0)
		result = connect_as(fd, &address, uid, extra_group);
	else
		result = connect(fd, (const struct sockaddr *)&address, sizeof(address));
	if (result == 0)
		return fd;
	close(fd);
	return -1;
}

void control_lab_say(int fd, struct slice bytes)
{
	while (bytes.len) {
		ssize_t count = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);

		if (count <= 0)
			return;
		bytes = slice_skip(bytes, (size_t)count);
	}
}

void control_lab_turn(struct control_lab *lab)
{
	while (sd_event_run(lab->event, 0) > 0)
		;
}

bool control_lab_hear(struct control_lab *lab, int fd, struct buf *buf)
{
	for (;;) {
		ssize_t count;

		control_lab_turn(lab);
		must(buf_reserve(buf, 65536));
		count = recv(fd, buf->ptr + buf->len, 65536, MSG_DONTWAIT);
		if (count == 0 || (count < 0 && errno == ECONNRESET))
			return true;
		if (count < 0)
			return false;
		buf->len += (size_t)count;
	}
}

void control_lab_ask(struct control_lab *lab, const char *request, struct buf *buf)
{
	int fd = control_lab_connect(lab, 0, 0);

	must(fd >= 0);
	buf_clear(buf);
	control_lab_say(fd, slice_text(request));
	control_lab_say(fd, SLICE("\n"));
	CHECK(control_lab_hear(lab, fd, buf));
	close(fd);
}
