/* SPDX-License-Identifier: Apache-2.0 */
/*
 * power_store FOLDER STATES: what a power failure may leave of the database. Records
 * every write, truncation and sync of a run, then makes STATES states of the disk: at any
 * moment, what was synced and, of what was not, a beginning, or any part, in sectors of
 * 512 bytes. Of each the store must open, undamaged, with every batch whole that was
 * acknowledged by then. Prints the count; ends with 1 when anything was lost.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/crash/batches.h"

#define PATH_BYTES 512
#define SECTOR_BYTES 512
#define BATCHES 60
#define STEPS_MAX 100000
#define FILE_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum file_id {
	FILE_DATABASE,
	FILE_LOG,
	FILE_JOURNAL,
	FILE_COUNT,
	FILE_OTHER
};

static const char *const suffixes[FILE_COUNT] = { "", "-wal", "-journal" };

enum step_kind {
	STEP_WRITE,
	STEP_CUT,
	STEP_SYNC,
	STEP_REMOVE,
	STEP_FOLDER, /* removals so far are durable */
	STEP_ACK,
};

struct step {
	enum step_kind kind;
	enum file_id file;
	uint64_t offset; /* of a write; size of a cut; batch of an acknowledgement */
	size_t len;
	char *bytes;
};

/* What was recorded. SQLite's file system layer has no context of ours to pass on. */
static struct {
	struct step steps[STEPS_MAX];
	size_t count;
	sqlite3_vfs *real;
	sqlite3_vfs layer;
	sqlite3_io_methods methods;
} tape;

static void record(enum step_kind kind, enum file_id file, uint64_t offset,
		   const void *bytes, size_t len)
{
	struct step *step = &tape.steps[tape.count];

	if (file == FILE_OTHER)
		return;
	if (++tape.count == STEPS_MAX)
		wrong("too many steps");
	*step = (struct step){ kind, file, offset, len, NULL };
	if (bytes)
		step->bytes = memory_copy_text(slice_of(bytes, len));
}

/* ---- the layer ---- */

struct layer_file {
	sqlite3_file base;
	enum file_id id;
	bool is_synced; /* ever: a log's or journal's first sync is its folder's, too */
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct layer_file *)(void *)file)->real;
}

static enum file_id id_of(sqlite3_file *file)
{
	return ((struct layer_file *)(void *)file)->id;
}

static int layer_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int layer_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
}

static int layer_write(sqlite3_file *file, const void *bytes, int len,
		       sqlite3_int64 offset)
{
	record(STEP_WRITE, id_of(file), (uint64_t)offset, bytes, (size_t)len);
	return real_of(file)->pMethods->xWrite(real_of(file), bytes, len, offset);
}

static int layer_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	record(STEP_CUT, id_of(file), (uint64_t)size, NULL, 0);
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int layer_sync(sqlite3_file *file, int flags)
{
	struct layer_file *layer = (struct layer_file *)(void *)file;
	int result = real_of(file)->pMethods->xSync(real_of(file), flags);

	record(STEP_SYNC, layer->id, 0, NULL, 0);
	if (!layer->is_synced && layer->id != FILE_DATABASE)
		record(STEP_FOLDER, layer->id, 0, NULL, 0);
	layer->is_synced = true;
	return result;
}

static int layer_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int layer_lock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xLock(real_of(file), lock);
}

static int layer_unlock(sqlite3_file *file, int lock)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), lock);
}

