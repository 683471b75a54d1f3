/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The log of the SSM agent (amazon-ssm-agent.log, errors.log): lines in, EVENT_RUN out.
 * Says which sessions, commands and associations the agent ran, when they started and
 * ended, and what its own Payload and DataBackend lines tell about them. All processes of
 * the agent write to one file, so every line is read by its own contexts. Of the JSON
 * these lines carry only the named fields of struct run are kept: never a command, a
 * parameter, a token.
 */
#include "base/buf.h"
#include "correlator/event.h"
#include "evidence/evidence.h"
#include "evidence/record.h"

/* What one log needs remembered: the time of its last line, and the events' text space.
 */
struct ssm_agent;

/* A context for one log; the caller owns it. `options->zone` is borrowed for its life. */
struct ssm_agent *ssm_agent_new(const struct host_reader_options *options);
void ssm_agent_free(struct ssm_agent *agent);

/* Whether a line (without its end) begins as this agent's lines do: a civil time, a
 * level. */
bool ssm_agent_recognise(struct slice line);

/* As host_reader_next(): the next line of `*chunk` that may be evidence. The first line,
 * the last of each chunk, and lines where the clock was put back are always given out.
 * Each line given is to be read before the next is asked for: both follow the time. */
bool ssm_agent_next(struct ssm_agent *agent, struct slice *chunk, struct slice *ret_line);

/* Reads one record and emits 0 or 1 events. Lines that are not evidence are silence. */
void ssm_agent_read(struct ssm_agent *agent, const struct record *record,
		    const struct emitter *emitter);

/* Appends what of this line may be kept: its time, level, contexts, and the words and id
 * of the event, put together anew from recognised parts; "Payload" or "DataBackend" for
 * lines that carry JSON; nothing for all other lines. Needs no context: a line stands for
 * itself. */
void ssm_agent_evidence(const struct record *record, struct buf *buf);

/* As host_reader_stats(). */
struct host_reader_stats ssm_agent_stats(const struct ssm_agent *agent);
