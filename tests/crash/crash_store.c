/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash_store FOLDER REPEATS RANDOM: kills a writer of the store and of a file of alerts
 * at every fault point it passes, at the first to the REPEATS-th time of each, and RANDOM
 * times at any moment; after every death the next start must find each batch that was
 * acknowledged whole, none in part, and in the end every record in the file once. Prints
 * the counts; ends with 1 when anything was lost or doubled.
 *
 * Every so often the file is rotated, the disk is full, or the store is tidied.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/sink/sink.h"
#include "agent/store/store.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/crash/batches.h"

#define FOLDER_BYTES 256
#define PATH_BYTES (FOLDER_BYTES + 256)
#define NAMES_MAX 64
#define NAME_BYTES 64

#define BATCHES_A_LIFE 24
#define HANDFUL 5

struct life {
	char folder[FOLDER_BYTES];
	struct store *store;
	struct sink *sink;
	int acks_fd;
	uint64_t last; /* batch that is committed */
};

static const char *path_in(const char *folder, const char *name, char path[PATH_BYTES])
{
	(void)snprintf(path, PATH_BYTES, "%s/%s", folder, name);
	return path;
}

/* ---- what must hold ---- */

static uint64_t last_ack(const char *folder)
{
	char path[PATH_BYTES];
	uint64_t number = 0;
	AUTO_CLOSE int fd = open(path_in(folder, "acks", path), O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, -(off_t)sizeof(number), SEEK_END) >= 0 &&
	    read(fd, &number, sizeof(number)) != (ssize_t)sizeof(number))
		wrong("the acknowledgements cannot be read");
	return number;
}

/* None is missing that was acknowledged. */
static void check_store(struct life *life)
{
	life->last = batches_check(life->store);
	if (last_ack(life->folder) > life->last)
		wrong("batch %" PRIu64 " was acknowledged, %" PRIu64 " is the last",
		      last_ack(life->folder), life->last);
}

/* Every line is a whole record, and none comes twice; how many there are. */
static uint64_t check_lines(const char *path, uint8_t *seen, uint64_t last)
{
	AUTO_FCLOSE FILE *file = fopen(path, "re");
	AUTO_FREE char *line = NULL;
	uint64_t number, count = 0;
	size_t size = 0;
	ssize_t len;

	while (file && (len = getline(&line, &size, file)) > 0) {
		struct slice text = slice_of(line, (size_t)len);

		if (!slice_take_prefix(&text, SLICE("{\"number\":")) ||
		    !slice_take_number(&text, last, &number) ||
		    !slice_ends_with(text, SLICE("\"}\n")))
			wrong("a line that is no record: %.60s", line);
		if (seen[number]++)
			wrong("record %" PRIu64 " comes twice", number);
		count++;
	}
	return count;
}

static void check_file(const char *folder_path, uint64_t last)
{
	AUTO_FREE uint8_t *seen = memory_new(last + 1, 1);
	DIR *folder = opendir(folder_path);
	char path[PATH_BYTES];
	uint64_t count = 0;
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (strncmp(entry->d_name, "alerts", 6) == 0)
			count += check_lines(path_in(folder_path, entry->d_name, path),
					     seen, last);
	if (folder)
		(void)closedir(folder);
	if (count != last)
		wrong("%" PRIu64 " records of %" PRIu64 " are in the file", count, last);
}

/* ---- a life ---- */

