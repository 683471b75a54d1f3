/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * File list: the files that the given paths stand for, each once and in byte order, so
 * that neither the order of the command line nor naming a file twice changes a result.
 */
#include <sys/types.h>

#include "cli/problems.h"

struct file_item {
	char *path;	    /* owned */
	const char *folder; /* it was found below, borrowed; NULL: it was named itself */
	bool is_known;	    /* it was there to look at: device, inode and size are set */
	dev_t device;
	ino_t inode;
	uint64_t size_bytes;
};

struct file_list {
	struct file_item *items; /* owned */
	size_t count, size;
};

void file_list_release(struct file_list *list);

/* Adds the file, or every regular file below the folder. What cannot be looked at is told
 * and counted in `problems`; a path that is no folder is added whatever it is, for its
 * reader to say what is wrong with it. */
void file_list_add(struct file_list *list, const char *path, struct problems *problems);

/* Sorts and drops what is there twice. Once, after the last file_list_add(). */
void file_list_finish(struct file_list *list);

/* All sizes together, in bytes on disk. */
uint64_t file_list_bytes(const struct file_list *list);
