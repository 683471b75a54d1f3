/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/metadata_keys.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "evidence/cloud.h"

/* The guest agent's users are POSIX names; the longest e-mail address is RFC 3696's. */
#define USER_BYTES 256
#define PRINCIPAL_BYTES 320

void metadata_keys_init(struct metadata_keys *keys)
{
	keys->text = (struct buf)BUF_LIMIT(METADATA_KEYS_BYTES);
}

void metadata_keys_release(struct metadata_keys *keys)
{
	buf_release(&keys->text);
}

/* ---- one entry -----------------------------------------------------------------------
 */

/* Such text has a place in a line of its own. */
static bool is_plain(struct slice text, size_t limit)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		if (byte <= ' ' || byte == 0x7f)
			return false;
	}
	return text.len <= limit;
}

/* The text after "NAME":" in a key's comment, up to the next quote; else empty. */
static struct slice said_in(struct slice comment, struct slice name)
{
	ptrdiff_t at = slice_find(comment, name);
	struct slice text, said;

	if (at < 0)
		return (struct slice){ NULL, 0 };
	text = slice_skip(comment, (size_t)at + name.len);
	if (!slice_take_until(&text, '"', &said))
		said.len = 0;
	return said;
}

/* ssh-ed25519 AAAA... google-ssh {"userName":"amy@example.com","expireOn":"2026-..."} */
static struct slice comment_of(struct slice key)
{
	struct slice word;

	if (!slice_take_until(&key, ' ', &word) || !slice_take_until(&key, ' ', &word) ||
	    !slice_take_prefix(&key, SLICE("google-ssh ")))
		key.len = 0;
	return key;
}

static void append_entry(struct buf *lines, struct slice entry, us_time now)
{
	struct slice key = slice_trim(entry), user, comment, principal;
	char fingerprint[FINGERPRINT_TEXT_BYTES];
	us_time expires;

	if (!slice_take_until(&key, ':', &user) || user.len == 0 ||
	    !is_plain(user, USER_BYTES) || !ssh_key_fingerprint(key, fingerprint))
		return;
	comment = comment_of(key);
	if (time_from_rfc3339(said_in(comment, SLICE("\"expireOn\":\"")), &expires) &&
	    expires < now)
		return;
	principal = said_in(comment, SLICE("\"userName\":\""));
	if (!is_plain(principal, PRINCIPAL_BYTES))
		principal.len = 0;
	buf_append_format(lines, "%s\t%.*s\t%.*s\n", fingerprint, SLICE_ARG(user),
			  SLICE_ARG(principal));
}

static void append_entries(struct buf *lines, struct slice entries, us_time now)
{
	struct slice entry;

	while (slice_take_until(&entries, '\n', &entry))
		append_entry(lines, entry, now);
	append_entry(lines, entries, now);
}

/* ---- which entries count -------------------------------------------------------------
 */

/* As Go's strconv.ParseBool() takes it. */
static bool is_true(struct slice text)
{
	return slice_equal(text, SLICE("1")) ||
	       slice_equal_ignoring_case(text, SLICE("t")) ||
	       slice_equal_ignoring_case(text, SLICE("true"));
}

static bool is_set(const json_t *answer, const char *path)
{
	return json_at(answer, path) != NULL;
}

/* What the instance says of it goes before what its project says. */
static bool has_os_login(const json_t *answer)
{
	return is_true(json_text_at(answer, is_set(answer, "instance.enable-oslogin")
						    ? "instance.enable-oslogin"
						    : "project.enable-oslogin"));
}

static void append_all(struct buf *lines, const json_t *answer, us_time now)
{
	append_entries(lines, json_text_at(answer, "instance.ssh-keys"), now);
	append_entries(lines, json_text_at(answer, "instance.sshKeys"), now);
	if (is_set(answer, "instance.sshKeys") ||
	    is_true(json_text_at(answer, "instance.block-project-ssh-keys")))
		return;
	append_entries(lines, json_text_at(answer, "project.ssh-keys"), now);
	append_entries(lines, json_text_at(answer, "project.sshKeys"), now);
}

/* ---- in order ------------------------------------------------------------------------
 */