static void open_life(struct life *life)
{
	const struct store_options options = { .folder = life->folder,
					       .max_bytes = UINT64_C(1) << 30,
					       .keep = 90 * US_PER_DAY,
					       .keep_events = 7 * US_PER_DAY };
	AUTO_BUF struct buf state = BUF_LIMIT(4096);
	struct store_opening opening;
	char path[PATH_BYTES];
	struct err err;

	if (store_open(&options, &life->store, &opening, &err) < 0)
		wrong("%s", err.text);
	if (opening.was_damaged)
		wrong("damaged: %s", opening.damage);
	(void)store_get_value(life->store, "sink:alerts", &state);
	life->sink = sink_file_new("alerts", path_in(life->folder, "alerts.jsonl", path),
				   buf_slice(&state));
	life->acks_fd = open(path_in(life->folder, "acks", path),
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	check_store(life);
}

/* No file may grow: what a full disk does to the commit that comes next. */
static void fail_commit(struct life *life)
{
	struct rlimit old, none;
	struct err err;
	bool is_full;

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)getrlimit(RLIMIT_FSIZE, &old);
	none = (struct rlimit){ .rlim_cur = 4096, .rlim_max = old.rlim_max };
	(void)setrlimit(RLIMIT_FSIZE, &none);
	if (store_commit(life->store, &is_full, &err) == 0)
		wrong("a commit to a full disk");
	if (!is_full)
		wrong("a full disk is not told: %s", err.text);
	(void)setrlimit(RLIMIT_FSIZE, &old);
}

static void commit(struct life *life)
{
	struct err err;
	bool is_full;

	if (store_commit(life->store, &is_full, &err) < 0)
		wrong("%s", err.text);
}

struct handful {
	struct sink_record records[HANDFUL];
	char *texts[HANDFUL];
	size_t count;
};

static bool take_delivery(void *ctx, const struct store_delivery *delivery)
{
	struct handful *handful = ctx;

	handful->texts[handful->count] = memory_copy_text(delivery->bytes);
	handful->records[handful->count] = (struct sink_record){
		delivery->number, { handful->texts[handful->count], delivery->bytes.len }
	};
	handful->count++;
	return true;
}

/* As the outbox does it; whether there was anything. */
static bool deliver(struct life *life)
{
	AUTO_BUF struct buf state = BUF_LIMIT(4096);
	struct handful handful = { .count = 0 };
	size_t done = 0;
	struct err err;

	if (store_each_delivery(life->store, "alerts", HANDFUL, take_delivery, &handful,
				&err) < 0)
		wrong("%s", err.text);
	if (handful.count > 0 && life->sink->ops->write(life->sink, handful.records,
							handful.count, &done, &err) < 0)
		wrong("%s", err.text);
	for (size_t i = 0; i < done; i++)
		store_drop_delivery(life->store, "alerts", handful.records[i].number);
	for (size_t i = 0; i < handful.count; i++)
		free(handful.texts[i]);
	if (done == 0)
		return false;
	life->sink->ops->state(life->sink, &state);
	store_put_value(life->store, "sink:alerts", buf_slice(&state));
	return true;
}

static void rotate(struct life *life, uint64_t number)
{
	char from[PATH_BYTES], to[PATH_BYTES], name[NAME_BYTES];

	(void)snprintf(name, sizeof(name), "alerts.jsonl.%" PRIu64, number);
	(void)rename(path_in(life->folder, "alerts.jsonl", from),
		     path_in(life->folder, name, to));
}

static void live_one(struct life *life, uint64_t number)
{
	bool has_more;
	struct err err;

	batches_put(life->store, number);
	if (number % 9 == 0)
		fail_commit(life);
	commit(life);
	if (write(life->acks_fd, &number, sizeof(number)) != (ssize_t)sizeof(number))
		wrong("no acknowledgement");
	if (number % 5 == 0)
		rotate(life, number);
	/* stored with the next batch, or at once */
	if (number % 3 != 0 && deliver(life) && number % 2)
		commit(life);
	if (number % 8 == 0 &&
	    store_tidy(life->store, (us_time)number, &has_more, &err) < 0)
		wrong("%s", err.text);
}

/* Checks what an earlier life left, goes on for some batches, ends in good order. */
static void live(const char *folder, uint64_t batches)
{
	struct life life = { .store = NULL };

	(void)snprintf(life.folder, sizeof(life.folder), "%s", folder);
	open_life(&life);
	for (uint64_t i = 0; i < batches; i++)
		live_one(&life, ++life.last);
	sink_free(life.sink);
	store_close(life.store);
	(void)close(life.acks_fd);
}

