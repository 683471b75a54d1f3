/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: struct ucred is Linux's */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/memory.h"

/* How long the agent may say nothing: doctor asks the cloud meanwhile. */
#define SILENCE_SECONDS 90

/* How long the socket's queue may be full. */
#define CONNECT_SECONDS 10

#define READ_BYTES ((size_t)64 * 1024)

/* A whole answer, and its last row; of one that follows one row at a time is kept. */
#define ANSWER_BYTES (2 * LIMIT_CONTROL_ANSWER_BYTES)

struct ask {
	int fd; /* owned */
	bool follows;
	bool has_all;	 /* the agent has said all it will */
	bool has_ended;	 /* the end was read */
	struct buf in;	 /* what has come */
	size_t taken;	 /* of its bytes */
	size_t searched; /* of its bytes, for the newline */
	json_t *json;	 /* owned: of the row taken last */
	struct ask_row row;
};

/* ---- connecting ------------------------------------------------------------------- */

static int tell_connect(const char *path, int errno_value, struct err *err)
{
	static const struct {
		int errno_value;
		const char *advice;
	} rows[] = {
		{ ENOENT,
		  "is countersignd running? 'systemctl status countersignd' tells" },
		{ ECONNREFUSED, "countersignd does not run: 'systemctl status "
				"countersignd' tells why" },
		{ EACCES, "the folder is not for this user: ask as root" },
		{ EAGAIN, "countersignd takes no more connections" },
	};

	err_system(err, errno_value, "cannot ask the agent at '%.200s'", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].errno_value == errno_value) {
			struct err why = *err;

			return err_set(err, why.code, "%s: %s", why.text, rows[i].advice);
		}
	}
	return -1;
}

/* A path too long for an address is reached through its folder. */
static int address_of(const char *path, struct sockaddr_un *address, int *ret_folder,
		      struct err *err)
{
	AUTO_FREE char *folder = NULL;
	ptrdiff_t slash = slice_find_last(slice_text(path), '/');
	int len;

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof(address->sun_path)) {
		memcpy(address->sun_path, path, strlen(path));
		return 0;
	}
	if (slash < 0)
		return err_set(err, ERR_USAGE, "'%.64s...' is too long a name", path);
	folder = memory_copy_text(slice_of(path, (size_t)slash + 1));
	*ret_folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_folder < 0)
		return tell_connect(path, errno, err);
	len = snprintf(address->sun_path, sizeof(address->sun_path),
		       "/proc/self/fd/%d/%s", *ret_folder, path + slash + 1);
	if (len < 0 || (size_t)len >= sizeof(address->sun_path))
		return err_set(err, ERR_USAGE, "'%.64s...' is too long a name",
			       path + slash + 1);
	return 0;
}

static int set_times(int fd, bool follows, struct err *err)
{
	const struct timeval sending = { .tv_sec = CONNECT_SECONDS };
	const struct timeval receiving = { .tv_sec = follows ? 0 : SILENCE_SECONDS };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &sending, sizeof(sending)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receiving, sizeof(receiving)) < 0)
		return err_system(err, errno, "cannot set a time limit");
	return 0;
}

