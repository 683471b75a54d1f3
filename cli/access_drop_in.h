/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Access drop-in: the file by which the agent's unit may read logs that are root's alone,
 * which choose-access writes. It says itself what it is needed for, a line each:
 *
 *   # Written by countersign's choose-access, which writes it anew. ...
 *   # needed: /var/log/secure is not readable for the agent's user and groups
 *   [Service]
 *   CapabilityBoundingSet=CAP_DAC_READ_SEARCH
 *   AmbientCapabilities=CAP_DAC_READ_SEARCH
 *
 * What is needed is choose-access's to say, here it is only read.
 */
#include "base/buf.h"

#define ACCESS_DROP_IN "/etc/systemd/system/countersignd.service.d/50-access.conf"

enum access_drop_in_kind {
	ACCESS_DROP_IN_NONE,
	ACCESS_DROP_IN_WRITTEN,	   /* by choose-access */
	ACCESS_DROP_IN_OVERRIDDEN, /* somebody's own, or a link to /dev/null */
	ACCESS_DROP_IN_UNREADABLE,
};

struct access_drop_in {
	enum access_drop_in_kind kind;
	bool has_right; /* it gives CAP_DAC_READ_SEARCH */
	bool is_stale;	/* of the files it names none is there any more */
	struct buf why; /* owned; what it is needed for, "; " between */
};

/* Reads the file. The caller releases the result. */
void access_drop_in_read(const char *path, struct access_drop_in *ret_drop_in);
void access_drop_in_release(struct access_drop_in *drop_in);
#define AUTO_ACCESS_DROP_IN __attribute__((cleanup(access_drop_in_release)))
