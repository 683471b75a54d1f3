/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/identity_texts.h"

#include "base/json.h"
#include "base/limits.h"

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"

/* Without the domain of an organization in front. */
#define PROJECT_LEAST 6
#define PROJECT_MOST 30

static bool is_made_of(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\0' || !strchr(bytes, text.ptr[i]))
			return false;
	}
	return text.len > 0;
}

static bool begins_with_one_of(struct slice text, const char *bytes)
{
	return is_made_of(slice_first(text, 1), bytes);
}

static void copy(char *to, struct slice text)
{
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

bool gcp_instance_valid(struct slice instance)
{
	uint64_t number;

	return instance.len < GCP_INSTANCE_BYTES &&
	       !slice_starts_with(instance, SLICE("0")) &&
	       slice_number(instance, UINT64_MAX, &number);
}

bool gcp_project_valid(struct slice project)
{
	struct slice domain;

	if (project.len >= GCP_PROJECT_BYTES)
		return false;
	if (slice_take_until(&project, ':', &domain) &&
	    (!is_made_of(domain, SMALL DIGITS "-.") ||
	     !begins_with_one_of(domain, SMALL DIGITS)))
		return false;
	return project.len >= PROJECT_LEAST && project.len <= PROJECT_MOST &&
	       is_made_of(project, SMALL DIGITS "-") &&
	       begins_with_one_of(project, SMALL) &&
	       !slice_ends_with(project, SLICE("-"));
}

int gcp_texts_set_instance(struct gcp_identity_texts *texts, struct slice instance,
			   struct err *err)
{
	if (instance.len == 0)
		return 0;
	if (!gcp_instance_valid(instance))
		return err_set(err, ERR_FORMAT,
			       "the instance's id is none: it is a "
			       "number");
	copy(texts->instance, instance);
	return 0;
}

int gcp_texts_set_project(struct gcp_identity_texts *texts, struct slice project,
			  struct err *err)
{
	if (project.len == 0)
		return 0;
	if (!gcp_project_valid(project))
		return err_set(err, ERR_FORMAT, "the project's id is none");
	copy(texts->project, project);
	return 0;
}

int gcp_texts_set_region(struct gcp_identity_texts *texts, struct slice region,
			 struct err *err)
{
	if (region.len == 0)
		return 0;
	if (region.len >= sizeof(texts->region) ||
	    !is_made_of(region, SMALL DIGITS "-") || !begins_with_one_of(region, SMALL))
		return err_set(err, ERR_FORMAT, "the region is none");
	copy(texts->region, region);
	return 0;
}

int gcp_texts_set_zone(struct gcp_identity_texts *texts, struct slice zone,
		       struct err *err)
{
	struct slice before;
	ptrdiff_t dash;

	while (slice_take_until(&zone, '/', &before))
		;
	dash = slice_find_last(zone, '-');
	if (dash <= 0 || (size_t)dash + 1 == zone.len)
		return err_set(err, ERR_FORMAT, "the zone is none");
	return gcp_texts_set_region(texts, slice_first(zone, (size_t)dash), err);
}

/* Its own addresses; alias ranges where they are of one address. */
static void read_interface(struct gcp_identity_texts *texts, const json_t *interface)
{
	static const char *const lists[] = { "ipAliases", "ipv6s" };

	address_list_add(&texts->private_ips, json_text_at(interface, "ip"));
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const json_t *list = json_at(interface, lists[i]);

		for (size_t k = 0; k < json_array_size(list) && k < ADDRESS_LIST_MAX;
		     k++) {
			struct slice address = json_slice(json_array_get(list, k));

			slice_take_suffix(&address, SLICE("/32"));
			address_list_add(&texts->private_ips, address);
		}
	}
}

/* [{"ip":"10.128.0.7","ipAliases":["10.4.0.9/32"],"ipv6s":["2001:db8::7"],
 *   "accessConfigs":[{"externalIp":"203.0.113.7","type":"ONE_TO_ONE_NAT"}]}] */
int gcp_texts_read_interfaces(struct gcp_identity_texts *texts, struct slice body,
			      struct err *err)
{
	AUTO_JSON json_t *list = NULL;

	if (json_read(body, &list, err) < 0)
		return err_add(err, "the network interfaces");
	if (!json_is_array(list))
		return err_set(err, ERR_FORMAT, "the network interfaces are no list");
	for (size_t i = 0; i < json_array_size(list) && i < LIMIT_METADATA_INTERFACES;
	     i++)
		read_interface(texts, json_array_get(list, i));
	return 0;
}

/* ["http-server","bastion"] */
int gcp_texts_read_tags(struct gcp_identity_texts *texts, struct slice body,
			struct err *err)
{
	AUTO_JSON json_t *list = NULL;

	if (json_read(body, &list, err) < 0)
		return err_add(err, "the network tags");
	if (!json_is_array(list))
		return err_set(err, ERR_FORMAT, "the network tags are no list");
	tag_list_begin(&texts->tags);
	for (size_t i = 0; i < json_array_size(list) && !texts->tags.is_cut; i++)
		tag_list_add(&texts->tags, json_slice(json_array_get(list, i)),
			     SLICE(""));
	return 0;
}
