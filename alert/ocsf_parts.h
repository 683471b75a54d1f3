/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of an OCSF record that say who, where and from what: each puts one member of
 * the record, or none where nothing is known.
 */
#include "alert/ocsf_words.h"
#include "alert/view.h"

void ocsf_put_cloud(struct json_writer *writer, const struct alert_view *view);
void ocsf_put_device(struct json_writer *writer, const struct alert_view *view);
void ocsf_put_resources(struct json_writer *writer, const struct alert_view *view);
/* `call` may be NULL. */
void ocsf_put_actor(struct json_writer *writer, const struct event *call);
void ocsf_put_evidences(struct json_writer *writer, const struct alert_view *view);
void ocsf_put_observables(struct json_writer *writer, const struct alert_view *view);

/* The cloud it is about; NULL = unknown. */
const struct ocsf_provider *ocsf_provider_of(const struct alert_view *view);

/* "key_id": number and "key": caption. Keys are literals. */
void ocsf_put_word(struct json_writer *writer, const char *number_key,
		   const char *caption_key, struct ocsf_word word);
/* Nothing where the text is empty. */
void ocsf_put_text(struct json_writer *writer, const char *key, struct slice text);
