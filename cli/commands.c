/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

const struct command *const commands[] = {
	&command_status, &command_logins,	&command_alerts,     &command_explain,
	&command_replay, &command_check_config, &command_posture,    &command_doctor,
	&command_report, &command_baseline,	&command_test_alert, NULL,
};
