/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/poison.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"

#define DEATHS_MAX 3
/* Lines of one step that kill are met one after the other, each at its third death. */
#define SUSPECTS_MAX 64
#define FILE_NAME "reading"

struct suspect {
	uint8_t place[SHA256_BYTES]; /* zero = free */
	uint32_t deaths;	     /* in a row */
	uint32_t turn;		     /* when it died there last, in starts */
};

/* As it lies in the file; read back by the same machine's program, and checked. */
struct mark {
	char magic[8];
	uint8_t place[SHA256_BYTES]; /* that is being read; zero = none */
	uint32_t turn;
	uint32_t reserved;
	struct suspect suspects[SUSPECTS_MAX];
};

static const char magic[8] = "csread2";

struct poison {
	int fd;		    /* -1 = no file */
	us_time last_alive; /* of the last run; US_TIME_NONE = there was none */
	char path[4200];
	struct mark mark; /* as it is in the file */
	size_t count;	  /* of suspects */
};

static bool is_zero(const uint8_t place[SHA256_BYTES])
{
	static const uint8_t zero[SHA256_BYTES];

	return memcmp(place, zero, sizeof(zero)) == 0;
}

static struct suspect *find(struct poison *poison, const uint8_t place[SHA256_BYTES])
{
	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		struct suspect *suspect = &poison->mark.suspects[i];

		if (suspect->deaths && memcmp(suspect->place, place, SHA256_BYTES) == 0)
			return suspect;
	}
	return NULL;
}

/* A free one, or the one that has been quiet longest. */
static struct suspect *make_room(struct poison *poison)
{
	struct suspect *oldest = &poison->mark.suspects[0];

	for (size_t i = 0; i < SUSPECTS_MAX; i++) {
		struct suspect *suspect = &poison->mark.suspects[i];

		if (!suspect->deaths)
			return suspect;
		if (suspect->turn < oldest->turn)
			oldest = suspect;
	}
	return oldest;
}

static void blame(struct poison *poison, const uint8_t place[SHA256_BYTES])
{
	struct suspect *suspect = find(poison, place);

	if (!suspect) {
		suspect = make_room(poison);
		*suspect = (struct suspect){ .deaths = 0 };
		memcpy(suspect->place, place, SHA256_BYTES);
	}
	if (suspect->deaths < DEATHS_MAX)
		suspect->deaths++;
	suspect->turn = poison->mark.turn;
}

/* The page cache outlives the process, and a machine that went down with it is no proof
 * against a line: nothing is synced. */
static void write_mark(struct poison *poison, size_t bytes)
{
	ssize_t written;

	if (poison->fd < 0)
		return;
	written = pwrite(poison->fd, &poison->mark, bytes, 0);
	(void)written; /* on a full disk nothing is read anyway */
}

static void write_place(struct poison *poison)
{
	write_mark(poison, offsetof(struct mark, turn));
}

static void load(struct poison *poison)
{
	struct mark *mark = &poison->mark;

	if (pread(poison->fd, mark, sizeof(*mark), 0) != (ssize_t)sizeof(*mark) ||
	    memcmp(mark->magic, magic, sizeof(magic)) != 0)
		*mark = (struct mark){ .turn = 0 };
	memcpy(mark->magic, magic, sizeof(magic));
	mark->turn++;
	if (!is_zero(mark->place))
		blame(poison, mark->place);
	for (size_t i = 0; i < SUSPECTS_MAX; i++)
		poison->count += mark->suspects[i].deaths > 0;
	memset(mark->place, 0, sizeof(mark->place));
	write_mark(poison, sizeof(*mark));
}

static us_time changed_at(int fd)
{
	struct stat status;

	if (fd < 0 || fstat(fd, &status) < 0 || status.st_size == 0)
		return US_TIME_NONE;
	return (us_time)status.st_mtim.tv_sec * US_PER_SECOND +
	       status.st_mtim.tv_nsec / 1000;
}

struct poison *poison_open(const char *folder)
{
	struct poison *poison = memory_new(1, sizeof(*poison));

	snprintf(poison->path, sizeof(poison->path), "%s/" FILE_NAME, folder);
	poison->fd = open(poison->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	poison->last_alive = changed_at(poison->fd);
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
	if (poison) {
		memset(poison->mark.place, 0, sizeof(poison->mark.place));
		memset(poison->mark.suspects, 0, sizeof(poison->mark.suspects));
		write_mark(poison, sizeof(poison->mark));
	}
	poison_free(poison);
}

static void hash_place(const char *source, struct slice place, uint8_t hash[SHA256_BYTES])
{
	struct sha256 sha256;

	sha256_init(&sha256);
	sha256_add(&sha256, slice_of(source, strlen(source) + 1));
	sha256_add(&sha256, place);
	sha256_finish(&sha256, hash);
}

static void acquit(struct poison *poison, const uint8_t place[SHA256_BYTES])
{
	struct suspect *suspect = find(poison, place);

	if (!suspect)
		return;
	*suspect = (struct suspect){ .deaths = 0 };
	poison->count--;
	write_mark(poison, sizeof(poison->mark));
}

bool poison_mark(struct poison *poison, const char *source, struct slice place)
{
	const struct suspect *suspect;

	/* What was marked before has been read, and killed nobody. */
	if (poison->count)
		acquit(poison, poison->mark.place);
	hash_place(source, place, poison->mark.place);
	suspect = poison->count ? find(poison, poison->mark.place) : NULL;
	if (suspect && suspect->deaths >= DEATHS_MAX) {
		memset(poison->mark.place, 0, sizeof(poison->mark.place));
		write_place(poison);
		return false;
	}
	write_place(poison);
	return true;
}

void poison_pardon(struct poison *poison, const char *source, struct slice place)
{
	uint8_t hash[SHA256_BYTES];

	hash_place(source, place, hash);
	acquit(poison, hash);
}

void poison_clear(struct poison *poison)
{
	if (is_zero(poison->mark.place))
		return;
	if (poison->count)
		acquit(poison, poison->mark.place);
	memset(poison->mark.place, 0, sizeof(poison->mark.place));
	write_place(poison);
}

void poison_alive(struct poison *poison)
{
	if (poison->fd >= 0)
		(void)futimens(poison->fd, NULL);
}

us_time poison_last_alive(const struct poison *poison)
{
	return poison->last_alive;
}
