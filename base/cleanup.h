/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ownership in one word: locals that free themselves when they leave their scope, and
 * TAKE() to hand one out. Uses GNU C's cleanup attribute, as gcc and clang both have it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE *const *file)
{
	if (*file)
		fclose(*file);
}

/* A heap pointer, freed at the end of its scope. Initialise it. */
#define AUTO_FREE __attribute__((cleanup(cleanup_free)))

/* A file descriptor, closed at the end of its scope. Initialise it; -1 is none. */
#define AUTO_CLOSE __attribute__((cleanup(cleanup_close)))

/* A FILE, closed at the end of its scope. Initialise it. */
#define AUTO_FCLOSE __attribute__((cleanup(cleanup_fclose)))

/* Gives the pointer away: evaluates to its value and leaves NULL behind. */
#define TAKE(pointer)                                   \
	({                                              \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                       \
		taken_;                                 \
	})

/* Gives the descriptor away: evaluates to its value and leaves -1 behind. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