static int connect_to(const char *path, bool follows, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int folder = -1;
	AUTO_CLOSE int fd = -1;
	struct sockaddr_un address;

	if (!*path)
		return err_set(err, ERR_USAGE, "--socket: a path is needed");
	if (address_of(path, &address, &folder, err) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_system(err, errno, "cannot make a socket");
	if (set_times(fd, follows, err) < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return tell_connect(path, errno, err);
	*ret_fd = take_fd(&fd);
	return 0;
}

static int send_request(int fd, const struct control_request *request, struct err *err)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_CONTROL_REQUEST_BYTES);
	size_t sent = 0;

	control_request_encode(request, &line);
	buf_append_byte(&line, '\n');
	while (sent < line.len) {
		ssize_t count = send(fd, line.ptr + sent, line.len - sent, MSG_NOSIGNAL);

		if (count < 0 && errno == EINTR)
			continue;
		/* One that hangs up at once may have said why. */
		if (count < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (count < 0)
			return err_system(err, errno, "cannot send to the agent");
		sent += (size_t)count;
	}
	return 0;
}

int ask_new(const char *path, const struct control_request *request, struct ask **ret_ask,
	    struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct ask *ask;

	if (connect_to(path, request->follow, &fd, err) < 0 ||
	    send_request(fd, request, err) < 0)
		return -1;
	ask = memory_new(1, sizeof(*ask));
	ask->fd = take_fd(&fd);
	ask->follows = request->follow;
	ask->in = (struct buf)BUF_LIMIT(ANSWER_BYTES);
	*ret_ask = ask;
	return 0;
}

void ask_free(struct ask *ask)
{
	if (!ask)
		return;
	close(ask->fd);
	json_decref(ask->json);
	buf_release(&ask->in);
	free(ask);
}

int ask_agent(const struct ask *ask, struct ask_agent *ret_agent, struct err *err)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(ask->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return err_system(err, errno, "cannot tell who listens on the socket");
	*ret_agent = (struct ask_agent){
		.uid = peer.uid,
		.pid = peer.pid > 0 ? (unsigned)peer.pid : 0,
	};
	return 0;
}

/* ---- receiving -------------------------------------------------------------------- */

static int receive(struct ask *ask, struct err *err)
{
	ssize_t count;

	if (ask->taken && ask->taken >= ask->in.len - ask->taken) {
		buf_consume(&ask->in, ask->taken);
		ask->searched -= ask->taken;
		ask->taken = 0;
	}
	if (!buf_reserve(&ask->in, READ_BYTES))
		return err_set(err, ERR_LIMIT,
			       "the agent's answer is longer than %zu bytes",
			       ask->in.limit_bytes);
	do
		count = recv(ask->fd, ask->in.ptr + ask->in.len, READ_BYTES, 0);
	while (count < 0 && errno == EINTR);
	if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return err_set(err, ERR_SYSTEM, "the agent says nothing for %d seconds",
			       SILENCE_SECONDS);
	/* The agent's way to hang up on a request that it did not read to its end. */
	if (count < 0 && errno != ECONNRESET)
		return err_system(err, errno, "cannot hear the agent");
	if (count <= 0)
		ask->has_all = true;
	else
		ask->in.len += (size_t)count;
	return 0;
}

/* The next whole line, if there is one. */
static bool take_line(struct ask *ask, struct slice *ret_line)
{
	struct slice rest = slice_skip(buf_slice(&ask->in), ask->searched);
	const char *newline = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
	size_t end;

	if (!newline) {
		ask->searched = ask->in.len;
		return false;
	}
	end = (size_t)(newline - ask->in.ptr);
	*ret_line = slice_of(ask->in.ptr + ask->taken, end - ask->taken);
	ask->taken = ask->searched = end + 1;
	return true;
}

/* An answer that ends is read whole first: it must not wait in the agent's memory for
 * whoever reads ours. */
static int wait_for_line(struct ask *ask, struct slice *ret_line, struct err *err)
{
	while (!ask->follows && !ask->has_all) {
		if (receive(ask, err) < 0)
			return -1;
	}
	while (!take_line(ask, ret_line)) {
		if (ask->has_all)
			return err_set(err, ERR_SYSTEM,
				       "the agent hung up before the end of its answer");
		if (receive(ask, err) < 0)
			return -1;
	}
	return 0;
}

static int read_row(struct ask *ask, struct slice line, struct err *err)
{
	json_decref(TAKE(ask->json));
	if (line.len > LIMIT_OUTPUT_LINE_BYTES)
		return err_set(err, ERR_LIMIT,
			       "a row of the agent is longer than %zu "
			       "bytes",
			       LIMIT_OUTPUT_LINE_BYTES);
	if (json_read(line, &ask->json, err) < 0)
		return err_add(err, "the agent's answer is no JSON");
	ask->row = (struct ask_row){
		.type = json_is_object(ask->json) ? json_text_at(ask->json, "type")
						  : (struct slice){ NULL, 0 },
		.line = line,
		.json = ask->json,
	};
	if (ask->row.type.len == 0)
		return err_set(err, ERR_FORMAT, "a row of the agent has no type");
	return 0;
}

int ask_next(struct ask *ask, const struct ask_row **ret_row, struct err *err)
{
	struct slice line = { NULL, 0 }, text;

	if (ask->has_ended) {
		*ret_row = NULL;
		return 0;
	}
	if (wait_for_line(ask, &line, err) < 0 || read_row(ask, line, err) < 0)
		return -1;
	if (slice_equal(ask->row.type, SLICE("error"))) {
		text = slice_first(json_text_at(ask->json, "text"), 512);
		return err_set(err, ERR_MISSING, "the agent says: %.*s", SLICE_ARG(text));
	}
	ask->has_ended = slice_equal(ask->row.type, SLICE("end"));
	*ret_row = ask->has_ended ? NULL : &ask->row;
	return 0;
}

/* ---- showing ---------------------------------------------------------------------- */

/* Such characters stand in strings only, for nothing else in JSON may hold them. */
static void append_as_json(struct buf *buf, uint32_t code_point)
{
	if (code_point < 0x20) {
		/* Only blanks between values: no string has them as they are. */
		buf_append_byte(buf, ' ');
	} else if (code_point <= 0xffff) {
		buf_append_format(buf, "\\u%04x", (unsigned)code_point);
	} else {
		/* RFC 8259 section 7: as a surrogate pair. */
		code_point -= 0x10000;
		buf_append_format(buf, "\\u%04x\\u%04x",
				  0xd800 + (unsigned)(code_point >> 10),
				  0xdc00 + (unsigned)(code_point & 0x3ff));
	}
}

bool ask_append_line(struct buf *buf, struct slice line)
{
	size_t plain = 0;

	while (plain < line.len) {
		uint32_t code_point = 0xfffd;
		size_t len = utf8_take(slice_skip(line, plain), &code_point);

		if (len && !escape_needed(code_point)) {
			plain += len;
			continue;
		}
		buf_append(buf, slice_first(line, plain));
		append_as_json(buf, code_point);
		line = slice_skip(line, plain + (len ? len : 1));
		plain = 0;
	}
	return buf_append(buf, line);
}
