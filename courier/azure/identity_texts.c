/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/identity_texts.h"

#include "base/json.h"
#include "base/limits.h"

#define GUID_BYTES ((size_t)36)

/* 90 characters of up to four bytes. */
#define GROUP_BYTES_MAX ((size_t)360)

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_hex(char byte)
{
	return is_digit(byte) || (byte >= 'a' && byte <= 'f') ||
	       (byte >= 'A' && byte <= 'F');
}

/* Of a resource's name; groups may have letters of any script in theirs. */
static bool is_name_byte(char byte)
{
	return is_digit(byte) || is_letter(byte) || (unsigned char)byte >= 0x80 ||
	       (byte != '\0' && strchr("-_.()", byte) != NULL);
}

bool azure_guid_is_valid(struct slice text)
{
	if (text.len != GUID_BYTES)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (is_dash ? text.ptr[i] != '-' : !is_hex(text.ptr[i]))
			return false;
	}
	return true;
}

bool azure_group_is_valid(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_name_byte(text.ptr[i]))
			return false;
	}
	return text.len > 0 && text.len <= GROUP_BYTES_MAX;
}

static void copy(char *to, struct slice text)
{
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

static void copy_lower(char *to, struct slice text)
{
	copy(to, text);
	for (; *to; to++) {
		if (*to >= 'A' && *to <= 'Z')
			*to = (char)(*to - 'A' + 'a');
	}
}

/* ---- resource ids ------------------------------------------------------------------ */

/* Consumes "/NAME", whatever its case. */
static bool take_word(struct slice *id, struct slice name)
{
	if (!slice_starts_with(*id, SLICE("/")) ||
	    !slice_equal_ignoring_case(
		    slice_of(id->ptr + 1, id->len > name.len ? name.len : id->len - 1),
		    name))
		return false;
	*id = slice_skip(*id, name.len + 1);
	return true;
}

/* Consumes "/" and a name. */
static bool take_name(struct slice *id, struct slice *ret_name)
{
	size_t len = 1;

	if (!slice_starts_with(*id, SLICE("/")))
		return false;
	while (len < id->len && is_name_byte(id->ptr[len]))
		len++;
	*ret_name = slice_of(id->ptr + 1, len - 1);
	*id = slice_skip(*id, len);
	return ret_name->len > 0;
}

/* A virtual machine's whole resource id; gives its subscription. */
static bool is_machine(struct slice id, struct slice *ret_subscription)
{
	struct slice name;

	if (!take_word(&id, SLICE("subscriptions")) ||
	    !take_name(&id, ret_subscription) ||
	    !azure_guid_is_valid(*ret_subscription) ||
	    !take_word(&id, SLICE("resourceGroups")) || !take_name(&id, &name) ||
	    !azure_group_is_valid(name) || !take_word(&id, SLICE("providers")) ||
	    !take_word(&id, SLICE("Microsoft.Compute")))
		return false;
	if (take_word(&id, SLICE("virtualMachineScaleSets")) && !take_name(&id, &name))
		return false;
	return take_word(&id, SLICE("virtualMachines")) && take_name(&id, &name) &&
	       id.len == 0;
}

int azure_identity_set_instance(struct azure_identity *identity, struct slice instance,
				struct err *err)
{
	struct slice subscription;

	if (instance.len == 0)
		return 0;
	if (instance.len >= sizeof(identity->instance) ||
	    !is_machine(instance, &subscription))
		return err_set(err, ERR_FORMAT,
			       "the instance's id is no resource id of a virtual machine "
			       "(/subscriptions/.../virtualMachines/NAME)");
	copy(identity->instance, instance);
	copy_lower(identity->subscription, subscription);
	return 0;
}

int azure_identity_set_subscription(struct azure_identity *identity,
				    struct slice subscription, struct err *err)
{
	if (subscription.len == 0)
		return 0;
	if (!azure_guid_is_valid(subscription))
		return err_set(err, ERR_FORMAT,
			       "the account is none: Azure's is a subscription's GUID");
	if (identity->subscription[0] &&
	    !slice_equal_ignoring_case(slice_text(identity->subscription), subscription))
		return err_set(err, ERR_FORMAT,
			       "the instance is of another subscription than the one "
			       "that is named");
	copy_lower(identity->subscription, subscription);
	return 0;
}

/* "" where it is none. */
static void set_word(char *to, size_t size_bytes, struct slice text)
{
	if (text.len >= size_bytes)
		return;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.ptr[i]) && !is_letter(text.ptr[i]))
			return;
	}
	if (text.len)
		copy(to, text);
}

