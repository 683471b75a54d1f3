/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The names under which a baseline remembers what it has seen: the same for what is the
 * same to a person who looks at it.
 */
#include "base/buf.h"
#include "correlator/verdict.h"
#include "policy/baseline_options.h"

/* Appends a name, of LIMIT_BASELINE_KEY_BYTES at most: a longer one is cut, and the
 * digest of the whole put behind it. */
void baseline_key_append(struct buf *buf, struct slice name);

/*
 * Appends whose call it was, in lower case. An assumed role's session name is part of it,
 * for it is what tells people apart who share a role, except that numbers and ids at its
 * end, which a program makes anew each time, become '*':
 *   arn:aws:sts::111122223333:assumed-role/ops/Alice@example.org
 *     arn:aws:sts::111122223333:assumed-role/ops/alice@example.org
 *   arn:aws:sts::111122223333:assumed-role/ci/botocore-session-1769594395
 *     arn:aws:sts::111122223333:assumed-role/ci/botocore-session-*
 * An instance's id stays: it says which machine's credentials they were.
 */
void baseline_key_append_principal(struct buf *buf, struct slice principal);

/* Appends the network that an address is in ("203.0.113.0/24", "2001:db8::/48"), by the
 * prefixes of the options; the name itself, in lower case, of what is no address (a
 * service's name). */
void baseline_key_append_network(struct buf *buf, struct slice source,
				 const struct baseline_options *options);

/* The network address that the login came from, as far as the call and the host say:
 * where sshd was reached over the network its peer, else who made the call. May be empty.
 */
struct slice baseline_source_of(const struct login *login, const struct event *call);

/* The hour of the day, 0 to 23, in the options' zone. */
unsigned baseline_hour_of(us_time at, const struct baseline_options *options);

/* Appends "alice 07". */
void baseline_key_append_hour(struct buf *buf, struct slice os_user, unsigned hour);
