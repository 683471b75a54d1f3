/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the table of settings says, as the commented default configuration
 * (etc/countersign.conf) and as docs/configuration.md. Tests hold that both files are
 * what this writes.
 */
#include "base/buf.h"

void document_append_file(struct buf *buf);
void document_append_markdown(struct buf *buf);
