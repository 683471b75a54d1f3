/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who the host of the logs is, from a file: what its cloud's instance metadata answers
 * (JSON), or an [identity] section as in the agent's configuration. Errors name file and
 * line.
 */
#include "base/arena.h"
#include "base/err.h"
#include "correlator/event.h"

/* Reads the file. What `ret_identity` points at lives in the arena; what the file does
 * not say is unknown. */
int identity_file_read(const char *path, struct arena *arena,
		       struct identity *ret_identity, struct err *err)
	__attribute__((warn_unused_result));

/* As identity_file_read() of this text; errors name the line alone. */
int identity_text_read(struct slice text, struct arena *arena,
		       struct identity *ret_identity, struct err *err)
	__attribute__((warn_unused_result));

/* Whether it can be an instance's id: printable, without blanks, of sane length. */
bool identity_is_instance(struct slice text);

/* The cloud whose instances have ids of this form ("i-...", "/subscriptions/...", a
 * number), as identity's word; empty when it cannot be told. */
struct slice identity_provider_of(struct slice instance);

/* The private address in a host name of EC2's form, "ip-10-0-3-7" or that and a domain.
 * False for any other name. `room` has place for 16 bytes and holds the text. */
bool identity_ip_of_host(struct slice host, char room[16], struct slice *ret_ip);
