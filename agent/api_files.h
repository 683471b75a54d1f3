/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * API files: which files of a folder of API logs were read, as they were then, and what
 * each of them covers or hides. Stored a value a file in the same batch as its calls, so
 * that a restart knows as much; forgotten when no login is judged by it any more. Reads
 * no file itself.
 */
#include <sys/stat.h>

#include "agent/store/store.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "evidence/cloud/coverage.h"

/* Files last changed before this are of no login that is still to be judged. */
#define API_FILE_KEPT (8 * US_PER_DAY)

/* One file, as it was when it was read. */
struct api_file {
	char *path; /* owned */
	uint64_t size;
	us_time changed_at;
	bool is_refused; /* others could have written it: it was not read */
	struct api_file *next;
};

struct api_files {
	struct store *store; /* borrowed */
	struct hash_key hash_key;
	struct map by_path;
	struct api_file *first; /* owned list */
	struct arena arena;	/* the coverage's */
	struct coverage coverage;
};

/* What is found out about one file. */
struct api_file_found {
	const char *path;
	uint64_t size;
	us_time changed_at;
	struct buf lines; /* of what it covers and hides, to be stored */
};

/* Loads what was stored. Fails when that cannot be read. */
int api_files_open(struct api_files *files, struct store *store, struct err *err)
	__attribute__((warn_unused_result));
void api_files_close(struct api_files *files);

/* NULL = it was never read. */
const struct api_file *api_files_find(const struct api_files *files, const char *path);

/* Begins what is found out about one file; api_files_put() or _refuse() ends it. */
void api_file_found_begin(struct api_file_found *found, const char *path,
			  const struct stat *status);
/* It covers so much; `is_complete`: nothing was left out of it. */
void api_files_add_extent(struct api_files *files, struct api_file_found *found,
			  const struct api_extent *extent, bool is_complete);
/* It hides what was logged between these. */
void api_files_add_hole(struct api_files *files, struct api_file_found *found,
			us_time from, us_time until);
void api_files_put(struct api_files *files, struct api_file_found *found);

/* It was not read, because others could have written it. */
void api_files_refuse(struct api_files *files, struct api_file_found *found);

/* Forgets the files that are old. False when none was; else the coverage is to be built
 * anew when that is committed. */
bool api_files_forget(struct api_files *files, us_time now);
int api_files_rebuild(struct api_files *files, struct err *err)
	__attribute__((warn_unused_result));
