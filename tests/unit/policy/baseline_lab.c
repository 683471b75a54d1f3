/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/policy/baseline_lab.h"

#include <stdlib.h>

#include "base/memory.h"

/* ---- rows ------------------------------------------------------------------------- */

static uint64_t row_hash(const struct baseline_lab *lab, struct slice kind,
			 struct slice key)
{
	return hash_mix(hash_bytes(&lab->hash_key, kind),
			hash_bytes(&lab->hash_key, key));
}

static bool row_is(const void *entry, const void *wanted)
{
	const struct lab_row *row = entry;
	const struct slice *names = wanted;

	return slice_equal(row->kind, names[0]) && slice_equal(row->key, names[1]);
}

static struct lab_row *find(const struct baseline_lab *lab, struct slice kind,
			    struct slice key)
{
	const struct slice names[2] = { kind, key };

	return map_find(&lab->map, row_hash(lab, kind, key), row_is, names);
}

static struct lab_row *add(struct baseline_lab *lab, const struct baseline_row *row)
{
	struct lab_row *kept = arena_new(&lab->arena, sizeof(*kept));

	kept->kind = arena_copy(&lab->arena, row->kind);
	kept->key = arena_copy(&lab->arena, row->key);
	map_add(&lab->map, row_hash(lab, row->kind, row->key), kept);
	if (lab->row_count == lab->row_size) {
		lab->row_size = lab->row_size ? 2 * lab->row_size : 64;
		lab->rows = memory_resize(lab->rows, lab->row_size, sizeof(*lab->rows));
	}
	lab->rows[lab->row_count++] = kept;
	return kept;
}

static void keep(void *ctx, const struct baseline_row *row)
{
	struct baseline_lab *lab = ctx;
	struct lab_row *kept = find(lab, row->kind, row->key);

	if (!kept)
		kept = add(lab, row);
	kept->first_at = row->first_at;
	kept->last_at = row->last_at;
	kept->count = row->count;
	kept->is_there = true;
	lab->kept++;
	lab->excesses += slice_equal(row->kind, SLICE("too-many"));
}

static void drop(void *ctx, struct slice kind, struct slice key)
{
	struct baseline_lab *lab = ctx;
	struct lab_row *kept = find(lab, kind, key);

	lab->dropped++;
	if (kept)
		kept->is_there = false;
	for (size_t i = 0; key.len == 0 && i < lab->row_count; i++) {
		if (slice_equal(lab->rows[i]->kind, kind))
			lab->rows[i]->is_there = false;
	}
}

const struct lab_row *baseline_lab_row(const struct baseline_lab *lab, const char *kind,
				       const char *key)
{
	const struct lab_row *row = find(lab, slice_text(kind), slice_text(key));

	return row && row->is_there ? row : NULL;
}

size_t baseline_lab_rows(const struct baseline_lab *lab, const char *kind)
{
	size_t count = 0;

	for (size_t i = 0; i < lab->row_count; i++)
		count += lab->rows[i]->is_there &&
			 slice_equal(lab->rows[i]->kind, slice_text(kind));
	return count;
}

/* ---- observations ----------------------------------------------------------------- */

static void observation(void *ctx, const struct observation *observation)
{
	struct baseline_lab *lab = ctx;

	if (lab->told_count == lab->told_size) {
		lab->told_size = lab->told_size ? 2 * lab->told_size : 64;
		lab->told = memory_resize(lab->told, lab->told_size, sizeof(*lab->told));
	}
	lab->told[lab->told_count++] = (struct lab_told){
		.kind = observation->kind,
		.id = observation->id,
		.happened_at = observation->happened_at,
		.from = observation->from,
		.until = observation->until,
		.is_again = observation->is_again,
		.path = observation->path,
		.detail = arena_copy(&lab->arena, observation->detail),
		.caller = observation->api_call
				  ? arena_copy(&lab->arena,
					       observation->api_call->api_call.principal)
				  : slice_text(NULL),
	};
}

size_t baseline_lab_told(const struct baseline_lab *lab, enum observation_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < lab->told_count; i++)
		count += kind == OBSERVATION_COUNT || lab->told[i].kind == kind;
	return count;
}

/* ---- the baseline ----------------------------------------------------------------- */

void baseline_lab_init(struct baseline_lab *lab, const struct baseline_options *options)
{
	*lab = (struct baseline_lab){
		.options = *options,
		.hash_key = hash_key_random(),
	};
	arena_init(&lab->arena);
	map_init(&lab->map);
	lab->baseline = baseline_new(options);
}

void baseline_lab_release(struct baseline_lab *lab)
{
	baseline_free(lab->baseline);
	map_release(&lab->map);
	arena_release(&lab->arena);
	free(lab->rows);
	free(lab->told);
}

void baseline_lab_restart(struct baseline_lab *lab)
{
	baseline_free(lab->baseline);
	lab->baseline = baseline_new(&lab->options);
	for (size_t i = 0; i < lab->row_count; i++) {
		const struct lab_row *row = lab->rows[i];
		const struct baseline_row kept = { row->kind, row->key, row->first_at,
						   row->last_at, row->count };

		if (row->is_there)
			baseline_restore(lab->baseline, &kept);
	}
}

static bool is_news(void *ctx, const struct observation *observation)
{
	const struct baseline_lab *lab = ctx;

	return !lab->silenced ||
	       !slice_starts_with(observation->api_call->api_call.principal,
				  slice_text(lab->silenced));
}

static struct baseline_sink sink_of(struct baseline_lab *lab)
{
	return (struct baseline_sink){ keep, drop, observation, lab, is_news };
}

bool baseline_lab_learn(struct baseline_lab *lab, const struct lab_login *login)
{
	const struct baseline_sink sink = sink_of(lab);
	struct login said = {
		.happened_at = login->at,
		.path = login->path == PATH_NONE ? PATH_AWS_SSM_SESSION : login->path,
		.through = login->tunnel_principal ? PATH_AWS_EICE_TUNNEL : PATH_NONE,
		.os_user = slice_text(login->os_user),
		.ended_at = US_TIME_NONE,
		.sudo_at = US_TIME_NONE,
	};
	const struct event call = {
		.kind = EVENT_API_CALL,
		.happened_at = login->at,
		.api_call = { .action = API_START_SESSION,
			      .principal = slice_text(login->principal),
			      .source_ip = slice_text(login->source_ip) },
	};
	const struct event tunnel = {
		.kind = EVENT_API_CALL,
		.happened_at = login->at,
		.api_call = { .action = API_OPEN_TUNNEL,
			      .principal = slice_text(login->tunnel_principal),
			      .source_ip = slice_text(login->tunnel_source_ip) },
	};
	const struct verdict verdict = {
		.login = &said,
		.verdict = VERDICT_AUTHORIZED,
		.stage = STAGE_FINAL,
		.api_call = &call,
		.through_api_call = login->tunnel_principal ? &tunnel : NULL,
	};

	memcpy(said.id.bytes, &login->at, sizeof(login->at));
	return baseline_learn(lab->baseline, &verdict, &sink);
}

bool baseline_lab_forget(struct baseline_lab *lab, const char *kind, const char *key)
{
	const struct baseline_sink sink = sink_of(lab);

	return baseline_forget(lab->baseline, slice_text(kind), slice_text(key), &sink);
}
