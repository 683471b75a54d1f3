/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/store/batch.h"

#include <assert.h>

#include "base/limits.h"

void batch_init(struct batch *batch)
{
	*batch = (struct batch){ .put_at = US_TIME_NONE, .hash_key = hash_key_random() };
	arena_init(&batch->arena);
	map_init(&batch->items);
	map_init(&batch->by_login);
	map_init(&batch->deliveries);
	map_init(&batch->drops);
}

void batch_release(struct batch *batch)
{
	arena_release(&batch->arena);
	map_release(&batch->items);
	map_release(&batch->by_login);
	map_release(&batch->deliveries);
	map_release(&batch->drops);
}

void batch_clear(struct batch *batch)
{
	batch_release(batch);
	batch->first = batch->last = NULL;
	batch->first_delivery = batch->last_delivery = NULL;
	batch->bytes = 0;
	batch->put_at = US_TIME_NONE;
}

static struct slice copy(struct batch *batch, struct slice bytes)
{
	/* Whatever is put was read or written below a smaller limit. */
	assert(bytes.len <= LIMIT_STORED_BYTES);
	batch->bytes += bytes.len;
	return arena_copy(&batch->arena, bytes);
}

static const char *copy_name(struct batch *batch, const char *name)
{
	return copy(batch, slice_text(name)).ptr;
}

static struct batch_item *add(struct batch *batch, enum batch_kind kind)
{
	struct batch_item *item = arena_new(&batch->arena, sizeof(*item));

	item->kind = kind;
	if (batch->last)
		batch->last->next = item;
	else
		batch->first = item;
	batch->last = item;
	batch->bytes += sizeof(*item);
	return item;
}

/* What an item is known by among those of its kind; empty = by nothing. */
static struct slice name_of(const struct batch_item *item)
{
	switch (item->kind) {
	case BATCH_EVENT:
		return item->event.key;
	case BATCH_TEXT:
		return slice_of((const char *)&item->text.reference,
				sizeof(item->text.reference));
	case BATCH_VALUE:
		return slice_text(item->value.name);
	case BATCH_LOGIN:
		return slice_of((const char *)item->login.id.bytes, ID_BYTES);
	case BATCH_FINDING:
		return slice_of((const char *)item->finding.row.id.bytes, ID_BYTES);
	default:
		return slice_of(NULL, 0);
	}
}

struct name {
	enum batch_kind kind;
	struct slice name;
};

static bool has_name(const void *entry, const void *key)
{
	const struct batch_item *item = entry;
	const struct name *name = key;

	return item->kind == name->kind && slice_equal(name_of(item), name->name);
}

static uint64_t hash_of(const struct batch *batch, const struct name *name)
{
	return hash_mix(hash_bytes(&batch->hash_key, name->name), name->kind);
}

static struct batch_item *find(const struct batch *batch, enum batch_kind kind,
			       struct slice text)
{
	const struct name name = { kind, text };

	return map_find(&batch->items, hash_of(batch, &name), has_name, &name);
}

/* The item of this name, or a new one for it that the caller fills and then knows by
 * remember(). */
static struct batch_item *find_or_add(struct batch *batch, enum batch_kind kind,
				      struct slice name)
{
	struct batch_item *item = find(batch, kind, name);

	return item ? item : add(batch, kind);
}

static void remember(struct batch *batch, struct batch_item *item)
{
	const struct name name = { item->kind, name_of(item) };

	if (name.name.len && !find(batch, name.kind, name.name))
		map_add(&batch->items, hash_of(batch, &name), item);
}

static void note_time(struct batch *batch, us_time at)
{
	if (at > batch->put_at)
		batch->put_at = at;
}

void batch_put_event(struct batch *batch, us_time fed_at, struct slice code,
		     struct slice key)
{
	struct batch_item *item;

	if (batch_has_key(batch, key))
		return;
	item = add(batch, BATCH_EVENT);
	item->event.fed_at = fed_at;
	item->event.code = copy(batch, code);
	item->event.key = copy(batch, key);
	remember(batch, item);
	note_time(batch, fed_at);
}

void batch_put_text(struct batch *batch, const struct store_text *text)
{
	struct slice name =
		slice_of((const char *)&text->reference, sizeof(text->reference));
	struct batch_item *item = find_or_add(batch, BATCH_TEXT, name);

	item->text = *text;
	item->text.source = copy(batch, text->source);
	item->text.cursor = copy(batch, text->cursor);
	item->text.line = copy(batch, text->line);
	remember(batch, item);
}

void batch_put_value(struct batch *batch, const char *name, struct slice value)
{
	struct batch_item *item = find_or_add(batch, BATCH_VALUE, slice_text(name));

	if (!item->value.name)
		item->value.name = copy_name(batch, name);
	item->value.value = copy(batch, value);
	remember(batch, item);
}

void batch_put_login(struct batch *batch, const struct store_login *login)
{
	struct slice name = slice_of((const char *)login->id.bytes, ID_BYTES);
	struct batch_item *item = find_or_add(batch, BATCH_LOGIN, name);

	item->login = *login;
	item->login.json = copy(batch, login->json);
	remember(batch, item);
	note_time(batch, login->changed_at);
}

static bool is_of_login(const void *entry, const void *key)
{
	const struct batch_item *item = entry;

	return memcmp(item->finding.row.login_id.bytes, key, ID_BYTES) == 0;
}

static uint64_t login_hash(const struct batch *batch, const struct id *login_id)
{
	return hash_bytes(&batch->hash_key,
			  slice_of((const char *)login_id->bytes, ID_BYTES));
}

