/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Classify: through which doors a login came (its path, and the tunnel it came through),
 * from what the host said and what calls are in sight. For the correlator's own files
 * only.
 */
#include "correlator/state.h"

/* A serial console session lasts about an hour after its key was pushed; a login may come
 * at any time within it (EC2 user guide, "EC2 Serial Console"). */
#define SERIAL_SESSION_US (65 * US_PER_MINUTE)

/* How far a StartSession whose answer was not logged may be from its session. */
#define NULL_RESPONSE_US (60 * US_PER_SECOND)

/* How long before a session starts its StartSession may lie, for absence. */
#define SESSION_ABSENCE_US (5 * US_PER_MINUTE)

/* A script that is younger than its instance's first day is explained by how the instance
 * was made, and boots by what was asked for that long before. */
#define SCRIPT_ABSENCE_US (24 * US_PER_HOUR)
#define BOOT_REACH_US (30 * US_PER_MINUTE)

/* Rate control and nodes that are offline delay a command by hours. */
#define COMMAND_ABSENCE_US (24 * US_PER_HOUR)

/* Sets path, through and hint of the login's view, and the port session it came through.
 */
void classify(struct correlator *correlator, struct tracked_login *login);

/* Whether it is older than this instance's launch, where that is known: an earlier life
 * of the disk. */
bool is_before_launch(const struct correlator *correlator,
		      const struct tracked_login *login);

/* Whether sshd's peer is this host itself: loopback or one of its own addresses. */
bool is_own_address(const struct correlator *correlator, struct slice address);

/* Whether the address is an Instance Connect Endpoint's, as far as is known. */
bool is_endpoint(const struct correlator *correlator, struct slice address);

/* Whether sshd listens on this port, as far as is known (22 when nothing is). */
bool is_sshd_port(const struct correlator *correlator, uint16_t port);

/* Whether the tty is one that clouds lead their serial consoles to; its port number if
 * so. */
bool is_serial_tty(struct slice tty, int16_t *ret_port);

/* Whose cloud this host is in: as its identity says, else as the calls in sight do, where
 * they are of one cloud; CLOUD_UNKNOWN otherwise. */
enum cloud own_cloud(const struct correlator *correlator);

/* Azure: whether an ssh login was let in by Entra ID, and whether it came through
 * Bastion, as far as the lines and calls in sight tell. */
bool is_entra_login(const struct correlator *correlator,
		    const struct tracked_login *login);
bool is_bastion_login(const struct correlator *correlator,
		      const struct tracked_login *login);

/* Google Cloud: whether its user is OS Login's, whether its key is one of the metadata's,
 * and whether it came through an IAP tunnel. */
bool is_os_login(const struct correlator *correlator, const struct tracked_login *login);
bool is_metadata_key_login(const struct correlator *correlator,
			   const struct tracked_login *login);
bool is_iap_login(const struct correlator *correlator, const struct tracked_login *login);

/* Google Cloud: who the host says came in at one of its doors. */
void google_learn_caller(const struct correlator *correlator,
			 struct tracked_login *login);

/* Sets the path of an extension's execution, of a script, of a console login. */
void classify_extension(const struct correlator *correlator, struct tracked_login *login);
void classify_script(const struct correlator *correlator, struct tracked_login *login);
void classify_console(const struct correlator *correlator, struct tracked_login *login);
