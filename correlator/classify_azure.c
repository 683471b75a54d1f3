/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's doors: extensions, Bastion. (Entra ID: session_entra.c) */
#include "correlator/classify.h"
#include "correlator/extension.h"
#include "correlator/ssh_groups.h"

/* Bastion's connections come from its subnet, whose addresses the host is not told. So a
 * login is Bastion's where its peer is known to be, or where a connection of the same
 * user is in sight that no earlier login came through. */
bool is_bastion_login(const struct correlator *correlator,
		      const struct tracked_login *login)
{
	return ssh_groups_may_be_bastion(correlator) &&
	       (login->claim || is_endpoint(correlator, login->view.source_ip));
}

void classify_extension(const struct correlator *correlator, struct tracked_login *login)
{
	(void)correlator;
	switch (handler_class(login->extension->family)) {
	case HANDLER_RUN_COMMAND:
	case HANDLER_MANAGED_RUN_COMMAND:
		login->view.path = PATH_AZURE_RUN_COMMAND;
		break;
	default:
		login->view.path = PATH_AZURE_VM_EXTENSION;
		break;
	}
}
