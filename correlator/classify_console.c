/* SPDX-License-Identifier: Apache-2.0 */
/* Which console a login came through, and whose cloud leads there. */
#include "correlator/classify.h"

bool is_serial_tty(struct slice tty, int16_t *ret_port)
{
	/* x86 and most others, arm64, virtio, Xen, s390 */
	static const char *const names[] = { "ttyS", "ttyAMA", "hvc", "xvc", "ttysclp" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct slice rest = tty;
		uint64_t port;

		if (!slice_take_prefix(&rest, slice_text(names[i])))
			continue;
		if (!slice_number(rest, 255, &port))
			return false;
		*ret_port = (int16_t)port;
		return true;
	}
	return false;
}

void classify_console(const struct correlator *correlator, struct tracked_login *login)
{
	static const enum path serial_paths[CLOUD_COUNT] = {
		[CLOUD_UNKNOWN] = PATH_AWS_SERIAL_CONSOLE,
		[CLOUD_AWS] = PATH_AWS_SERIAL_CONSOLE,
		[CLOUD_AZURE] = PATH_AZURE_SERIAL_CONSOLE,
		[CLOUD_GCP] = PATH_GCP_SERIAL_CONSOLE,
	};
	int16_t port = -1;

	login->is_serial =
		login->view.tty.len == 0 || is_serial_tty(login->view.tty, &port);
	login->serial_port = port;
	login->view.path = login->is_serial && !correlator->identity.is_in_no_cloud
				   ? serial_paths[own_cloud(correlator)]
				   : PATH_LOCAL;
}
