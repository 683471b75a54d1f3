/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/extent.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "evidence/cloud/source.h"

/* Event sources are counted up to here, as cloud.h promises. */
#define SOURCES_COUNTED 64

/* Twice as many, so that there always is a free one. */
#define SOURCE_SLOTS 128

struct extent {
	struct extent *next; /* owned: the one made before */
	size_t index;	     /* in the list */
	enum api_log log;
	struct slice account, region; /* owned by the list's entry */
	uint32_t source_count;
	uint64_t sources[SOURCE_SLOTS]; /* hashes, 0 = free */
};

struct extents {
	struct hash_key key;
	struct map map;	       /* of struct extent */
	struct extent *newest; /* owned: the first of a chain of all */
	struct api_extent *list;
	size_t count, size;
	struct extent *latest; /* the next record is mostly of the same, or NULL */
};

struct extents *extents_new(void)
{
	struct extents *extents = memory_new(1, sizeof(*extents));

	extents->key = hash_key_random();
	map_init(&extents->map);
	return extents;
}

void extents_free(struct extents *extents)
{
	if (!extents)
		return;
	for (struct extent *extent = extents->newest, *next; extent; extent = next) {
		next = extent->next;
		free((char *)extents->list[extent->index].account);
		free((char *)extents->list[extent->index].region);
		free(extent);
	}
	free(extents->list);
	map_release(&extents->map);
	free(extents);
}

static bool is_of(const void *entry, const void *key)
{
	const struct extent *extent = entry;
	const struct extent_record *record = key;

	return extent->log == record->log &&
	       slice_equal(extent->account, record->account) &&
	       slice_equal(extent->region, record->region);
}

static struct extent *append(struct extents *extents, const struct extent_record *record)
{
	struct extent *extent = memory_new(1, sizeof(*extent));
	char *account = memory_copy_text(record->account);
	char *region = memory_copy_text(record->region);

	if (extents->count == extents->size) {
		extents->size = extents->size ? extents->size * 2 : 4;
		extents->list = memory_resize(extents->list, extents->size,
					      sizeof(*extents->list));
	}
	extent->index = extents->count;
	extent->log = record->log;
	extent->account = slice_of(account, record->account.len);
	extent->region = slice_of(region, record->region.len);
	extent->next = extents->newest;
	extents->newest = extent;
	extents->list[extents->count++] = (struct api_extent){
		.account = account,
		.region = region,
		.log = record->log,
		.first = record->happened_at,
		.last = record->happened_at,
	};
	return extent;
}

/* The extent a record belongs to, made when it is the first; NULL past the ceiling. */
static struct extent *find(struct extents *extents, const struct extent_record *record)
{
	uint64_t hash = hash_mix(hash_bytes(&extents->key, record->account),
				 hash_bytes(&extents->key, record->region)) ^
			(uint64_t)record->log;
	struct extent *extent = map_find(&extents->map, hash, is_of, record);

	if (!extent && extents->count < LIMIT_API_EXTENTS) {
		extent = append(extents, record);
		map_add(&extents->map, hash, extent);
	}
	return extent;
}

static void classify(struct api_extent *entry, struct slice source)
{
	bool is_more;
	enum log_class log_class = source_log_class(entry->log, source, &is_more);

	if (log_class < LOG_CLASS_COUNT)
		entry->class_bits |= (uint32_t)1 << log_class;
	entry->other_sources = entry->other_sources || is_more;
	if (!is_more || entry->other_source[0])
		return;
	source = slice_first(source, sizeof(entry->other_source) - 1);
	memcpy(entry->other_source, source.ptr, source.len);
}

static void add_source(struct extents *extents, struct extent *extent,
		       struct slice source)
{
	struct api_extent *entry = &extents->list[extent->index];
	uint64_t hash = hash_bytes_ignoring_case(&extents->key, source) | 1;
	size_t i = hash / 2 % SOURCE_SLOTS;

	while (extent->sources[i] && extent->sources[i] != hash)
		i = (i + 1) % SOURCE_SLOTS;
	if (extent->sources[i])
		return;
	classify(entry, source);
	if (extent->source_count == SOURCES_COUNTED)
		return;
	extent->sources[i] = hash;
	entry->source_count = ++extent->source_count;
}

int extents_add(struct extents *extents, const struct extent_record *record,
		struct err *err)
{
	struct extent *extent = extents->latest;
	struct api_extent *entry;

	if (record->account.len > LIMIT_API_PLACE_BYTES ||
	    record->region.len > LIMIT_API_PLACE_BYTES)
		return err_set(err, ERR_LIMIT,
			       "an account or region of more than %zu bytes",
			       LIMIT_API_PLACE_BYTES);
	if (!extent || !is_of(extent, record)) {
		extent = find(extents, record);
		if (!extent)
			return err_set(err, ERR_LIMIT,
				       "more than %zu accounts and regions",
				       LIMIT_API_EXTENTS);
		extents->latest = extent;
	}

	entry = &extents->list[extent->index];
	entry->records++;
	if (record->happened_at < entry->first)
		entry->first = record->happened_at;
	if (record->happened_at > entry->last)
		entry->last = record->happened_at;
	if (record->source.len)
		add_source(extents, extent, record->source);
	return 0;
}

const struct api_extent *extents_list(const struct extents *extents, size_t *ret_count)
{
	*ret_count = extents->count;
	return extents->list;
}