/* Fingerprint and user, of a line. */
static struct slice name_of(struct slice line)
{
	ptrdiff_t tab = slice_find_last(line, '\t');

	return slice_first(line, tab < 0 ? line.len : (size_t)tab);
}

static int by_text(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void sort(struct buf *sorted, struct slice lines)
{
	size_t count = 0, size = lines.len / FINGERPRINT_TEXT_BYTES + 1;
	struct slice *list = memory_new(size, sizeof(*list)), last = { NULL, 0 };

	while (count < size && slice_take_until(&lines, '\n', &list[count]))
		count++;
	qsort(list, count, sizeof(*list), by_text);
	for (size_t i = 0; i < count; i++) {
		if (i && slice_equal(name_of(list[i]), last))
			continue;
		last = name_of(list[i]);
		buf_append(sorted, list[i]);
		buf_append_byte(sorted, '\n');
	}
	free(list);
}

int metadata_keys_read(struct metadata_keys *keys, struct slice answer, us_time now,
		       struct err *err)
{
	AUTO_BUF struct buf lines = BUF_LIMIT(METADATA_KEYS_BYTES);
	AUTO_JSON json_t *json = NULL;

	if (json_read(answer, &json, err) < 0)
		return -1;
	if (!json_is_object(json_at(json, "instance")) ||
	    !json_is_object(json_at(json, "project")))
		return err_set(err, ERR_FORMAT, "it does not say what the keys are");
	if (!has_os_login(json))
		append_all(&lines, json, now);
	if (buf_overflowed(&lines))
		return err_set(err, ERR_LIMIT, "more keys than are kept");
	buf_clear(&keys->text);
	sort(&keys->text, buf_slice(&lines));
	return 0;
}

bool metadata_keys_have(const struct metadata_keys *keys, struct slice fingerprint,
			struct slice user)
{
	struct slice rest = buf_slice(&keys->text), line, of_line, of_user;

	while (slice_take_until(&rest, '\n', &line)) {
		of_user = name_of(line);
		if (slice_take_until(&of_user, '\t', &of_line) &&
		    slice_equal(of_line, fingerprint) && slice_equal(of_user, user))
			return true;
	}
	return false;
}

/* ---- what has changed ----------------------------------------------------------------
 */

struct event metadata_keys_event(struct slice fingerprint, struct slice user, us_time at)
{
	/* The metadata server is asked by the agent itself. */
	return (struct event){ .kind = EVENT_CLOUD_KEY,
			       .happened_at = at,
			       .trust = TRUST_ATTESTED,
			       .source = HOST_SOURCE_JOURNAL,
			       .cloud_key = { .user = user,
					      .fingerprint = fingerprint } };
}

static void give(struct slice line, bool is_gone, us_time at,
		 const struct emitter *emitter)
{
	struct slice fingerprint = { NULL, 0 }, user = { NULL, 0 };
	struct event event;

	if (!slice_take_until(&line, '\t', &fingerprint) ||
	    !slice_take_until(&line, '\t', &user))
		return;
	event = metadata_keys_event(fingerprint, user, at);
	event.cloud_key.principal = line;
	event.cloud_key.is_gone = is_gone;
	emitter_emit(emitter, &event);
}

void metadata_keys_compare(const struct metadata_keys *before,
			   const struct metadata_keys *now, us_time at,
			   const struct emitter *emitter)
{
	struct slice old = buf_slice(&before->text), new = buf_slice(&now->text);
	struct slice old_line, new_line;
	bool has_old = slice_take_until(&old, '\n', &old_line);
	bool has_new = slice_take_until(&new, '\n', &new_line);

	while (has_old || has_new) {
		int order = !has_old ? 1
			    : !has_new
				    ? -1
				    : slice_compare(name_of(old_line), name_of(new_line));

		if (order < 0)
			give(old_line, true, at, emitter);
		else if (order > 0)
			give(new_line, false, at, emitter);
		if (order <= 0)
			has_old = slice_take_until(&old, '\n', &old_line);
		if (order >= 0)
			has_new = slice_take_until(&new, '\n', &new_line);
	}
}