/* A life that delivers all that is left. */
static void finish(const char *folder)
{
	struct life life = { .store = NULL };

	(void)snprintf(life.folder, sizeof(life.folder), "%s", folder);
	open_life(&life);
	while (deliver(&life))
		commit(&life);
	check_file(folder, life.last);
	sink_free(life.sink);
	store_close(life.store);
}

/* ---- deaths ---- */

struct tally {
	unsigned points, deaths, random_deaths, wrong;
};

static pid_t start(const char *folder, const char *fault, uint64_t batches)
{
	pid_t child = fork();

	if (child == 0) {
		if (fault)
			(void)setenv("COUNTERSIGN_FAULT", fault, 1);
		live(folder, batches);
		_exit(0);
	}
	return child;
}

/* Whether it died by our hand; what is wrong is counted. */
static bool wait_for(pid_t child, struct tally *tally)
{
	int status = 0;

	(void)waitpid(child, &status, 0);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return true;
	if (status != 0) {
		(void)fprintf(stderr, "a life ended with status %d\n", status);
		tally->wrong++;
	}
	return false;
}

static void check_end(const char *folder, struct tally *tally)
{
	pid_t child = fork();

	if (child == 0) {
		finish(folder);
		_exit(0);
	}
	if (wait_for(child, tally))
		tally->wrong++;
}

static void clear(const char *folder_path)
{
	DIR *folder = opendir(folder_path);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			(void)unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder)
		(void)closedir(folder);
}

/* The names of the points that a life from the beginning and one after it pass. */
static size_t list_points(const char *folder, char names[NAMES_MAX][NAME_BYTES],
			  struct tally *tally)
{
	char path[PATH_BYTES];
	size_t count = 0;

	(void)setenv("COUNTERSIGN_FAULT_LIST", path_in(folder, "points", path), 1);
	(void)wait_for(start(folder, NULL, BATCHES_A_LIFE), tally);
	(void)wait_for(start(folder, NULL, BATCHES_A_LIFE), tally);
	(void)unsetenv("COUNTERSIGN_FAULT_LIST");
	check_end(folder, tally);

	AUTO_FCLOSE FILE *file = fopen(path, "re");
	char line[NAME_BYTES];
	while (file && count < NAMES_MAX && fgets(line, sizeof(line), file)) {
		size_t i = 0;

		line[strcspn(line, "\n")] = '\0';
		while (i < count && strcmp(names[i], line) != 0)
			i++;
		if (i == count)
			(void)snprintf(names[count++], NAME_BYTES, "%s", line);
	}
	return count;
}

static void die_at(const char *folder, const char *name, unsigned repeats,
		   struct tally *tally)
{
	unsigned wrong_before = tally->wrong;

	for (unsigned time = 1; time <= repeats; time++) {
		char fault[NAME_BYTES + 16];

		(void)snprintf(fault, sizeof(fault), "%s:%u", name, time);
		/* from nothing, and on top of what an earlier death left */
		if (time % 3 == 1)
			clear(folder);
		if (wait_for(start(folder, fault, BATCHES_A_LIFE), tally))
			tally->deaths++;
		if (wait_for(start(folder, fault, BATCHES_A_LIFE), tally))
			tally->deaths++;
		check_end(folder, tally);
		if (tally->wrong > wrong_before) {
			(void)fprintf(stderr, "... after deaths at %s\n", fault);
			wrong_before = tally->wrong;
		}
	}
}

static void die_anywhere(const char *folder, unsigned count, struct tally *tally)
{
	struct timespec wait = { .tv_sec = 0 };

	srandom(1);
	for (unsigned i = 0; i < count; i++) {
		pid_t child;

		if (i % 20 == 0)
			clear(folder);
		child = start(folder, NULL, BATCHES_A_LIFE * 4);
		wait.tv_nsec = random() % 20000000;
		(void)nanosleep(&wait, NULL);
		(void)kill(child, SIGKILL);
		if (wait_for(child, tally))
			tally->random_deaths++;
		if (i % 4 == 3)
			check_end(folder, tally);
	}
}