static int layer_check_lock(sqlite3_file *file, int *result)
{
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int layer_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int layer_sector(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int layer_traits(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static enum file_id id_of_name(const char *name)
{
	struct slice text = slice_text(name);

	for (int id = FILE_COUNT - 1; id > 0; id--)
		if (slice_ends_with(text, slice_text(suffixes[id])))
			return (enum file_id)id;
	return slice_ends_with(text, SLICE("countersign.db")) ? FILE_DATABASE
							      : FILE_OTHER;
}

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
		      int *ret_flags)
{
	struct layer_file *layer = (struct layer_file *)(void *)file;
	int result;

	(void)vfs;
	layer->id = name ? id_of_name(name) : FILE_OTHER;
	layer->is_synced = false;
	layer->real = (sqlite3_file *)(void *)(layer + 1);
	layer->base.pMethods = NULL;
	result = tape.real->xOpen(tape.real, name, layer->real, flags, ret_flags);
	if (layer->real->pMethods)
		layer->base.pMethods = &tape.methods;
	return result;
}

static int layer_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	(void)vfs;
	record(STEP_REMOVE, id_of_name(name), 0, NULL, 0);
	if (sync_folder)
		record(STEP_FOLDER, id_of_name(name), 0, NULL, 0);
	return tape.real->xDelete(tape.real, name, sync_folder);
}

static void start_recording(void)
{
	tape.real = sqlite3_vfs_find(NULL);
	tape.layer = *tape.real;
	tape.layer.zName = "recording";
	tape.layer.szOsFile += (int)sizeof(struct layer_file);
	tape.layer.xOpen = layer_open;
	tape.layer.xDelete = layer_delete;
	/* Without shared memory: the store uses none. */
	tape.methods = (sqlite3_io_methods){
		.iVersion = 1,
		.xClose = layer_close,
		.xRead = layer_read,
		.xWrite = layer_write,
		.xTruncate = layer_truncate,
		.xSync = layer_sync,
		.xFileSize = layer_size,
		.xLock = layer_lock,
		.xUnlock = layer_unlock,
		.xCheckReservedLock = layer_check_lock,
		.xFileControl = layer_control,
		.xSectorSize = layer_sector,
		.xDeviceCharacteristics = layer_traits,
	};
	if (sqlite3_vfs_register(&tape.layer, 1) != SQLITE_OK)
		wrong("the recording layer cannot be had");
}

/* ---- the run ---- */

static struct store *open_store(const char *folder)
{
	const struct store_options options = { .folder = folder };
	struct store_opening opening;
	struct store *store;
	struct err err;

	if (store_open(&options, &store, &opening, &err) < 0)
		wrong("%s", err.text);
	if (opening.was_damaged)
		wrong("damaged: %s", opening.damage);
	return store;
}

static void record_run(const char *folder)
{
	struct store *store;
	bool is_full, has_more;
	struct err err;

	start_recording();
	store = open_store(folder);
	for (uint64_t number = 1; number <= BATCHES; number++) {
		batches_put(store, number);
		if (store_commit(store, &is_full, &err) < 0)
			wrong("%s", err.text);
		record(STEP_ACK, FILE_DATABASE, number, NULL, 0);
		if (number % 20 == 0 && store_tidy(store, 0, &has_more, &err) < 0)
			wrong("%s", err.text);
		if (number % 25 == 0) {
			store_close(store);
			store = open_store(folder);
		}
	}
	store_close(store);
	(void)sqlite3_vfs_unregister(&tape.layer);
}

/* ---- states ---- */

struct disk_file {
	char *bytes;
	size_t size;
	bool is_there;
};

enum manner {
	MANNER_ALL,   /* what was not synced is there, up to the moment */
	MANNER_NONE,  /* none of it */
	MANNER_STEPS, /* any of its steps */
	MANNER_TORN,  /* any of its sectors */
	MANNER_COUNT
};

static void write_sectors(struct disk_file *file, const struct step *step,
			  enum manner manner)
{
	if (step->offset + step->len > FILE_BYTES_MAX)
		wrong("a file that is too large");
	for (size_t at = 0; at < step->len;) {
		size_t offset = (size_t)step->offset + at;
		size_t len = SECTOR_BYTES - offset % SECTOR_BYTES;

		if (len > step->len - at)
			len = step->len - at;
		if (manner != MANNER_TORN || random() % 2) {
			memcpy(file->bytes + offset, step->bytes + at, len);
			if (file->size < offset + len)
				file->size = offset + len;
		}
		at += len;
	}
}

static void apply(struct disk_file *file, const struct step *step, enum manner manner)
{
	switch (step->kind) {
	case STEP_WRITE:
		file->is_there = true;
		write_sectors(file, step, manner);
		break;
	case STEP_CUT:
		if (step->offset < file->size)
			memset(file->bytes + step->offset, 0, file->size - step->offset);
		file->size = step->offset;
		break;
	case STEP_REMOVE:
		memset(file->bytes, 0, file->size);
		*file = (struct disk_file){ .bytes = file->bytes };
		break;
	default:
		break;
	}
}

static size_t last_sync(enum file_id file, size_t moment)
{
	while (moment > 0 && (tape.steps[moment - 1].kind != STEP_SYNC ||
			      tape.steps[moment - 1].file != file))
		moment--;
	return moment;
}

static bool is_durable(size_t step, size_t synced, size_t moment)
{
	if (tape.steps[step].kind != STEP_REMOVE)
		return step < synced;
	while (++step < moment)
		if (tape.steps[step].kind == STEP_FOLDER)
			return true;
	return false;
}

static bool is_kept(const struct step *step, enum manner manner)
{
	if (manner == MANNER_STEPS || step->kind != STEP_WRITE)
		return manner != MANNER_NONE && random() % 2;
	return manner != MANNER_NONE;
}

/* The file at the moment. A removal that is lost takes all with it that was done to the
 * file of the same name since. */
static void make_file(struct disk_file *file, enum file_id id, size_t moment,
		      enum manner manner)
{
	size_t synced = last_sync(id, moment);

	for (size_t i = 0; i < moment; i++) {
		const struct step *step = &tape.steps[i];

		if (step->file != id)
			continue;
		if (manner == MANNER_ALL || is_durable(i, synced, moment))
			apply(file, step, MANNER_ALL);
		else if (is_kept(step, manner))
			apply(file, step, manner);
		else if (step->kind == STEP_REMOVE)
			break;
	}
}

static uint64_t last_ack(size_t moment)
{
	uint64_t batch = 0;

	for (size_t i = 0; i < moment; i++)
		if (tape.steps[i].kind == STEP_ACK)
			batch = tape.steps[i].offset;
	return batch;
}

static void put_file(const char *folder, enum file_id id, const struct disk_file *file)
{
	char path[PATH_BYTES];
	AUTO_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/countersign.db%s", folder, suffixes[id]);
	(void)unlink(path);
	if (!file->is_there)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, file->bytes, file->size) != (ssize_t)file->size)
		wrong("'%s' cannot be written", path);
}

