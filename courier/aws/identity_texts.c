/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/identity_texts.h"

#include "base/json.h"

#define DIGITS "0123456789"
#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define LARGE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

#define MAC_BYTES ((size_t)17)

/* "Tag restrictions", EC2 user guide. */
#define TAG_KEY_BYTES_MAX 128

static bool is_made_of(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\0' || !strchr(bytes, text.ptr[i]))
			return false;
	}
	return text.len > 0;
}

static void copy(char *to, struct slice text)
{
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

void identity_texts_init(struct aws_identity_texts *texts)
{
	*texts = (struct aws_identity_texts){ .launched_at = US_TIME_NONE };
}

int identity_texts_set_instance(struct aws_identity_texts *texts, struct slice instance,
				struct err *err)
{
	if (instance.len == 0)
		return 0;
	if (instance.len >= sizeof(texts->instance) ||
	    !is_made_of(instance, DIGITS SMALL LARGE "-"))
		return err_set(err, ERR_FORMAT, "the instance's id is none");
	copy(texts->instance, instance);
	return 0;
}

int identity_texts_set_account(struct aws_identity_texts *texts, struct slice account,
			       struct err *err)
{
	if (account.len == 0)
		return 0;
	if (account.len != sizeof(texts->account) - 1 || !is_made_of(account, DIGITS))
		return err_set(err, ERR_FORMAT, "the account is none: it has 12 digits");
	copy(texts->account, account);
	return 0;
}

int identity_texts_set_region(struct aws_identity_texts *texts, struct slice region,
			      struct err *err)
{
	if (region.len == 0)
		return 0;
	if (region.len >= sizeof(texts->region) ||
	    !is_made_of(region, DIGITS SMALL "-") || region.ptr[0] == '-')
		return err_set(err, ERR_FORMAT, "the region is none");
	copy(texts->region, region);
	return 0;
}

void identity_texts_set_domain(struct aws_identity_texts *texts, struct slice domain)
{
	slice_take_suffix(&domain, SLICE("\n"));
	if (domain.len >= sizeof(texts->domain) ||
	    !is_made_of(domain, DIGITS SMALL "-.") || domain.ptr[0] == '.' ||
	    domain.ptr[0] == '-')
		return;
	copy(texts->domain, domain);
}

static int need(const char *name, struct slice value, struct err *err)
{
	if (value.len == 0)
		return err_set(err, ERR_FORMAT, "'%s' is missing", name);
	return 0;
}

static int read_document(struct aws_identity_texts *texts, const json_t *document,
			 struct err *err)
{
	struct slice instance = json_text_at(document, "instanceId");
	struct slice account = json_text_at(document, "accountId");
	struct slice region = json_text_at(document, "region");

	if (need("instanceId", instance, err) < 0 ||
	    identity_texts_set_instance(texts, instance, err) < 0 ||
	    need("accountId", account, err) < 0 ||
	    identity_texts_set_account(texts, account, err) < 0 ||
	    need("region", region, err) < 0 ||
	    identity_texts_set_region(texts, region, err) < 0)
		return -1;
	address_list_add(&texts->private_ips, json_text_at(document, "privateIp"));
	if (!time_from_rfc3339(json_text_at(document, "pendingTime"),
			       &texts->launched_at))
		texts->launched_at = US_TIME_NONE;
	return 0;
}

int identity_texts_read(struct aws_identity_texts *texts, struct slice document,
			struct err *err)
{
	AUTO_JSON json_t *value = NULL;

	if (json_read(document, &value, err) < 0 || read_document(texts, value, err) < 0)
		return err_add(err, "the instance identity document");
	return 0;
}

bool identity_mac_is_valid(struct slice text)
{
	return text.len == MAC_BYTES && is_made_of(text, DIGITS "abcdefABCDEF:");
}

bool identity_tag_key_is_valid(struct slice text)
{
	return text.len <= TAG_KEY_BYTES_MAX && !slice_equal(text, SLICE(".")) &&
	       !slice_equal(text, SLICE("..")) &&
	       is_made_of(text, DIGITS SMALL LARGE "+-=.,_:@");
}