/* ---- deaths while a damaged database is moved aside ---- */

static void break_database(const char *folder)
{
	char path[PATH_BYTES];
	AUTO_CLOSE int fd =
		open(path_in(folder, "countersign.db", path), O_WRONLY | O_CLOEXEC);

	if (fd < 0 || pwrite(fd, "broken", 6, 0) != 6)
		wrong("the database cannot be broken");
}

static pid_t start_opening(const char *folder, const char *fault)
{
	const struct store_options options = { .folder = folder };
	struct store_opening opening;
	struct store *store;
	pid_t child = fork();
	struct err err;

	if (child != 0)
		return child;
	if (fault)
		(void)setenv("COUNTERSIGN_FAULT", fault, 1);
	if (store_open(&options, &store, &opening, &err) < 0)
		wrong("%s", err.text);
	store_close(store);
	_exit(0);
}

/* How many databases were moved aside, each with the bytes that broke it. */
static unsigned count_aside(const char *folder_path)
{
	DIR *folder = opendir(folder_path);
	const struct dirent *entry;
	char path[PATH_BYTES], bytes[6];
	unsigned count = 0;

	while (folder && (entry = readdir(folder))) {
		struct slice name = slice_text(entry->d_name);

		if (!slice_starts_with(name, SLICE("countersign.db.damaged-")) ||
		    slice_ends_with(name, SLICE("-wal")))
			continue;
		AUTO_CLOSE int fd = open(path_in(folder_path, entry->d_name, path),
					 O_RDONLY | O_CLOEXEC);
		if (fd >= 0 && read(fd, bytes, sizeof(bytes)) == 6 &&
		    memcmp(bytes, "broken", 6) == 0)
			count++;
	}
	if (folder)
		(void)closedir(folder);
	return count;
}

static void die_moving(const char *folder, struct tally *tally)
{
	static const char *const faults[] = {
		"store-aside-written:1", "store-aside-noted:1",	 "store-aside-moved:1",
		"store-aside-moved:2",	 "store-aside-moved:3",	 "store-aside-synced:1",
		"store-aside-done:1",	 "store-migrate-step:1",
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		clear(folder);
		(void)wait_for(start(folder, NULL, BATCHES_A_LIFE), tally);
		break_database(folder);
		if (!wait_for(start_opening(folder, faults[i]), tally))
			printf("never died at %s\n", faults[i]);
		else
			tally->deaths++;
		tally->points++;
		(void)wait_for(start_opening(folder, NULL), tally);
		(void)wait_for(start_opening(folder, NULL), tally);
		if (count_aside(folder) != 1) {
			(void)fprintf(stderr,
				      "WRONG: %u moved aside after a death at %s\n",
				      count_aside(folder), faults[i]);
			tally->wrong++;
		}
	}
}

int main(int argc, char **argv)
{
	char names[NAMES_MAX][NAME_BYTES];
	struct tally tally = { 0 };
	const char *folder;
	size_t points;

	if (argc != 4) {
		(void)fprintf(stderr, "usage: crash_store FOLDER REPEATS RANDOM\n");
		return 3;
	}
	folder = argv[1];
	clear(folder);
	points = list_points(folder, names, &tally);
	for (size_t i = 0; i < points; i++) {
		unsigned before = tally.deaths;

		die_at(folder, names[i], (unsigned)strtoul(argv[2], NULL, 10), &tally);
		if (tally.deaths > before)
			tally.points++;
		else
			printf("never died at %s\n", names[i]);
	}
	die_moving(folder, &tally);
	die_anywhere(folder, (unsigned)strtoul(argv[3], NULL, 10), &tally);
	printf("%u fault points, %u deaths at them, %u at random moments: %u lost, half "
	       "or "
	       "doubled\n",
	       tally.points, tally.deaths, tally.random_deaths, tally.wrong);
	return tally.wrong ? 1 : 0;
}
