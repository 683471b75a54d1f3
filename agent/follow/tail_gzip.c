/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "input/gzip.h"

#define RAW_BYTES ((size_t)64 * 1024)

/* ID1 and ID2, RFC 1952 section 2.3.1. */
#define MAGIC SLICE("\x1f\x8b")

struct tail_gzip {
	struct gunzip *gunzip; /* owned */
	uint64_t raw_offset;   /* of what is read next */
	struct slice raw_left; /* of `raw`, not inflated yet */
	bool raw_ends;
	bool has_ended;
	char raw[RAW_BYTES];
};

ssize_t tail_pread(int fd, void *to, size_t len, uint64_t offset)
{
	size_t done = 0;

	while (done < len) {
		ssize_t count =
			pread(fd, (char *)to + done, len - done, (off_t)(offset + done));

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		if (count == 0)
			break;
		done += (size_t)count;
	}
	return (ssize_t)done;
}

bool tail_gzip_is(int fd, const char *path)
{
	char magic[2];

	return slice_ends_with(slice_text(path), SLICE(".gz")) &&
	       tail_pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       slice_equal(slice_of(magic, sizeof(magic)), MAGIC);
}

struct tail_gzip *tail_gzip_new(void)
{
	struct tail_gzip *gzip = memory_new(1, sizeof(*gzip));

	gzip->gunzip = gunzip_new(inflate_best(), LIMIT_INFLATED_BYTES);
	return gzip;
}

void tail_gzip_free(struct tail_gzip *gzip)
{
	if (!gzip)
		return;
	gunzip_free(gzip->gunzip);
	free(gzip);
}

static int fetch(struct tail_gzip *gzip, int fd, struct err *err)
{
	ssize_t len;

	if (gzip->raw_left.len > 0 || gzip->raw_ends)
		return 0;
	len = tail_pread(fd, gzip->raw, RAW_BYTES, gzip->raw_offset);
	if (len < 0)
		return err_system(err, errno, "cannot read it");
	gzip->raw_left = slice_of(gzip->raw, (size_t)len);
	gzip->raw_offset += (uint64_t)len;
	gzip->raw_ends = (size_t)len < RAW_BYTES;
	return 0;
}

int tail_gzip_read(struct tail_gzip *gzip, int fd, char *to, size_t room, size_t *ret_len,
		   struct err *err)
{
	size_t len = 0;

	while (len < room && !gzip->has_ended) {
		struct gunzip_step step = { .out = to + len, .room_bytes = room - len };
		int rc = fetch(gzip, fd, err);

		if (rc == 0) {
			step.input = gzip->raw_left;
			step.input_ends = gzip->raw_ends;
			rc = gunzip_run(gzip->gunzip, &step, err);
		}
		/* Damage behind bytes waits for the next call. */
		if (rc < 0 && len == 0)
			return -1;
		if (rc < 0)
			break;
		gzip->raw_left = step.input;
		len += step.written;
		gzip->has_ended = step.ended;
	}
	*ret_len = len;
	return 0;
}
