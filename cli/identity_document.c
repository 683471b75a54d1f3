/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_document.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"
#include "cli/identity_file.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Addresses as they are found, borrowed from the document. */
struct addresses {
	struct slice items[IDENTITY_IPS_MAX];
	uint32_t count;
};

bool identity_is_address(struct slice text)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char bytes[sizeof(struct in6_addr)];

	if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET, copy, bytes) == 1 ||
	       inet_pton(AF_INET6, copy, bytes) == 1;
}

/* One of several; one too many, and one that is none, is left out. */
static void add_address(struct addresses *addresses, const json_t *value)
{
	struct slice text = json_slice(value);

	if (identity_is_address(text) && addresses->count < IDENTITY_IPS_MAX)
		addresses->items[addresses->count++] = text;
}

static int text_at(const json_t *document, const char *path, struct slice *ret_text,
		   struct err *err)
{
	if (json_need_text(document, path, ret_text, err) < 0)
		return -1;
	if (ret_text->len > LIMIT_FIELD_BYTES)
		return err_set(err, ERR_LIMIT, "%s: longer than %zu bytes", path,
			       LIMIT_FIELD_BYTES);
	return 0;
}

/* Copies what the document has lent. */
static void keep(struct identity *identity, const struct addresses *addresses,
		 struct arena *arena)
{
	identity->instance = arena_copy(arena, identity->instance);
	identity->account = arena_copy(arena, identity->account);
	identity->region = arena_copy(arena, identity->region);
	if (!addresses->count)
		return;
	identity->private_ips =
		arena_copy_slices(arena, addresses->items, addresses->count);
	identity->private_ip_count = addresses->count;
}

/* Azure's [{"name":"env","value":"prod"}], Google's network tags ["http-server"], which
 * are told as "http-server=". One that cannot be kept makes all of them unknown: rules go
 * by a tag that is there or is not. */
static void read_tags(const json_t *list, struct arena *arena, struct identity *identity)
{
	AUTO_BUF struct buf room = BUF_LIMIT(LIMIT_TAG_BYTES);
	struct slice tags[IDENTITY_TAGS_MAX];
	uint32_t count = 0;

	if (!json_is_array(list) || json_array_size(list) > IDENTITY_TAGS_MAX)
		return;
	for (; count < json_array_size(list); count++) {
		const json_t *tag = json_array_get(list, count);

		buf_clear(&room);
		buf_append(&room, json_is_string(tag) ? json_slice(tag)
						      : json_text_at(tag, "name"));
		buf_append_byte(&room, '=');
		buf_append(&room, json_text_at(tag, "value"));
		if (buf_overflowed(&room) ||
		    slice_starts_with(buf_slice(&room), SLICE("=")))
			return;
		tags[count] = arena_copy(arena, buf_slice(&room));
	}
	identity->tags = arena_copy_slices(arena, tags, count);
	identity->tag_count = count;
	identity->has_tags = true;
}

/* ---- AWS
 * ---------------------------------------------------------------------------------- */

static bool is_aws(const json_t *document)
{
	return json_object_get(document, "instanceId");
}

/* {"accountId":"111122223333","instanceId":"i-...","region":"eu-west-1","privateIp":"10.0.3.7",
 *  "pendingTime":"2026-01-28T09:58:02Z", ...}: EC2 User Guide, "Instance identity
 * documents". */
static int read_aws(const json_t *document, struct arena *arena,
		    struct identity *identity, struct err *err)
{
	struct addresses addresses = { .count = 0 };
	struct slice private_ip, pending_time;

	if (text_at(document, "instanceId", &identity->instance, err) < 0 ||
	    text_at(document, "accountId", &identity->account, err) < 0 ||
	    text_at(document, "region", &identity->region, err) < 0 ||
	    text_at(document, "privateIp", &private_ip, err) < 0 ||
	    text_at(document, "pendingTime", &pending_time, err) < 0)
		return -1;
	if (!identity_is_instance(identity->instance))
		return err_set(err, ERR_FORMAT, "instanceId: not an instance id");
	if (private_ip.len && !identity_is_address(private_ip))
		return err_set(err, ERR_FORMAT, "privateIp: not an address");
	if (pending_time.len && !time_from_rfc3339(pending_time, &identity->launched_at))
		return err_set(err, ERR_FORMAT, "pendingTime: not a time");
	add_address(&addresses, json_object_get(document, "privateIp"));
	keep(identity, &addresses, arena);
	return 0;
}

/* ---- Azure
 * -------------------------------------------------------------------------------- */

/* The whole answer, or that of .../instance/compute. */
static const json_t *compute_of(const json_t *document)
{
	const json_t *compute = json_object_get(document, "compute");

	return compute ? compute : document;
}

static bool is_azure(const json_t *document)
{
	return json_object_get(compute_of(document), "subscriptionId");
}

/* Interfaces: [{"ipv4":{"ipAddress":[{"privateIpAddress":"10.0.0.4",
 * "publicIpAddress":""}],...},"ipv6":{"ipAddress":[]},...}] */
static void add_azure_addresses(const json_t *document, struct addresses *addresses)
{
	static const char *const families[] = { "ipv4.ipAddress", "ipv6.ipAddress" };
	const json_t *interfaces = json_at(document, "network.interface");

	for (size_t i = 0; i < json_array_size(interfaces); i++) {
		for (size_t k = 0; k < COUNT_OF(families); k++) {
			const json_t *list =
				json_at(json_array_get(interfaces, i), families[k]);

			for (size_t n = 0; n < json_array_size(list); n++)
				add_address(addresses,
					    json_object_get(json_array_get(list, n),
							    "privateIpAddress"));
		}
	}
}

