/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_socket.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/control_request.h"
#include "base/slice.h"
#include "tests/support/check.h"

struct place {
	char above[64];
	char folder[72];
	char path[92];
};

static void place_init(struct place *place)
{
	snprintf(place->above, sizeof(place->above), "/tmp/countersign-socket.XXXXXX");
	if (!CHECK(mkdtemp(place->above) != NULL))
		abort();
	snprintf(place->folder, sizeof(place->folder), "%s/run", place->above);
	snprintf(place->path, sizeof(place->path), "%s/%s", place->folder,
		 CONTROL_SOCKET);
}

static void place_release(struct place *place)
{
	if (unlink(place->path) < 0)
		rmdir(place->path);
	if (rmdir(place->folder) < 0)
		unlink(place->folder);
	rmdir(place->above);
}

/* A socket of somebody else's; -1 in `backlog` is one that does not listen. */
static int foreign_socket(const struct place *place, int backlog)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", place->path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		abort();
	if (backlog >= 0 && listen(fd, backlog) < 0)
		abort();
	return fd;
}

static void refused(const struct place *place, const char *want)
{
	struct control_socket made;
	struct err err;

	if (!CHECK_INT(control_socket_open(place->folder, &made, &err), -1)) {
		control_socket_close(&made);
		return;
	}
	if (!CHECK(slice_find(slice_text(err.text), slice_text(want)) >= 0))
		CHECK_TEXT(err.text, want);
}

static void opened(const struct place *place)
{
	struct control_socket made;
	struct stat status;
	struct err err;

	if (!CHECK_OK(control_socket_open(place->folder, &made, &err), &err))
		return;
	CHECK(stat(place->path, &status) == 0 && S_ISSOCK(status.st_mode));
	CHECK_UINT(status.st_mode & 07777, 0666);
	refused(place, "another agent");
	control_socket_close(&made);
	CHECK(stat(place->path, &status) < 0);
	CHECK_INT(made.fd, -1);
}

static void test_makes(void)
{
	struct place place;
	struct stat status;

	place_init(&place);
	check_row("the folder is missing");
	opened(&place);
	CHECK(stat(place.folder, &status) == 0);
	CHECK_UINT(status.st_mode & 07777 & ~(mode_t)0755, 0);
	check_row("it is there");
	opened(&place);
	place_release(&place);
	check_row("the one above is missing");
	refused(&place, "cannot make");
}

static void test_replaces(void)
{
	struct place place;
	int fd;

	place_init(&place);
	mkdir(place.folder, 0755);
	check_row("a dead one");
	close(foreign_socket(&place, 1));
	opened(&place);
	check_row("one that does not listen yet");
	fd = foreign_socket(&place, -1);
	opened(&place);
	close(fd);
	check_row("a live one");
	fd = foreign_socket(&place, 8);
	refused(&place, "another agent listens");
	CHECK(access(place.path, F_OK) == 0);
	close(fd);
	check_row("one that died meanwhile");
	opened(&place);
	place_release(&place);
}

static void test_unsafe(void)
{
	struct place place;

	place_init(&place);
	check_row("no folder");
	close(open(place.folder, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	refused(&place, "cannot open");
	unlink(place.folder);
	check_row("a link");
	if (symlink("/tmp", place.folder) == 0)
		refused(&place, "cannot open");
	unlink(place.folder);
	check_row("others may write");
	mkdir(place.folder, 0755);
	if (chmod(place.folder, 0757) == 0)
		refused(&place, "others may write");
	if (chmod(place.folder, 0775) == 0)
		refused(&place, "others may write");
	if (geteuid() == 0 && chown(place.folder, 65534, 65534) == 0 &&
	    chmod(place.folder, 0755) == 0) {
		check_row("somebody else's");
		refused(&place, "belongs to user 65534");
		CHECK(chown(place.folder, 0, 0) == 0);
	}
	check_row("no socket");
	chmod(place.folder, 0755);
	mkdir(place.path, 0755);
	refused(&place, "is no socket");
	place_release(&place);
}

/* A path longer than an address takes. */
static void test_long_path(void)
{
	struct place place;
	struct control_socket made;
	char folder[512];
	struct err err;

	place_init(&place);
	mkdir(place.folder, 0755);
	snprintf(folder, sizeof(folder), "%s/%0200d", place.folder, 0);
	if (CHECK_OK(control_socket_open(folder, &made, &err), &err))
		control_socket_close(&made);
	rmdir(folder);
	place_release(&place);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "makes", test_makes },
		{ "replaces", test_replaces },
		{ "unsafe", test_unsafe },
		{ "long path", test_long_path },
		{ NULL, NULL },
	};

	return check_run("control_socket", tests);
}
