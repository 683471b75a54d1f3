/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/syslog_scan.h"

#include <endian.h>

#include "evidence/host/syslog_head.h"

#define TRADITIONAL_TIME_BYTES 15 /* "Jan  2 03:04:05" */
#define RFC3339_ZONE_BYTES 6	  /* "+00:00" */
#define TAG_BYTES 64		  /* ident, pid and colon */
#define PAM_SERVICE_BYTES 72	  /* "service:session" */
#define AGENT_STAMP_BYTES 64	  /* time, name and level that an agent writes itself */

static inline uint64_t load_word(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static inline bool begins(struct slice text, struct slice prefix)
{
	return slice_starts_with(text, prefix);
}

/* pam_unix(sshd:session): session opened ..., and not pam_unix(sshd:auth): ... */
static bool is_pam_session(struct slice message)
{
	const char *end;

	if (!begins(message, SLICE("pam_unix(")))
		return false;
	message = slice_first(slice_skip(message, 9), PAM_SERVICE_BYTES);
	if (message.len == 0)
		return false;
	end = memchr(message.ptr, ')', message.len);
	return end && slice_ends_with(slice_first(message, (size_t)(end - message.ptr)),
				      SLICE(":session"));
}

/* 2026-03-01T10:00:00.1234Z OSConfigAgent Info: Beginning patch task */
static bool is_os_config(struct slice message)
{
	return slice_find(slice_first(message, AGENT_STAMP_BYTES),
			  SLICE("Z OSConfigAgent Info: ")) > 0;
}

/* 2026-03-01T10:00:00.123456Z INFO ExtHandler ExtHandler ProcessExtensionsGoalState ...
 */
static bool is_azure_agent(struct slice message)
{
	return slice_find(slice_first(message, AGENT_STAMP_BYTES),
			  SLICE("Z INFO ExtHandler ")) > 0;
}

bool syslog_message_wanted(struct slice message)
{
	if (message.len < 8)
		return false;
	switch (message.ptr[0]) {
	case 'A':
		return begins(message, SLICE("Accepted ")) ||
		       begins(message, SLICE("Adding existing user "));
	case 'C':
		return begins(message, SLICE("Creating user ")) ||
		       begins(message, SLICE("Created user ")) ||
		       begins(message, SLICE("CorePlugin: "));
	case 'U':
		return begins(message, SLICE("Updating keys for ")) ||
		       begins(message, SLICE("User '"));
	case '2':
		return is_os_config(message) || is_azure_agent(message);
	case 'V':
		return begins(message, SLICE("Version: "));
	case 'a':
		return begins(message, SLICE("add '"));
	case 'c':
		return begins(message, SLICE("change user '"));
	case 'g':
		return begins(message, SLICE("google_authorized_"));
	case 'u':
		return begins(message, SLICE("user ")) ||
		       begins(message, SLICE("unlock user '"));
	case '[':
		return begins(message, SLICE("[    0.0")) &&
		       begins(slice_skip(message, 15), SLICE("Linux version "));
	case 'p':
		return is_pam_session(message) ||
		       begins(message, SLICE("pam_oslogin_")) ||
		       begins(message, SLICE("pam_aad(")) ||
		       begins(message, SLICE("pam_unix(passwd:chauthtok)")) ||
		       begins(message, SLICE("pam_unix(chpasswd:chauthtok)"));
	case 'P':
		return begins(message, SLICE("Providing ssh key")) ||
		       begins(message, SLICE("Partial "));
	case 'S':
		return begins(message, SLICE("Server listening ")) ||
		       begins(message, SLICE("Suppressed ")) ||
		       begins(message, SLICE("System is "));
	case 'N':
		return begins(message, SLICE("New session "));
	case 'R':
		return begins(message, SLICE("Removed session ")) ||
		       begins(message, SLICE("Removing user ")) ||
		       begins(message, SLICE("ROOT LOGIN "));
	case 'D':
		return begins(message, SLICE("DIALUP AT "));
	case 'L':
		return begins(message, SLICE("LOGIN ON ")) ||
		       begins(message, SLICE("Linux version "));
	case 'n':
		return begins(message, SLICE("new user: "));
	case 'F':
		return begins(message, SLICE("Forwarding to ")) ||
		       begins(message, SLICE("Found startup-script")) ||
		       begins(message, SLICE("Found shutdown-script")) ||
		       begins(message, SLICE("Finished running "));
	case '\'': /* 'amy' logged in  on '/dev/ttyS0' */
		return true;
	default:
		return false;
	}
}

/* Whether two runs of `len` bytes are equal; made for a dozen or two. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		if (load_word(a + i) != load_word(b + i))
			return false;
	}
	for (; i < len; i++) {
		if (a[i] != b[i])
			return false;
	}
	return true;
}

/* Position of the first ':' within the tag's length, or `len`. Eight bytes at a time: the
 * lowest byte of `zeros` that is not 0 is where `word` has a colon (Warren, Hacker's
 * Delight, 6-1; bytes above the first hit may be wrong, the first is not). */
static inline size_t find_colon(const char *text, size_t len)
{
	const uint64_t each = 0x0101010101010101;
	size_t i = 0;

	if (len > TAG_BYTES)
		len = TAG_BYTES;
	for (; i + 8 <= len; i += 8) {
		uint64_t word = le64toh(load_word(text + i)) ^ (each * ':');
		uint64_t zeros = (word - each) & ~word & (each * 0x80);

		if (zeros)
			return i + (size_t)__builtin_ctzll(zeros) / 8;
	}
	for (; i < len && text[i] != ':'; i++)
		;
	return i;
}

/* Remembers where this line's tag begins, for the lines after it. */
static void learn_prefix(struct syslog_scan *scan, struct slice line,
			 const struct syslog_head *head)
{
	size_t tag_at = (size_t)(head->ident.ptr - line.ptr);
	size_t host_at = (size_t)(head->host.ptr - line.ptr);
	size_t at;

	scan->prefix_len = 0;
	if (line.ptr[0] == '<' || head->form == SYSLOG_RFC5424)
		return;
	if (head->form == SYSLOG_TRADITIONAL)
		at = TRADITIONAL_TIME_BYTES;
	else
		at = host_at - 1 - RFC3339_ZONE_BYTES;
	if ((head->form == SYSLOG_TRADITIONAL && host_at != TRADITIONAL_TIME_BYTES + 1) ||
	    tag_at - at > SYSLOG_SCAN_PREFIX_BYTES)
		return;
	scan->is_traditional = head->form == SYSLOG_TRADITIONAL;
	scan->prefix_at = at;
	scan->prefix_len = tag_at - at;
	memcpy(scan->prefix, line.ptr + at, scan->prefix_len);
}

static inline bool has_prefix(const struct syslog_scan *scan, struct slice line)
{
	return scan->prefix_len && line.len > scan->prefix_at + scan->prefix_len &&
	       same_bytes(line.ptr + scan->prefix_at, scan->prefix, scan->prefix_len);
}

/* Whether a traditional line is of another day, or earlier in the day, than the last one.
 * `time` points at its "Jan  2 03:04:05 ". */
static inline bool time_turns(struct syslog_scan *scan, const char *time)
{
	uint64_t day = be64toh(load_word(time)) >> 16;
	uint64_t clock = be64toh(load_word(time + 7));
	bool turns = day != scan->day || clock < scan->clock;

	scan->day = day;
	scan->clock = clock;
	return turns;
}

enum line_kind {
	LINE_UNKNOWN, /* no head */
	LINE_NOISE,
	LINE_WANTED,
};

static enum line_kind judge_message(struct slice ident, struct slice message)
{
	bool wanted = syslog_message_wanted(message);

	if (!wanted && slice_equal(ident, SLICE("sudo")))
		wanted = !begins(message, SLICE("pam_"));
	return wanted ? LINE_WANTED : LINE_NOISE;
}

static __attribute__((noinline)) enum line_kind judge_slowly(struct syslog_scan *scan,
							     struct slice line,
							     bool *ret_turns)
{
	struct slice trimmed = syslog_line_trim(line);
	struct syslog_head head = syslog_head_parse(trimmed);

	if (head.form == SYSLOG_UNKNOWN)
		return LINE_UNKNOWN;
	if (head.form == SYSLOG_TRADITIONAL &&
	    head.host.ptr - trimmed.ptr > TRADITIONAL_TIME_BYTES)
		*ret_turns = time_turns(scan, head.host.ptr - TRADITIONAL_TIME_BYTES - 1);
	if (!head.is_whole)
		return LINE_NOISE;
	if (trimmed.ptr == line.ptr)
		learn_prefix(scan, line, &head);
	return judge_message(head.ident, head.message);
}

/* A line whose head is like the last one's. */
static inline enum line_kind judge_quickly(const struct syslog_scan *scan,
					   struct slice line)
{
	struct slice tag = slice_skip(line, scan->prefix_at + scan->prefix_len);
	size_t colon = find_colon(tag.ptr, tag.len);
	struct slice ident;

	if (colon + 2 >= tag.len || tag.ptr[colon] != ':' || tag.ptr[colon + 1] != ' ')
		return LINE_NOISE;
	if (tag.ptr[0] == 's' && tag.ptr[1] == 'u' && tag.ptr[2] == 'd') {
		ident = slice_first(tag, colon);
		if (slice_starts_with(ident, SLICE("sudo[")))
			ident = slice_first(ident, 4);
		return judge_message(ident, slice_skip(tag, colon + 2));
	}
	return syslog_message_wanted(slice_skip(tag, colon + 2)) ? LINE_WANTED
								 : LINE_NOISE;
}

static inline struct slice take_line(struct slice *chunk)
{
	const char *end = memchr(chunk->ptr, '\n', chunk->len);
	struct slice line = *chunk;

	if (!end) {
		*chunk = slice_skip(*chunk, chunk->len);
		return line;
	}
	line.len = (size_t)(end - chunk->ptr);
	*chunk = slice_skip(*chunk, line.len + 1);
	return line;
}

/* Gives out the line before, and leaves the current one to the next call. */
static void step_back(struct syslog_scan *scan, struct slice before_current,
		      struct slice *chunk, struct slice *ret_line)
{
	*ret_line = scan->previous;
	*chunk = before_current;
	scan->previous = (struct slice){ NULL, 0 };
	scan->current_is_due = true;
	scan->lines--;
}

bool syslog_scan_next(struct syslog_scan *scan, bool any_form, struct slice *chunk,
		      struct slice *ret_line)
{
	while (chunk->len) {
		struct slice before = *chunk;
		struct slice line = take_line(chunk);
		bool is_due = any_form || chunk->len == 0 || scan->current_is_due;
		bool turns = false;
		enum line_kind kind;

		scan->lines++;
		if (has_prefix(scan, line)) {
			kind = judge_quickly(scan, line);
			if (scan->is_traditional)
				turns = time_turns(scan, line.ptr);
		} else {
			kind = judge_slowly(scan, line, &turns);
		}
		is_due |= turns;
		if (kind != LINE_WANTED && !is_due) {
			if (kind != LINE_UNKNOWN)
				scan->previous = line;
			continue;
		}
		if (is_due && scan->previous.len && !scan->current_is_due) {
			step_back(scan, before, chunk, ret_line);
			return true;
		}
		scan->previous = (struct slice){ NULL, 0 };
		scan->current_is_due = false;
		*ret_line = line;
		return true;
	}
	return false;
}
