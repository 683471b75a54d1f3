/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A record as a message of RFC 5424, and around it what its transport asks for:
 *
 *   <107>1 2026-01-28T09:59:55.953406Z vm-1 countersign - finding
 *       [countersign@32473 key="..." number="17"] {"activity_id":1,...
 *
 * Facility 13, "log audit": authpriv (10) would put these lines among the logins that
 * they are about, in files that other programs search for logins. 32473 is the number
 * that RFC 5612 sets aside for examples. A message that is not plain ASCII begins with
 * the mark of UTF-8, as section 6.4 asks; one that is no UTF-8 does not.
 */
#include "courier/message.h"

enum syslog_framing {
	SYSLOG_DATAGRAM, /* by itself */
	SYSLOG_COUNTED,	 /* its length and a blank in front: RFC 5425, RFC 6587 3.4.1 */
	SYSLOG_LINE,	 /* a line feed behind: RFC 6587 3.4.2, unix streams */
};

/* Appends the record, framed. False past the buf's limit. */
bool syslog_frame_append(struct buf *buf, const struct deliver_record *record,
			 struct slice host, enum syslog_framing framing);