/* In a process of its own, as a start is. */
static bool holds(const char *folder, uint64_t acknowledged)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct store *store = open_store(folder);
		uint64_t last = batches_check(store);

		if (last < acknowledged)
			wrong("batch %" PRIu64 " was acknowledged, %" PRIu64
			      " is the last",
			      acknowledged, last);
		store_close(store);
		_exit(0);
	}
	(void)waitpid(child, &status, 0);
	return status == 0;
}

static bool try_state(const char *folder, size_t moment, enum manner manner)
{
	struct disk_file files[FILE_COUNT];
	bool is_held;

	for (int id = 0; id < FILE_COUNT; id++) {
		files[id] = (struct disk_file){ .bytes = calloc(1, FILE_BYTES_MAX) };
		if (!files[id].bytes)
			wrong("no memory");
		make_file(&files[id], (enum file_id)id, moment, manner);
		put_file(folder, (enum file_id)id, &files[id]);
		free(files[id].bytes);
	}
	is_held = holds(folder, last_ack(moment));
	if (!is_held)
		(void)fprintf(stderr, "... at step %zu, in manner %d\n", moment, manner);
	return is_held;
}

int main(int argc, char **argv)
{
	unsigned states = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	unsigned lost = 0;

	if (states == 0) {
		(void)fprintf(stderr, "usage: power_store FOLDER STATES\n");
		return 3;
	}
	srandom(1);
	record_run(argv[1]);
	for (unsigned i = 0; i < states; i++) {
		enum manner manner = (enum manner)(i % MANNER_COUNT);
		/* every moment in turn, as evenly as there are states */
		size_t moment = (size_t)((uint64_t)i * tape.count / states) + 1;

		if (!try_state(argv[1], moment, manner))
			lost++;
	}
	printf("%zu steps recorded, %u states of the disk: %u lost\n", tape.count, states,
	       lost);
	for (size_t i = 0; i < tape.count; i++)
		free(tape.steps[i].bytes);
	return lost ? 1 : 0;
}
