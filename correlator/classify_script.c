/* SPDX-License-Identifier: Apache-2.0 */
/* By whose word something runs: scripts of the metadata, OS Config, user data. */
#include "correlator/classify.h"

void classify_script(const struct correlator *correlator, struct tracked_login *login)
{
	enum cloud cloud = own_cloud(correlator);

	switch (login->script_kind) {
	case SCRIPT_OS_CONFIG:
		login->view.path = PATH_GCP_OS_CONFIG;
		break;
	case SCRIPT_USER_DATA:
		/* elsewhere it is a part of how the machine was made */
		login->view.path =
			!correlator->identity.is_in_no_cloud &&
					(cloud == CLOUD_AWS || cloud == CLOUD_UNKNOWN)
				? PATH_AWS_USER_DATA
				: PATH_LOCAL;
		break;
	default:
		login->view.path = PATH_GCP_STARTUP_SCRIPT;
		break;
	}
}
