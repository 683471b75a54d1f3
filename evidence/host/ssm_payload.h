/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The JSON inside two lines of the SSM agent's log: the messages of the control plane
 * ("Payload") and the documents its workers are given ("DataBackend"). They carry
 * commands, parameters and tokens in clear. What leaves here is the few named fields of
 * struct run: ids, names, the owner, a port. Of an association's content only a hash
 * leaves.
 */
#include "base/json.h"
#include "correlator/event.h"

/* Holds what the slices of a struct run point into. Start it with zeroes. */
struct ssm_payload {
	json_t *message; /* owned; NULL = none */
	json_t *content; /* owned; the JSON inside the message's string, NULL = none */
};

void ssm_payload_release(struct ssm_payload *payload);

#define AUTO_SSM_PAYLOAD __attribute__((cleanup(ssm_payload_release)))

/* Fills `run` from a message: a session to start or a command to run. False, and `run` is
 * not to be used, for other messages, for what is no whole JSON, and without an id. The
 * run's slices live as long as `payload` and `text`. */
bool ssm_payload_read_message(struct slice text, struct ssm_payload *payload,
			      struct run *run);

/* Adds to `run`, whose kind and id are known from the line's contexts, what a worker's
 * document says. `document_id` is the id in the contexts: a document of another id adds
 * nothing, nor does what is no whole JSON. A document of an association makes the run
 * one. */
void ssm_payload_read_document(struct slice text, struct slice document_id,
			       struct ssm_payload *payload, struct run *run);
