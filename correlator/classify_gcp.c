/* SPDX-License-Identifier: Apache-2.0 */
/* Google Cloud's doors to sshd: OS Login, metadata keys, IAP. */
#include "correlator/classify.h"
#include "correlator/google.h"

/* Whether OS Login made a check of this name, whenever and with what answer. */
static bool was_checked(const struct correlator *correlator, struct slice user)
{
	static const enum check_kind kinds[] = { CHECK_ADMITTED, CHECK_REFUSED };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct key_node *node =
			os_login_checks(correlator, kinds[i], CHECK_OF_NAME, user);

		if (node && node->calls.count)
			return true;
	}
	return false;
}

bool is_os_login(const struct correlator *correlator, const struct tracked_login *login)
{
	struct slice user = login->view.os_user;

	if (!may_be_google(correlator))
		return false;
	if (os_login_is_said(correlator, login) || was_checked(correlator, user))
		return true;
	/* elsewhere such names are like any other */
	return own_cloud(correlator) == CLOUD_GCP &&
	       (is_service_account_name(user) || is_external_name(user));
}

bool is_metadata_key_login(const struct correlator *correlator,
			   const struct tracked_login *login)
{
	return metadata_key_state(correlator, login) != KEY_IS_NONE;
}

bool is_iap_login(const struct correlator *correlator, const struct tracked_login *login)
{
	return is_iap_peer(correlator, login->view.source_ip);
}

/* By the metadata server's word; a key's own comment proves nothing. */
void google_learn_caller(const struct correlator *correlator, struct tracked_login *login)
{
	struct slice caller = { 0 };

	if (login->view.path == PATH_GCP_OS_LOGIN)
		caller = os_login_principal(correlator, login->view.os_user);
	else if (login->view.path == PATH_GCP_METADATA_KEY)
		caller = metadata_key_principal(correlator, login);
	if (caller.len && !slice_equal(caller, login->view.principal_hint))
		login->view.principal_hint =
			text_keep(&login->texts, slice_first(caller, 320));
}
