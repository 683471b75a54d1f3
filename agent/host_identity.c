/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/host_identity.h"

#include <stdio.h>

#include "agent/own_observation.h"
#include "base/limits.h"

static void feed_identity(struct pipeline *pipeline, const struct identity *identity,
			  us_time watched_since)
{
	struct event event = { .kind = EVENT_IDENTITY,
			       .happened_at = clock_real(),
			       .identity = *identity };

	event.identity.watched_since = watched_since;
	pipeline_feed(pipeline, &event);
}

static bool same_texts(const struct slice *a, const struct slice *b, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!slice_equal(a[i], b[i]))
			return false;
	}
	return true;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
	return slice_equal(a->provider, b->provider) &&
	       slice_equal(a->instance, b->instance) &&
	       slice_equal(a->account, b->account) && slice_equal(a->region, b->region) &&
	       a->private_ip_count == b->private_ip_count &&
	       same_texts(a->private_ips, b->private_ips, a->private_ip_count) &&
	       a->has_tags == b->has_tags && a->tag_count == b->tag_count &&
	       same_texts(a->tags, b->tags, a->tag_count) &&
	       a->launched_at == b->launched_at;
}

/* A cloned image, or one that was moved: what was stored is of another instance. */
static void tell_change(struct pipeline *pipeline, const struct identity *from,
			const struct identity *to)
{
	char detail[256];
	struct observation observation = {
		.kind = OBSERVATION_IDENTITY_CHANGED,
		.happened_at = clock_real(),
		.evidence = 0,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};

	snprintf(detail, sizeof(detail), "%.*s is now %.*s",
		 SLICE_ARG(slice_first(from->instance, 100)),
		 SLICE_ARG(slice_first(to->instance, 100)));
	observation.detail = slice_text(detail);
	observation.id = own_observation_id(&observation);
	pipeline_tell(pipeline, &observation);
}

/* As the calls name it: Azure's subscriptions are written in either case, and its logs
 * and Google's know no region. */
static void put_as_logged(struct identity *identity, struct buf *account)
{
	bool is_azure = slice_equal_ignoring_case(identity->provider, SLICE("azure"));

	if (is_azure) {
		for (size_t i = 0; i < identity->account.len; i++) {
			char byte = identity->account.ptr[i];

			buf_append_byte(account, byte >= 'A' && byte <= 'Z'
							 ? (char)(byte | 0x20)
							 : byte);
		}
		identity->account = buf_slice(account);
	}
	if (is_azure || slice_equal_ignoring_case(identity->provider, SLICE("gcp")))
		identity->region.len = 0;
}

static void learn(struct pipeline *pipeline, struct identity *identity,
		  us_time watched_since)
{
	const struct identity *own = pipeline_identity(pipeline);
	AUTO_BUF struct buf account = BUF_LIMIT(LIMIT_FIELD_BYTES);

	put_as_logged(identity, &account);
	if (is_same(own, identity) && own->watched_since != US_TIME_NONE)
		return;
	if (own->instance.len && identity->instance.len &&
	    !slice_equal_ignoring_case(own->instance, identity->instance))
		tell_change(pipeline, own, identity);
	feed_identity(pipeline, identity, watched_since);
}

/* As many as fit. */
static uint32_t take_list(const struct config_list *list,
			  struct slice texts[MESSAGE_LIST_MAX])
{
	uint32_t count = 0;

	for (; count < list->count && count < MESSAGE_LIST_MAX; count++)
		texts[count] = slice_text(list->items[count]);
	return count;
}

bool host_identity_begin(struct pipeline *pipeline, const struct config *config,
			 us_time watched_since)
{
	struct slice ips[MESSAGE_LIST_MAX], tags[MESSAGE_LIST_MAX];
	struct identity identity = {
		.provider = slice_text(config->identity.provider),
		.instance = slice_text(config->identity.instance_id),
		.account = slice_text(config->identity.account),
		.region = slice_text(config->identity.region),
		.private_ips = ips,
		.private_ip_count = take_list(&config->identity.private_ips, ips),
		.launched_at = config->identity.launched_at,
		.tags = tags,
		.tag_count = take_list(&config->identity.tags, tags),
		.has_tags = config->identity.tags.count > 0 &&
			    config->identity.tags.count <= MESSAGE_LIST_MAX,
	};

	if (config->identity.instance_id[0]) {
		learn(pipeline, &identity, watched_since);
		return true;
	}
	if (pipeline_identity(pipeline)->watched_since == US_TIME_NONE)
		feed_identity(pipeline, &(struct identity){ .launched_at = US_TIME_NONE },
			      watched_since);
	return false;
}

void host_identity_learn(struct pipeline *pipeline, const struct identity_answer *answer,
			 us_time watched_since)
{
	struct identity identity = {
		.provider = answer->provider,
		.instance = answer->instance,
		.account = answer->account,
		.region = answer->region,
		.private_ips = answer->private_ips,
		.private_ip_count = (uint32_t)answer->private_ip_count,
		.launched_at = answer->launched_at,
		.tags = answer->tags,
		.tag_count = (uint32_t)answer->tag_count,
		.has_tags = answer->has_tags,
	};

	learn(pipeline, &identity, watched_since);
}
