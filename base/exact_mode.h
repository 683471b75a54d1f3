/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Files and folders that are made with a mode of their own, whatever the umask is: at
 * once, so that no crash leaves one with another. The umask is the whole process', so no
 * other thread may make files meanwhile.
 */
#include <sys/types.h>

/* As open() with O_CREAT: what is there already keeps its mode. */
int open_exact(const char *path, int flags, mode_t mode);

/* As mkdir(). */
int mkdir_exact(const char *path, mode_t mode);
