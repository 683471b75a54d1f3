/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Siblings: the files beside a log that it may have become. Found by name ("auth.log.1",
 * "auth.log.2.gz", "auth.log-20260122", "auth.log-20260122-1769040000.gz") in the log's
 * folder, in the folder a symbolic link of that name leads to, and in folders below where
 * only root or this process may put files; and one file of any name there that has an
 * inode asked for. In order of time: first by the scheme of the names, whose direction
 * (logrotate's newest is 1, seelog's newest has the highest number) the files' times
 * tell.
 */
#include <sys/stat.h>

#include "agent/follow/tail_mark.h"

enum tail_scheme {
	TAIL_NAME_OTHER, /* tells no order: a backup, an editor's file */
	TAIL_NAME_NUMBER,
	TAIL_NAME_DATE,
};

struct tail_sibling {
	char *path; /* owned */
	uint64_t device, inode;
	uint64_t born_ns; /* 0 = unknown */
	int64_t changed_ns;
	uint64_t size_bytes;
	uint32_t owner;
	enum tail_scheme scheme;
	uint64_t rank[2];   /* within the scheme; of names that count, the number */
	bool is_gzip;	    /* by its name */
	bool is_unreadable; /* by its name: xz, bzip2, zstd, lz4, Z, zip */
};

struct tail_siblings {
	struct tail_sibling *items; /* owned; oldest first, names of no order before */
	size_t count, room;
};

#define TAIL_SIBLINGS_NONE \
	{                  \
		NULL, 0, 0 \
	}

/* Lists what lies beside `path`, without the file that `live` (may be NULL) is the status
 * of. `inode` is looked for under any name; 0 = none. A folder that cannot be read has no
 * siblings. */
void tail_siblings_list(const char *path, const struct stat *live, uint64_t inode,
			struct tail_siblings *ret_siblings);
void tail_siblings_release(struct tail_siblings *siblings);

#define AUTO_TAIL_SIBLINGS __attribute__((cleanup(tail_siblings_release)))

/* What a name says, without the log's own name in front: false when it is none of its
 * rotated files. */
bool tail_sibling_name(struct slice rest, struct tail_sibling *ret_sibling);
