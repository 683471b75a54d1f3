/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys that Google's guest agent put into an authorized_keys file. It marks each with the
 * line before it and, as it reads its own file back, takes the next line that is not
 * empty for the key (guest-agent non_windows_accounts.go updateAuthorizedKeysFile()):
 *
 * # Added by Google
 * ssh-ed25519 AAAA... google-ssh {"userName":"amy@example.com","expireOn":"2026-..."}
 *
 * Keys without the mark are somebody else's and are not read. A file says nothing of
 * times: its keys are as old as its last change.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "evidence/cloud.h"
#include "evidence/host/grammar.h"
#include "evidence/host/log_kind.h"

#define USER_BYTES 256
#define PRINCIPAL_BYTES 320 /* the longest e-mail address, RFC 3696 errata 1690 */

struct keys_file {
	struct slice user; /* whose file it is, by its path; borrowed, may be empty */
	us_time changed_at;
	bool is_marked; /* the line before was Google's mark */
	struct host_reader_stats stats;
};

/* "/home/amy/.ssh/authorized_keys" is amy's. */
static struct slice user_of_path(struct slice path)
{
	ptrdiff_t slash;

	if (!slice_take_suffix(&path, SLICE("/authorized_keys")) ||
	    !slice_take_suffix(&path, SLICE("/.ssh")))
		return SLICE("");
	slash = slice_find_last(path, '/');
	path = slice_skip(path, (size_t)(slash + 1));
	if (path.len > USER_BYTES ||
	    !grammar_all(path, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN))
		return SLICE("");
	return path;
}

static us_time file_time(const struct host_reader_options *options)
{
	return options->latest > US_TIME_MIN && options->latest <= US_TIME_MAX
		       ? options->latest
		       : options->anchor;
}

static void *make_file(const struct host_reader_options *options)
{
	struct keys_file *file = memory_new(1, sizeof(*file));

	file->user = user_of_path(options->path);
	file->changed_at = file_time(options);
	file->stats.first = US_TIME_NONE;
	file->stats.last = US_TIME_NONE;
	return file;
}

static void release_file(void *log)
{
	free(log);
}

static bool is_mark(struct slice line)
{
	return slice_equal(line, SLICE("# Added by Google"));
}

static bool next_key(void *log, struct slice *chunk, struct slice *ret_line)
{
	struct keys_file *file = log;

	while (chunk->len > 0) {
		struct slice line = *chunk;
		bool was_marked = file->is_marked;

		if (!slice_take_until(chunk, '\n', &line))
			*chunk = slice_skip(*chunk, chunk->len);
		file->stats.lines++;
		if (line.len == 0)
			continue;
		file->is_marked = !was_marked && is_mark(line);
		if (was_marked) {
			*ret_line = line;
			return true;
		}
	}
	return false;
}

/* Takes the options before a key off: up to the first blank outside of quotes (sshd(8),
 * AUTHORIZED_KEYS FILE FORMAT). */
static struct slice without_options(struct slice line)
{
	bool is_quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] == '\\' && i + 1 < line.len && line.ptr[i + 1] == '"')
			i++;
		else if (line.ptr[i] == '"')
			is_quoted = !is_quoted;
		else if (!is_quoted && line.ptr[i] == ' ')
			return slice_trim(slice_skip(line, i));
	}
	return SLICE("");
}

/* Finds the key in a line, and makes its fingerprint. */
static bool read_key(struct slice *line, char fingerprint[FINGERPRINT_TEXT_BYTES])
{
	struct slice key = slice_trim(*line);

	if (!ssh_key_fingerprint(key, fingerprint)) {
		key = without_options(key);
		if (!ssh_key_fingerprint(key, fingerprint))
			return false;
	}
	*line = key;
	return true;
}

/* Whose key its comment says it is, as gcloud and the console write it: google-ssh
 * {"userName":"amy@example.com", ... Anybody can write a comment. */
static struct slice principal_of(struct slice key)
{
	struct slice word, name;

	if (!slice_take_until(&key, ' ', &word) || !slice_take_until(&key, ' ', &word) ||
	    !slice_take_prefix(&key, SLICE("google-ssh {\"userName\":\"")) ||
	    !slice_take_until(&key, '"', &name) || name.len > PRINCIPAL_BYTES ||
	    !grammar_all(name, BYTE_GRAPHIC) ||
	    (name.len && memchr(name.ptr, '\\', name.len)))
		return SLICE("");
	return name;
}

static void read_line(void *log, const struct record *record,
		      const struct emitter *emitter)
{
	struct keys_file *file = log;
	struct slice key = record->bytes;
	char fingerprint[FINGERPRINT_TEXT_BYTES];
	struct event event = {
		.kind = EVENT_CLOUD_KEY,
		.happened_at = file->changed_at,
		.evidence = record->evidence,
		.trust = TRUST_ROOT_FILE,
		.source = HOST_SOURCE_KEYS,
	};

	if (record->is_cut || file->changed_at == US_TIME_NONE ||
	    !read_key(&key, fingerprint))
		return;
	file->stats.known_lines++;
	file->stats.first = file->changed_at;
	file->stats.last = file->changed_at;
	event.cloud_key.user = file->user;
	event.cloud_key.fingerprint = slice_text(fingerprint);
	event.cloud_key.principal = principal_of(key);
	emitter_emit(emitter, &event);
}

/* "ssh-ed25519 SHA256:... amy@example.com" */
static void append_evidence(const struct record *record, struct buf *buf)
{
	char fingerprint[FINGERPRINT_TEXT_BYTES];
	struct slice key = record->bytes;
	struct slice rest, type, principal;

	if (record->is_cut || !read_key(&key, fingerprint))
		return;
	rest = key;
	if (slice_take_until(&rest, ' ', &type))
		buf_append(buf, type);
	buf_append_format(buf, " %s", fingerprint);
	principal = principal_of(key);
	if (principal.len) {
		buf_append_byte(buf, ' ');
		buf_append(buf, principal);
	}
}

static struct host_reader_stats file_stats(const void *log)
{
	const struct keys_file *file = log;

	return file->stats;
}

const struct log_kind authorized_keys_log = {
	.source = HOST_SOURCE_KEYS,
	.recognise = is_mark,
	.make = make_file,
	.release = release_file,
	.next = next_key,
	.read = read_line,
	.evidence = append_evidence,
	.stats = file_stats,
};
