/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail_logrotate: a log that the real logrotate rotates in each of its ways, while the
 * tail follows, and again while it is killed and started again: every line once, in
 * order, and no gap. Exits with 77 (skipped) where there is no logrotate.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/follow/tail.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/unit/input/scratch.h"

#define ROTATIONS 12
#define LINES_BETWEEN 40
#define SKIPPED 77

struct run {
	struct scratch scratch;
	struct tail *tail;
	struct buf cursor;
	uint64_t written, expected, gaps, wrong;
};

static const struct {
	const char *name, *settings;
	bool writer_creates; /* logrotate does not */
	bool may_refuse;     /* to rotate twice within a second */
} ways[] = {
	{ "create", "create 0600", false, false },
	{ "nocreate", "nocreate", true, false },
	{ "copytruncate", "copytruncate", false, false },
	{ "dateext", "create 0600\ndateext\ndateformat -%Y%m%d-%s", false, true },
	{ "compress", "create 0600\ncompress", false, false },
	{ "delaycompress", "create 0600\ncompress\ndelaycompress", false, false },
	{ "copytruncate compress", "copytruncate\ncompress", false, false },
	{ "olddir", "create 0600\nolddir old", false, false },
};

static void must(bool held, const char *what)
{
	if (held)
		return;
	perror(what);
	exit(1);
}

static void write_lines(struct run *run)
{
	const char *path = scratch_path(&run->scratch, "log");
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	must(fd >= 0, path);
	for (int i = 0; i < LINES_BETWEEN; i++)
		must(dprintf(fd, "line %" PRIu64 "\n", run->written++) > 0, path);
}

static void take(struct run *run, struct slice bytes)
{
	struct slice line;
	uint64_t number;

	while (slice_take_until(&bytes, '\n', &line)) {
		if (!slice_take_prefix(&line, SLICE("line ")) ||
		    !slice_number(line, UINT64_MAX, &number) || number != run->expected)
			run->wrong++;
		else
			run->expected++;
	}
}

static void follow(struct run *run)
{
	struct tail_step step;

	do {
		tail_next(run->tail, &step);
		if (step.kind == TAIL_LINES)
			take(run, step.bytes);
		run->gaps += step.kind == TAIL_GAP;
	} while (step.kind == TAIL_LINES || step.kind == TAIL_GAP);
}

static void start(struct run *run)
{
	run->tail = tail_new(scratch_path(&run->scratch, "log"), buf_slice(&run->cursor),
			     TAIL_FROM_START);
}

static void stop(struct run *run)
{
	buf_clear(&run->cursor);
	tail_cursor(run->tail, &run->cursor);
	tail_free(run->tail);
	run->tail = NULL;
}

static void configure(struct run *run, const char *settings)
{
	AUTO_BUF struct buf text = BUF_LIMIT(4096);

	buf_append_format(&text,
			  "\"%s/log\" {\nrotate 20\nmissingok\nnotifempty\n%s\n}\n",
			  run->scratch.folder, settings);
	scratch_write(&run->scratch, "logrotate.conf", buf_slice(&text));
	must(mkdir(scratch_path(&run->scratch, "old"), 0700) == 0, "old");
}

/* Without a shell: the folder's name is nobody's to interpret. */
static void rotate(struct run *run, bool may_refuse)
{
	char configuration[128];
	char state[128];
	pid_t child;
	int status = 1;

	(void)snprintf(configuration, sizeof(configuration), "%s/logrotate.conf",
		       run->scratch.folder);
	(void)snprintf(state, sizeof(state), "%s/state", run->scratch.folder);
	child = fork();
	must(child >= 0, "fork");
	if (child == 0) {
		(void)setenv("PATH", "/usr/sbin:/sbin:/usr/bin:/bin", 1);
		if (may_refuse && !freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp("logrotate", "logrotate", "-f", "-s", state, configuration,
		       (char *)NULL);
		_exit(127);
	}
	must(waitpid(child, &status, 0) == child, "waitpid");
	if (WIFEXITED(status) && WEXITSTATUS(status) <= may_refuse)
		return;
	fprintf(stderr, "logrotate failed with %d\n", status);
	exit(1);
}

/* With `is_down` the tail sleeps through every second pair of rotations. */
static bool run_way(size_t way, bool is_down)
{
	struct run run = { .cursor = BUF_LIMIT(LIMIT_TAIL_CURSOR_BYTES) };
	bool is_good;

	scratch_init(&run.scratch);
	configure(&run, ways[way].settings);
	write_lines(&run);
	start(&run);
	follow(&run);
	for (int i = 0; i < ROTATIONS; i++) {
		bool sleeps = is_down && i % 4 >= 2;

		if (sleeps && run.tail)
			stop(&run);
		else if (!sleeps && !run.tail)
			start(&run);
		if (run.tail && i % 3 == 0)
			follow(&run);
		write_lines(&run);
		rotate(&run, ways[way].may_refuse);
		if (!ways[way].writer_creates || i % 2 == 0)
			write_lines(&run);
	}
	if (!run.tail)
		start(&run);
	write_lines(&run);
	follow(&run);
	is_good = run.expected == run.written && run.wrong == 0 && run.gaps == 0;
	printf("%s%s: %" PRIu64 " of %" PRIu64 " lines in order, %" PRIu64
	       " others, %" PRIu64 " gaps%s\n",
	       ways[way].name, is_down ? ", down meanwhile" : "", run.expected,
	       run.written, run.wrong, run.gaps, is_good ? "" : ": FAILED");
	tail_free(run.tail);
	buf_release(&run.cursor);
	scratch_release(&run.scratch);
	return is_good;
}

int main(void)
{
	bool is_good = true;

	if (access("/usr/sbin/logrotate", X_OK) < 0 &&
	    access("/sbin/logrotate", X_OK) < 0 &&
	    access("/usr/bin/logrotate", X_OK) < 0) {
		printf("skipped: logrotate is not installed\n");
		return SKIPPED;
	}
	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++)
		for (int is_down = 0; is_down < 2; is_down++)
			is_good &= run_way(way, is_down);
	return is_good ? 0 : 1;
}
