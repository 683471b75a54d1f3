/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The parts of an OCSF record that several classes have: each puts one member of the
 * record, or none where nothing is known. Keys are literals.
 */
#include "alert/ocsf.h"
#include "base/limits.h"

#define OCSF_PRODUCT "Countersign"

/* "key_id": number and "key": caption. */
void ocsf_put_word(struct json_writer *writer, const char *number_key,
		   const char *caption_key, struct ocsf_word word);
/* Nothing where the text is empty. */
void ocsf_put_text(struct json_writer *writer, const char *key, struct slice text);
/* In milliseconds; nothing where there is no time. */
void ocsf_put_time(struct json_writer *writer, const char *key, us_time time);
/* The sentence for people. */
void ocsf_put_message(const struct ocsf *ocsf, const char *key);

/* This program, as object product, and as object application. */
void ocsf_put_product(struct json_writer *writer, const char *key);
void ocsf_put_application(struct json_writer *writer, struct slice name);

void ocsf_put_cloud(const struct ocsf *ocsf);
void ocsf_put_device(const struct ocsf *ocsf);
void ocsf_put_resources(const struct ocsf *ocsf);
/* `call` may be NULL. */
void ocsf_put_actor(const struct ocsf *ocsf, const struct event *call);
void ocsf_put_api(struct json_writer *writer, const struct event *call);
/* "src_endpoint"; an API call's source may be a service's name. */
void ocsf_put_source(struct json_writer *writer, struct slice address, uint16_t port);
void ocsf_put_evidences(const struct ocsf *ocsf);

/* Under which paths the record has what is observable. */
struct ocsf_places {
	const struct event *call; /* whose caller is one, NULL = nobody's */
	const char *user, *source, *caller;
};
void ocsf_put_observables(const struct ocsf *ocsf, const struct ocsf_places *places);
