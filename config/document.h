/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the table of settings says, as the commented default configuration
 * (etc/countersign.conf), as docs/configuration.md and as the list of settings in
 * the manual page countersign.conf(5). Tests hold that the files have what this writes.
 */
#include "base/buf.h"

void document_append_file(struct buf *buf);
void document_append_markdown(struct buf *buf);
void document_append_manual(struct buf *buf);
