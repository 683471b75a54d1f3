/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/store/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agent/store/aside.h"
#include "agent/store/private.h"
#include "agent/store/reserve.h"
#include "base/cleanup.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"

#define DATABASE_NAME "countersign.db"

/* Of three texts of one evidence line. */
#define FOUND_BYTES (3 * LIMIT_STORED_BYTES)

const char *const store_sequence_names[STORE_STREAMS] = {
	"sequence-0",
	"sequence-1",
	"sequence-2",
	"sequence-3",
};

/* ---- opening ---- */

static off_t size_of(const char *path, const char *suffix)
{
	AUTO_BUF struct buf name = BUF_LIMIT(4096);
	struct stat status;

	buf_append_format(&name, "%s%s", path, suffix);
	return lstat(buf_text(&name), &status) == 0 ? status.st_size : 0;
}

int64_t store_get_meta(struct store *store, const char *name, int64_t absent)
{
	struct query query = query_begin(&store->database, SQL_GET_META);
	int64_t number = absent;

	query_bind_text(&query, "@name", name);
	if (query_step(&query))
		number = query_number(&query, 0);
	(void)query_end(&query);
	return number;
}

static void load_meta(struct store *store)
{
	store->batch_number = store_get_meta(store, META_BATCH, 0) + 1;
	store->next_reference = (uint64_t)store_get_meta(store, META_REFERENCE, 1);
	store->next_number = (uint64_t)store_get_meta(store, META_NUMBER, 1);
	store->saved_reference = store->next_reference;
	store->saved_number = store->next_number;
	for (unsigned i = 0; i < STORE_STREAMS; i++) {
		store->next_sequence[i] =
			(uint64_t)store_get_meta(store, store_sequence_names[i], 1);
		store->saved_sequence[i] = store->next_sequence[i];
	}
}

/* Opens what is there. *ret_state = DATABASE_DAMAGED: it may be moved aside. */
static int try_open(struct store *store, bool is_new, enum database_state *ret_state,
		    struct err *err)
{
	*ret_state = DATABASE_GOOD;
	if (is_new && size_of(store->path, "-wal") > 0) {
		*ret_state = DATABASE_DAMAGED;
		return err_set(err, ERR_FORMAT,
			       "'%s' is empty or gone, but its log is not", store->path);
	}
	if (database_open(&store->database, store->path, ret_state, err) < 0)
		return -1;
	/* No mark at all: nothing was ever put, or it cannot be read. */
	if (store_get_meta(store, META_CLEAN, 0) == 1 ||
	    database_check(&store->database, false, err) == 0)
		return 0;
	database_close(&store->database);
	if (err->code == ERR_FORMAT)
		*ret_state = DATABASE_DAMAGED;
	return -1;
}

/* Finishes or does the moving aside of what was noted. */
static int move_aside(struct store *store, struct store_opening *opening, struct err *err)
{
	struct aside aside;
	bool is_found;

	if (aside_move(store->path, &aside, &is_found, err) < 0)
		return -1;
	if (!is_found)
		return 0;
	opening->was_damaged = true;
	(void)snprintf(opening->moved_to, sizeof(opening->moved_to), "%s",
		       aside.moved_to);
	(void)snprintf(opening->damage, sizeof(opening->damage), "%s", aside.damage);
	return 0;
}

static int open_database(struct store *store, struct store_opening *opening,
			 struct err *err)
{
	enum database_state state;

	if (move_aside(store, opening, err) < 0)
		return -1;
	opening->is_new = size_of(store->path, "") == 0;
	if (try_open(store, opening->is_new, &state, err) == 0)
		return 0;
	/* Twice, before what was known is laid aside: a disk may fail once. */
	if (state == DATABASE_DAMAGED &&
	    try_open(store, opening->is_new, &state, err) == 0)
		return 0;
	if (state != DATABASE_DAMAGED) {
		/* The disk may be full. */
		if (!reserve_release(store->options.folder))
			return -1;
		return try_open(store, opening->is_new, &state, err);
	}
	if (aside_note(store->path, err->text, err) < 0 ||
	    move_aside(store, opening, err) < 0)
		return -1;
	opening->is_new = true;
	return try_open(store, true, &state, err);
}

