/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One line or journal entry through a reader of its own, for tests of what a log writer's
 * words are taken for.
 */
#include "evidence/evidence.h"

/* Reads one line of a syslog file of 2026, UTC. Gives the number of events; the last of
 * them, valid until the next call, in *ret_event. */
size_t host_test_line(struct slice line, struct event *ret_event);

/* As host_test_line() with "2026-03-01T10:00:00+00:00 box <tag>: " in front of the
 * message. */
size_t host_test_message(const char *tag, struct slice message, struct event *ret_event);

/* Reads one journal entry. */
size_t host_test_entry(const struct journal_fields *fields, struct slice message,
		       struct event *ret_event);

/* Appends what host_reader_evidence() keeps of a line. */
void host_test_evidence(struct slice line, struct buf *buf);

/* Fields of an entry that sshd wrote. */
struct journal_fields host_test_sshd_fields(void);

/* Whether an event says that somebody came in or was let in. */
bool host_test_is_login(const struct event *event);

/* The event as event_print() writes it, without what host_test_message() always gives;
 * valid until the next call. "" for no event. */
const char *host_test_text(size_t count, const struct event *event);