static void add_to_login(struct batch *batch, struct batch_item *item)
{
	const struct id *login_id = &item->finding.row.login_id;
	uint64_t hash = login_hash(batch, login_id);
	struct batch_item *older =
		map_find(&batch->by_login, hash, is_of_login, login_id->bytes);

	if (older)
		(void)map_remove(&batch->by_login, hash, older);
	item->finding.older = older;
	map_add(&batch->by_login, hash, item);
}

void batch_put_finding(struct batch *batch, const struct store_finding *finding)
{
	struct slice name = slice_of((const char *)finding->id.bytes, ID_BYTES);
	bool is_known = find(batch, BATCH_FINDING, name) != NULL;
	struct batch_item *item = find_or_add(batch, BATCH_FINDING, name);

	item->finding.row = *finding;
	item->finding.row.rule = copy(batch, finding->rule);
	item->finding.row.json = copy(batch, finding->json);
	remember(batch, item);
	if (!is_known)
		add_to_login(batch, item);
	note_time(batch, finding->changed_at);
}

/* ---- the outbox ---- */

struct place {
	const char *sink;
	uint64_t number;
};

static bool is_at(const void *entry, const void *key)
{
	const struct batch_item *item = entry;
	const struct place *place = key;

	return item->delivery.row.number == place->number &&
	       strcmp(item->delivery.sink, place->sink) == 0;
}

static uint64_t place_hash(const struct batch *batch, const char *sink, uint64_t number)
{
	return hash_mix(hash_bytes(&batch->hash_key, slice_text(sink)), number);
}

void batch_put_delivery(struct batch *batch, const char *sink,
			const struct store_delivery *delivery)
{
	struct batch_item *item = add(batch, BATCH_DELIVERY);

	item->delivery.sink = copy_name(batch, sink);
	item->delivery.row = *delivery;
	item->delivery.row.key = copy(batch, delivery->key);
	item->delivery.row.bytes = copy(batch, delivery->bytes);
	map_add(&batch->deliveries, place_hash(batch, sink, delivery->number), item);
	if (batch->last_delivery)
		batch->last_delivery->delivery.newer = item;
	else
		batch->first_delivery = item;
	batch->last_delivery = item;
}

void batch_drop_delivery(struct batch *batch, const char *sink, uint64_t number)
{
	struct batch_item *item = add(batch, BATCH_DROP);

	item->delivery.sink = copy_name(batch, sink);
	item->delivery.row.number = number;
	map_add(&batch->drops, place_hash(batch, sink, number), item);
}

bool batch_has_drop(const struct batch *batch, const char *sink, uint64_t number)
{
	const struct place place = { sink, number };

	return map_find(&batch->drops, place_hash(batch, sink, number), is_at, &place);
}

const struct store_delivery *batch_find_delivery(const struct batch *batch,
						 const char *sink, uint64_t number)
{
	const struct place place = { sink, number };
	const struct batch_item *item = map_find(
		&batch->deliveries, place_hash(batch, sink, number), is_at, &place);

	return item && !batch_has_drop(batch, sink, number) ? &item->delivery.row : NULL;
}

const struct store_delivery *batch_first_delivery(const struct batch *batch,
						  const char *sink)
{
	for (const struct batch_item *item = batch->first_delivery; item;
	     item = item->delivery.newer) {
		if (strcmp(item->delivery.sink, sink) == 0 &&
		    !batch_has_drop(batch, sink, item->delivery.row.number))
			return &item->delivery.row;
	}
	return NULL;
}

void batch_put_dead_letter(struct batch *batch, const char *sink,
			   const struct store_dead_letter *letter)
{
	struct batch_item *item = add(batch, BATCH_DEAD_LETTER);

	item->letter.sink = copy_name(batch, sink);
	item->letter.row = *letter;
	item->letter.row.why = copy(batch, letter->why);
	item->letter.row.bytes = copy(batch, letter->bytes);
}

/* ---- what was learned ---- */

/* Each is an item of its own: what was forgotten in between stays so. */
void batch_put_baseline(struct batch *batch, const struct store_baseline *row)
{
	struct batch_item *item = add(batch, BATCH_BASELINE);

	item->baseline = *row;
	item->baseline.kind = copy(batch, row->kind);
	item->baseline.key = copy(batch, row->key);
}

void batch_drop_baseline(struct batch *batch, struct slice kind, struct slice key)
{
	struct batch_item *item = add(batch, BATCH_FORGET);

	item->baseline.kind = copy(batch, kind);
	item->baseline.key = copy(batch, key);
}

/* ---- looking for what was put ---- */

const struct batch_item *batch_findings_of(const struct batch *batch,
					   const struct id *login_id)
{
	return map_find(&batch->by_login, login_hash(batch, login_id), is_of_login,
			login_id->bytes);
}

bool batch_has_finding(const struct batch *batch, const struct id *id)
{
	return find(batch, BATCH_FINDING, slice_of((const char *)id->bytes, ID_BYTES)) !=
	       NULL;
}

bool batch_has_key(const struct batch *batch, struct slice key)
{
	return key.len > 0 && find(batch, BATCH_EVENT, key);
}

const struct store_text *batch_find_text(const struct batch *batch, uint64_t reference)
{
	const struct batch_item *item = find(
		batch, BATCH_TEXT, slice_of((const char *)&reference, sizeof(reference)));

	return item ? &item->text : NULL;
}
