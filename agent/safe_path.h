/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who else could have written a file: the difference between a log that proves something
 * and one that anybody may have made.
 */
#include <stdbool.h>

/* Whether only root, or the user this process runs as, can write the file or put another
 * in its place: the file and every folder above it belong to one of them and are not
 * writable by others (a folder with the sticky bit is: nobody may rename another's file
 * in it). False when it cannot be told. */
bool path_is_safe(const char *path);