int azure_identity_set_region(struct azure_identity *identity, struct slice region,
			      struct err *err)
{
	if (region.len == 0)
		return 0;
	identity->region[0] = '\0';
	set_word(identity->region, sizeof(identity->region), region);
	if (!identity->region[0])
		return err_set(err, ERR_FORMAT, "the region is none");
	return 0;
}

/* ---- the instance document --------------------------------------------------------- */

/* What an older metadata does not say is put together: of a scale set with uniform
 * machines the name is the set's, '_' and a number. */
static int build_instance(struct azure_identity *identity, const json_t *compute,
			  struct err *err)
{
	struct slice subscription = json_text_at(compute, "subscriptionId");
	struct slice group = json_text_at(compute, "resourceGroupName");
	struct slice name = json_text_at(compute, "name");
	struct slice set = json_text_at(compute, "vmScaleSetName");
	AUTO_BUF struct buf id = BUF_LIMIT(AZURE_INSTANCE_BYTES - 1);
	struct slice rest = name;
	uint64_t number;

	if (subscription.len == 0 || group.len == 0 || name.len == 0)
		return err_set(err, ERR_FORMAT,
			       "it says neither 'resourceId' nor 'subscriptionId', "
			       "'resourceGroupName' and 'name'");
	buf_append_text(&id, "/subscriptions/");
	buf_append(&id, subscription);
	buf_append_text(&id, "/resourceGroups/");
	buf_append(&id, group);
	buf_append_text(&id, "/providers/Microsoft.Compute");
	if (set.len && slice_take_prefix(&rest, set) &&
	    slice_take_prefix(&rest, SLICE("_")) &&
	    slice_number(rest, UINT32_MAX, &number)) {
		buf_append_text(&id, "/virtualMachineScaleSets/");
		buf_append(&id, set);
		name = rest;
	}
	buf_append_text(&id, "/virtualMachines/");
	buf_append(&id, name);
	if (buf_overflowed(&id))
		return err_set(err, ERR_LIMIT, "the machine's names are too long");
	return azure_identity_set_instance(identity, buf_slice(&id), err);
}

static void read_addresses(struct azure_identity *identity, const json_t *network)
{
	static const char *const families[] = { "ipv4.ipAddress", "ipv6.ipAddress" };
	const json_t *interfaces = json_at(network, "interface");
	size_t count = json_array_size(interfaces);

	for (size_t i = 0; i < count && i < LIMIT_METADATA_INTERFACES; i++) {
		const json_t *interface = json_array_get(interfaces, i);

		for (size_t f = 0; f < 2; f++) {
			const json_t *list = json_at(interface, families[f]);

			for (size_t n = 0; n < json_array_size(list); n++)
				address_list_add(&identity->private_ips,
						 json_text_at(json_array_get(list, n),
							      "privateIpAddress"));
		}
	}
}

/* "tagsList":[{"name":"env","value":"prod"}]. The older "tags":"env:prod;..." can be read
 * in two ways where a tag has a ':' or ';' in it, and is not read at all. */
static void read_tags(struct azure_identity *identity, const json_t *list)
{
	if (!json_is_array(list))
		return;
	tag_list_begin(&identity->tags);
	for (size_t i = 0; i < json_array_size(list) && !identity->tags.is_cut; i++)
		tag_list_add(&identity->tags,
			     json_text_at(json_array_get(list, i), "name"),
			     json_text_at(json_array_get(list, i), "value"));
}

static int read_document(struct azure_identity *identity, const json_t *document,
			 struct err *err)
{
	const json_t *compute = json_at(document, "compute");
	struct slice id = json_text_at(compute, "resourceId");

	if (id.len ? azure_identity_set_instance(identity, id, err) < 0
		   : build_instance(identity, compute, err) < 0)
		return -1;
	if (azure_identity_set_subscription(
		    identity, json_text_at(compute, "subscriptionId"), err) < 0)
		return -1;
	set_word(identity->region, sizeof(identity->region),
		 json_text_at(compute, "location"));
	set_word(identity->environment, sizeof(identity->environment),
		 json_text_at(compute, "azEnvironment"));
	read_addresses(identity, json_at(document, "network"));
	read_tags(identity, json_at(compute, "tagsList"));
	return 0;
}

int azure_identity_read(struct azure_identity *identity, struct slice document,
			struct err *err)
{
	struct azure_identity found = { .instance = "" };
	AUTO_JSON json_t *value = NULL;

	if (json_read(document, &value, err) < 0 || read_document(&found, value, err) < 0)
		return err_add(err, "the instance metadata");
	*identity = found;
	return 0;
}
