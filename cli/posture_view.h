/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture view: what one check of posture looks through: the tree, what metadata says,
 * and the row it fills. What cannot be read is noted there, so that a check need not look
 * at failures: nothing is found, and the row says that it is not known.
 */
#include "cli/posture.h"

struct posture_view {
	const struct posture_tree *tree;
	enum cloud cloud;    /* CLOUD_UNKNOWN = any of them */
	struct arena *arena; /* borrowed: for what the row holds */
	struct posture_row *row;
	const struct posture_options *options;
};

/* Notes what the file says. */
void posture_say(struct posture_view *view, const char *file, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Notes a command that closes the door. */
void posture_close_by(struct posture_view *view, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The door is open; `opened` false changes nothing, for a chain of conditions. */
void posture_open(struct posture_view *view, bool opened);

/* Whether the host is in this cloud, or may be. */
bool posture_may_be(const struct posture_view *view, enum cloud cloud);

/* Notes what could not be looked at: a door that is not open is not known to be closed.
 */
void posture_note_problem(struct posture_view *view, const char *path,
			  const struct err *why);

bool posture_has(struct posture_view *view, const char *path);

/* Appends the whole file; false when there is none or it cannot be read. */
bool posture_read(struct posture_view *view, const char *path, struct buf *buf);

/* None when it is not there or cannot be listed. */
struct posture_names posture_list(struct posture_view *view, const char *path);

/* "folder/name", in the arena. */
const char *posture_path(struct posture_view *view, const char *folder,
			 struct slice name);

/* Calls `take` with each file of the folder whose name ends so, and its content. */
typedef void posture_file_fn(struct posture_view *view, const char *path,
			     struct slice content, void *ctx);
struct posture_folder {
	const char *path;
	const char *ending; /* ".conf" */
};
void posture_each_file(struct posture_view *view, const struct posture_folder *folder,
		       posture_file_fn *take, void *ctx);

/* Whether systemd starts the unit at boot, has it started through a generator, or runs it
 * now; notes by which link or folder. A unit that is masked is not on. */
bool posture_unit_is_on(struct posture_view *view, const char *unit);

/* Whether an administrator has linked the unit to /dev/null. */
bool posture_unit_is_masked(struct posture_view *view, const char *unit);

/* The first of the units that is on; NULL when none is. */
const char *posture_first_unit(struct posture_view *view, const char *const *units);

/* Calls `take` with each unit whose name begins so, and that is on. */
typedef void posture_unit_fn(struct posture_view *view, const char *unit, void *ctx);
void posture_each_unit(struct posture_view *view, struct slice prefix,
		       posture_unit_fn *take, void *ctx);

/* Whether the unit's file or one of its drop-ins has the word, as posture_text_has(). */
bool posture_unit_has(struct posture_view *view, const char *unit, struct slice word);

/* Whether sshd's configuration has it ask this program for keys or principals, whoever
 * they are for; notes where (posture_sshd.c). */
bool posture_sshd_runs(struct posture_view *view, struct slice program);

/* MITRE ATT&CK, T1021.008 "Direct Cloud VM Connections". */
#define POSTURE_DISABLE "M1042"	 /* Disable or Remove Feature or Program */
#define POSTURE_ACCOUNTS "M1018" /* User Account Management */

typedef void posture_check_fn(struct posture_view *view);

/* A row of posture's. */
struct posture_check {
	const char *name;
	const char *what;
	enum path doors[POSTURE_DOORS];
	const char *mitigation;
	posture_check_fn *look;
};

/* The `index`th of what is to be looked at in the metadata, for what is known of it; NULL
 * past the last. */
const struct posture_check *posture_metadata_check(const struct posture_options *options,
						   size_t index);

/* The checks of files; a row of the table in posture.c each. */

posture_check_fn posture_ssm_agent;
posture_check_fn posture_instance_connect;
posture_check_fn posture_ssh_tunnels;
posture_check_fn posture_user_data;
posture_check_fn posture_serial_console;
posture_check_fn posture_console_passwords;
posture_check_fn posture_console_autologin;
posture_check_fn posture_azure_extensions;
posture_check_fn posture_azure_run_command;
posture_check_fn posture_azure_vmaccess;
posture_check_fn posture_azure_provisioning;
posture_check_fn posture_entra_login;
posture_check_fn posture_metadata_keys;
posture_check_fn posture_os_login;
posture_check_fn posture_startup_scripts;
posture_check_fn posture_os_config;
