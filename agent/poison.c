/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/poison.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"

#define DEATHS_MAX 3
#define FILE_NAME "reading"

/* As it lies in the file; read back by the same machine's program, and checked. */
struct mark {
	char magic[8];
	uint8_t place[SHA256_BYTES]; /* zero = not reading */
	uint32_t deaths;	     /* at this place, before this run */
	uint32_t reserved;
};

static const char magic[8] = "csread1";

struct poison {
	int fd; /* -1 = no file */
	char path[4200];
	uint8_t suspect[SHA256_BYTES]; /* where the last run died */
	uint32_t deaths;	       /* there, in a row */
	struct mark mark;	       /* as it is in the file */
};

static bool is_zero(const uint8_t place[SHA256_BYTES])
{
	static const uint8_t zero[SHA256_BYTES];

	return memcmp(place, zero, sizeof(zero)) == 0;
}

static void load(struct poison *poison)
{
	struct mark last;

	if (pread(poison->fd, &last, sizeof(last), 0) != (ssize_t)sizeof(last) ||
	    memcmp(last.magic, magic, sizeof(magic)) != 0 || is_zero(last.place))
		return;
	memcpy(poison->suspect, last.place, sizeof(last.place));
	poison->deaths = last.deaths < DEATHS_MAX ? last.deaths + 1 : DEATHS_MAX;
}

struct poison *poison_open(const char *folder)
{
	struct poison *poison = memory_new(1, sizeof(*poison));

	snprintf(poison->path, sizeof(poison->path), "%s/" FILE_NAME, folder);
	memcpy(poison->mark.magic, magic, sizeof(magic));
	poison->fd = open(poison->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (poison->fd >= 0)
		load(poison);
	return poison;
}

void poison_free(struct poison *poison)
{
	if (!poison)
		return;
	if (poison->fd >= 0)
		close(poison->fd);
	free(poison);
}

void poison_close(struct poison *poison)
{
	if (poison)
		poison_clear(poison);
	poison_free(poison);
}

/* The page cache outlives the process, and a machine that went down with it is no proof
 * against a line: nothing is synced. */
static void write_mark(struct poison *poison)
{
	ssize_t written;

	if (poison->fd < 0)
		return;
	written = pwrite(poison->fd, &poison->mark, sizeof(poison->mark), 0);
	(void)written; /* on a full disk nothing is read anyway */
}

bool poison_mark(struct poison *poison, const char *source, struct slice place)
{
	struct sha256 sha256;
	bool is_suspect;

	sha256_init(&sha256);
	sha256_add(&sha256, slice_of(source, strlen(source) + 1));
	sha256_add(&sha256, place);
	sha256_finish(&sha256, poison->mark.place);
	is_suspect = poison->deaths &&
		     memcmp(poison->suspect, poison->mark.place, SHA256_BYTES) == 0;
	if (is_suspect && poison->deaths >= DEATHS_MAX) {
		poison->deaths = 0;
		poison_clear(poison);
		return false;
	}
	poison->mark.deaths = is_suspect ? poison->deaths : 0;
	write_mark(poison);
	return true;
}

void poison_clear(struct poison *poison)
{
	if (is_zero(poison->mark.place))
		return;
	memset(poison->mark.place, 0, sizeof(poison->mark.place));
	poison->mark.deaths = 0;
	write_mark(poison);
}
