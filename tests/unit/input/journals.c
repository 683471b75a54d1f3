/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tests/unit/input/journals.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"

bool seen_wanted(void *ctx, struct slice message)
{
	struct seen *seen = ctx;

	seen->asked++;
	return slice_find(message, slice_text(seen->word)) >= 0;
}

void seen_entry(void *ctx, const struct record *record, const char *cursor)
{
	struct seen *seen = ctx;
	const struct journal_fields *fields = record->journal;

	buf_append_format(&seen->entries, "%" PRId64 " ", fields->realtime);
	escape_append(&seen->entries, slice_first(record->bytes, 200));
	buf_append_format(
		&seen->entries,
		" host=%.*s ident=%.*s uid=%" PRId64 " pid=%" PRIu32 " cursor=%s\n",
		SLICE_ARG(fields->hostname), SLICE_ARG(fields->ident), fields->uid,
		fields->pid, seen->hides_cursor ? (cursor[0] ? "some" : "") : cursor);
	buf_append_byte(&seen->users, fields->is_user_journal ? 'u' : 's');
	seen->is_cut = record->is_cut;
}

void seen_damaged(void *ctx, const struct err *why)
{
	struct seen *seen = ctx;

	buf_append_format(&seen->damages, "%s\n", why->text);
}

void seen_clear(struct seen *seen)
{
	buf_clear(&seen->entries);
	buf_clear(&seen->damages);
	buf_clear(&seen->users);
	seen->asked = 0;
	seen->stats = (struct journal_stats){ .entries = 0 };
}

void seen_release(struct seen *seen)
{
	buf_release(&seen->entries);
	buf_release(&seen->damages);
	buf_release(&seen->users);
}

static const char *maker(void)
{
	static const char *const paths[] = {
		"/lib/systemd/systemd-journal-remote",
		"/usr/lib/systemd/systemd-journal-remote",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

bool journals_can_be_made(void)
{
	return maker() != NULL;
}

void journal_make(struct scratch *scratch, const char *name, struct slice text)
{
	const char *program = maker();
	char option[256];
	int status = -1;
	pid_t child;

	if (!program)
		abort();
	scratch_write(scratch, "export-text", text);
	(void)snprintf(option, sizeof(option), "--output=%s",
		       scratch_path(scratch, name));
	child = fork();
	if (child == 0) {
		/* It tells how many entries it wrote. */
		(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		execl(program, program, option, scratch_path(scratch, "export-text"),
		      (char *)NULL);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) {
		(void)fprintf(stderr, "systemd-journal-remote failed with status %d\n",
			      status);
		abort();
	}
	(void)unlink(scratch_path(scratch, "export-text"));
}

void journal_append_entry(struct buf *text, unsigned second, const char *message)
{
	buf_append_format(text,
			  "__REALTIME_TIMESTAMP=%" PRIu64 "\n"
			  "__MONOTONIC_TIMESTAMP=%u000000\n"
			  "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
			  "_MACHINE_ID=fedcba9876543210fedcba9876543210\n"
			  "_HOSTNAME=ip-192-0-2-10\n"
			  "_TRANSPORT=syslog\n"
			  "_UID=0\n_PID=100\n_COMM=sshd\n_SYSTEMD_UNIT=ssh.service\n"
			  "SYSLOG_IDENTIFIER=sshd\nPRIORITY=6\n"
			  "MESSAGE=%s\n\n",
			  UINT64_C(1795305600000000) + second * UINT64_C(1000000),
			  second + 1, message);
}
