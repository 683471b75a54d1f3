/* SPDX-License-Identifier: Apache-2.0 */
/* A whole log of the SSM agent: the pass over its lines, its events, its evidence texts.
 */
#include "base/limits.h"
#include "evidence/host/ssm_agent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte an event borrows. */
static void read_event(void *ctx, const struct event *event)
{
	const struct run *run = &event->run;
	const struct slice slices[] = { run->id,       run->instance, run->plugin,
					run->document, run->owner,    run->run_as_user };
	unsigned *sum = ctx;

	for (size_t i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
		for (size_t j = 0; j < slices[i].len; j++)
			*sum += (unsigned char)slices[i].ptr[j];
	if (run->id.len == 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ZONE struct zone *zone = NULL;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	unsigned sum = 0;
	struct emitter emitter = { read_event, &sum };
	struct slice log = slice_of((const char *)data, size);
	struct host_reader_options options;
	struct ssm_agent *agent;
	struct slice line;
	struct err err;

	if (zone_new("+01:00", &zone, &err) < 0)
		return 0;
	options = (struct host_reader_options){ .zone = zone };
	agent = ssm_agent_new(&options);
	while (ssm_agent_next(agent, &log, &line)) {
		struct record record = { .bytes = line, .is_cut = line.len % 7 == 0 };

		ssm_agent_read(agent, &record, &emitter);
		ssm_agent_evidence(&record, &text);
	}
	ssm_agent_free(agent);
	return 0;
}
