/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files of the configuration, opened so that nobody else can have written what is read:
 * a file, its folder and every folder above must be root's or this user's, and nobody but
 * its owner may write it (a folder for everybody's temporary files, where only owners
 * remove, is allowed for the file itself). Links are followed; what they lead to is what
 * is looked at. The text is printable UTF-8 of bounded length.
 */
#include "base/buf.h"
#include "base/err.h"

/* Opens the folder of `path`, and gives its last part (borrowed from `path`). When the
 * folder is missing `*ret_fd` is -1. The caller closes it. */
int config_folder_open(const char *path, int *ret_fd, const char **ret_name,
		       struct err *err) __attribute__((warn_unused_result));

/* As config_folder_open(), of the folder `name` in the open folder `at`. */
int config_folder_open_at(int at, const char *name, int *ret_fd, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the whole file `name` of the open folder; one that does not fit the buf's limit
 * is refused. `*ret_found` is false, and nothing appended, when there is none. */
int config_file_read(int folder, const char *name, struct buf *buf, bool *ret_found,
		     struct err *err) __attribute__((warn_unused_result));

struct config_names {
	char **names; /* owned */
	size_t count;
};

/* The names in the folder that end in ".conf" and do not begin with '.', in order of
 * their bytes. The caller releases them. */
int config_folder_list(int folder, struct config_names *ret_names, struct err *err)
	__attribute__((warn_unused_result));
void config_names_release(struct config_names *names);

/* Whether the text is what a configuration may be: UTF-8, no control bytes but tabs and
 * ends of lines, nothing that hides or reorders. The error names the line. */
int config_text_check(struct slice text, struct err *err)
	__attribute__((warn_unused_result));