/* Old versions of the answer have no resourceId, but its parts; a scale set's machine is
 * not named by them. */
static int join_resource_id(const json_t *compute, struct identity *identity,
			    struct buf *room, struct err *err)
{
	struct slice group, name, scale_set;

	if (text_at(compute, "resourceGroupName", &group, err) < 0 ||
	    text_at(compute, "name", &name, err) < 0 ||
	    text_at(compute, "vmScaleSetName", &scale_set, err) < 0)
		return -1;
	if (!group.len || !name.len || scale_set.len)
		return err_set(err, ERR_FORMAT, "compute: no resourceId");
	buf_append_format(room,
			  "/subscriptions/%.*s/resourceGroups/%.*s/providers/"
			  "Microsoft.Compute/virtualMachines/%.*s",
			  SLICE_ARG(identity->account), SLICE_ARG(group),
			  SLICE_ARG(name));
	identity->instance = buf_slice(room);
	return 0;
}

/* Subscriptions are compared as they are, and written in any case. */
static struct slice lower(struct slice text, struct arena *arena)
{
	char *copy = arena_new(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z'
				  ? (char)(text.ptr[i] - 'A' + 'a')
				  : text.ptr[i];
	return slice_of(copy, text.len);
}

/* {"compute":{"resourceId":"/subscriptions/S/resourceGroups/G/providers/...",
 * "subscriptionId":"S",...},"network":{"interface":[...]}}: "Azure Instance Metadata
 * Service", Microsoft Learn. Its logs are read without region. */
static int read_azure(const json_t *document, struct arena *arena,
		      struct identity *identity, struct err *err)
{
	AUTO_BUF struct buf room = BUF_LIMIT(4 * LIMIT_FIELD_BYTES);
	const json_t *compute = compute_of(document);
	struct addresses addresses = { .count = 0 };

	if (text_at(compute, "resourceId", &identity->instance, err) < 0 ||
	    text_at(compute, "subscriptionId", &identity->account, err) < 0 ||
	    (!identity->instance.len &&
	     join_resource_id(compute, identity, &room, err) < 0))
		return -1;
	if (!identity_is_instance(identity->instance))
		return err_set(err, ERR_FORMAT, "resourceId: not a resource id");
	identity->account = lower(identity->account, arena);
	add_azure_addresses(document, &addresses);
	read_tags(json_at(compute, "tagsList"), arena, identity);
	keep(identity, &addresses, arena);
	return 0;
}

/* ---- Google Cloud
 * ------------------------------------------------------------------------- */

/* The whole answer, or that of instance/. */
static const json_t *instance_of(const json_t *document)
{
	const json_t *instance = json_object_get(document, "instance");

	return instance ? instance : document;
}

static bool is_gcp(const json_t *document)
{
	const json_t *instance = instance_of(document);

	return json_object_get(instance, "id") && json_object_get(instance, "zone");
}

/* The number, which is written as one. */
static int read_number(const json_t *value, struct slice *ret_text, char room[24],
		       struct err *err)
{
	uint64_t number;

	if (json_is_integer(value) && json_integer_value(value) > 0)
		number = (uint64_t)json_integer_value(value);
	else if (!slice_number(json_slice(value), UINT64_MAX, &number))
		return err_set(err, ERR_FORMAT, "instance.id: not a number");
	*ret_text = slice_of(
		room, (size_t)snprintf(room, 24, "%llu", (unsigned long long)number));
	return 0;
}

/* {"instance":{"id":4242424242424242424,"zone":"projects/123/zones/europe-west1-b",
 * "networkInterfaces":[{"ip":"10.132.0.7",...}],...},"project":{"projectId":"p",...}}:
 * "About VM metadata", Compute Engine documentation. Its logs are read without region. */
static int read_gcp(const json_t *document, struct arena *arena,
		    struct identity *identity, struct err *err)
{
	const json_t *instance = instance_of(document);
	const json_t *interfaces = json_object_get(instance, "networkInterfaces");
	struct addresses addresses = { .count = 0 };
	char room[24];

	if (read_number(json_object_get(instance, "id"), &identity->instance, room, err) <
		    0 ||
	    text_at(document, "project.projectId", &identity->account, err) < 0)
		return -1;
	read_tags(json_object_get(instance, "tags"), arena, identity);
	for (size_t i = 0; i < json_array_size(interfaces); i++)
		add_address(&addresses,
			    json_object_get(json_array_get(interfaces, i), "ip"));
	keep(identity, &addresses, arena);
	return 0;
}

/* ---- which
 * -------------------------------------------------------------------------------- */

/* Another cloud's document is a row here. */
static const struct {
	enum cloud cloud;
	bool (*is)(const json_t *document);
	int (*read)(const json_t *document, struct arena *arena,
		    struct identity *identity, struct err *err);
} kinds[] = {
	{ CLOUD_AWS, is_aws, read_aws },
	{ CLOUD_AZURE, is_azure, read_azure },
	{ CLOUD_GCP, is_gcp, read_gcp },
};

int identity_document_read(struct slice text, struct arena *arena,
			   struct identity *identity, struct err *err)
{
	AUTO_JSON json_t *document = NULL;
	size_t i = 0;

	if (json_read(text, &document, err) < 0)
		return -1;
	while (i < COUNT_OF(kinds) && !kinds[i].is(document))
		i++;
	if (i == COUNT_OF(kinds))
		return err_set(err, ERR_FORMAT,
			       "neither an AWS identity document nor Azure's or Google "
			       "Cloud's instance metadata");
	if (kinds[i].read(document, arena, identity, err) < 0)
		return -1;
	identity->provider = slice_text(cloud_word(kinds[i].cloud));
	return 0;
}
