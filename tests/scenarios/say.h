/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Say: script lines of the host, the cloud and the agent as events. Where a line does not
 * say otherwise it is about one instance, account, region and host that all scenarios
 * share, so that a scenario shows only what it is about. Short names stand for long ones:
 *
 *     key=K            a fingerprint that begins with K
 *     by=alice         arn:aws:iam::111122223333:user/alice
 *     instance=here    this instance; any other name is another instance
 */
#include "correlator/event.h"
#include "tests/scenarios/script.h"

/* Names stay valid as long as the event made from them. */
#define SAY_TEXT_BYTES 4096

struct said {
	struct event event;
	struct slice instances[4], ips[4], endpoints[4], ids[4], tags[4];
	char text[SAY_TEXT_BYTES]; /* owned names that the event points into */
	size_t text_len;
};

/* Whether this speaker is ours: host, cloud or agent. */
bool say_speaks(struct slice speaker);

/* Makes the event that the line tells, at most one. `start` is the scenario's start;
 * `evidence` goes into the event. The event points into `said` and into the line. */
int say(const struct script_line *line, us_time start, uint64_t evidence,
	struct said *said, struct err *err) __attribute__((warn_unused_result));

/* The word that names a class: "ssm", "ec2-instance-connect", "ecs". */
bool say_log_class(struct slice word, enum log_class *ret_class);
bool say_reason(struct slice word, enum reason *ret_reason);