/* Nobody else's business; that it cannot be made so is for the admin to say. */
static int close_folder(const char *folder, struct err *err)
{
	struct stat status;

	if (stat(folder, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", folder);
	if (!S_ISDIR(status.st_mode))
		return err_set(err, ERR_SYSTEM, "'%s' is not a directory", folder);
	if ((status.st_mode & 077) != 0)
		(void)chmod(folder, 0700);
	return 0;
}

static struct store *store_new(const struct store_options *options)
{
	struct store *store = memory_new(1, sizeof(*store));
	size_t size = strlen(options->folder) + sizeof("/" DATABASE_NAME);

	store->options = *options;
	store->options.folder = memory_copy_text(slice_text(options->folder));
	store->path = memory_new(size, 1);
	(void)snprintf(store->path, size, "%s/%s", options->folder, DATABASE_NAME);
	store->found = (struct buf)BUF_LIMIT(FOUND_BYTES);
	batch_init(&store->batch);
	return store;
}

static void store_free(struct store *store)
{
	database_close(&store->database);
	batch_release(&store->batch);
	store_forget_waiting(store);
	buf_release(&store->found);
	free(store->path);
	free((char *)(uintptr_t)store->options.folder);
	free(store);
}

int store_open(const struct store_options *options, struct store **ret_store,
	       struct store_opening *ret_opening, struct err *err)
{
	struct store_opening opening = { .is_new = false };
	struct store *store;

	if (close_folder(options->folder, err) < 0)
		return -1;
	store = store_new(options);
	if (open_database(store, &opening, err) < 0) {
		store_free(store);
		return -1;
	}
	load_meta(store);
	reserve_keep(options->folder);
	*ret_opening = opening;
	*ret_store = store;
	return 0;
}

/* Says that the next start needs no check. */
static void mark_clean(struct store *store)
{
	if (!store->is_marked || store->must_reopen)
		return;
	FAULT_POINT("store-close-begin");
	if (store_put_meta(store, META_CLEAN, 1) != SQLITE_OK)
		database_roll_back(&store->database);
	FAULT_POINT("store-close-marked");
}

void store_close(struct store *store)
{
	if (!store)
		return;
	mark_clean(store);
	store_free(store);
}

/* ---- putting ---- */

void store_put_event(struct store *store, us_time fed_at, struct slice code,
		     struct slice key)
{
	batch_put_event(&store->batch, fed_at, code, key);
}

uint64_t store_next_reference(struct store *store)
{
	return store->next_reference++;
}

void store_put_text(struct store *store, const struct store_text *text)
{
	batch_put_text(&store->batch, text);
}

void store_put_value(struct store *store, const char *name, struct slice value)
{
	batch_put_value(&store->batch, name, value);
}

void store_put_login(struct store *store, const struct store_login *login)
{
	batch_put_login(&store->batch, login);
}

void store_put_finding(struct store *store, const struct store_finding *finding)
{
	batch_put_finding(&store->batch, finding);
}

uint64_t store_next_number(struct store *store)
{
	return store->next_number++;
}

uint64_t store_next_sequence(struct store *store, unsigned stream)
{
	assert(stream < STORE_STREAMS);
	return store->next_sequence[stream]++;
}

void store_put_baseline(struct store *store, const struct store_baseline *row)
{
	batch_put_baseline(&store->batch, row);
}

void store_drop_baseline(struct store *store, struct slice kind, struct slice key)
{
	batch_drop_baseline(&store->batch, kind, key);
}

size_t store_batch_bytes(const struct store *store)
{
	return store->batch.bytes;
}
