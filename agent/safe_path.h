/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who else could have written a file: the difference between a log that proves something
 * and one that anybody may have made.
 */
#include <stdbool.h>

/* Whether only root, or the user this process runs as, can write the file or put another
 * in its place: the file, every folder on the way to it and every link belong to one of
 * them, and no other may write them (a folder with the sticky bit is fine: nobody may
 * rename another's file in it). The way is gone folder by folder as each was opened, so
 * nothing that is another's is ever passed. False when it cannot be told. */
bool path_is_safe(const char *path);
