/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign-courier: the agent's network half. Started on demand by systemd, which
 * hands it a listening socket, or by countersignd, which hands it its end of a socket
 * pair.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "base/call_filter.h"
#include "base/escape.h"
#include "base/limits.h"
#include "base/shut_in.h"
#include "config/config.h"
#include "courier/courier.h"

#define STATUS_USAGE 2
#define STATUS_FAILED 3

#define FD_MAX 65535

struct options {
	const char *config; /* NULL = the usual place */
	int fd;		    /* -1 = systemd's */
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "fd", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'v' },
	{ NULL, 0, NULL, 0 },
};

static void print_help(void)
{
	fputs("Usage: countersign-courier [--config FILE] --fd N\n"
	      "\n"
	      "The network half of countersignd, started by it or by systemd's socket\n"
	      "activation: asks the cloud and holds the credentials. Goes when idle.\n"
	      "\n"
	      "  --config FILE  instead of " CONFIG_PATH "\n"
	      "  --fd N         serve the unix stream on this descriptor\n"
	      "  --help         print this and exit\n"
	      "  --version      print the version and exit\n",
	      stdout);
}

static void complain(const char *what)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	escape_append(&text, slice_text(what));
	fprintf(stderr, "countersign-courier: %s\n", buf_text(&text));
}

/* The status to end with, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *options)
{
	uint64_t fd;
	int option;

	*options = (struct options){ .fd = -1 };
	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			options->config = optarg;
			break;
		case 'f':
			if (!slice_number(slice_text(optarg), FD_MAX, &fd)) {
				complain("--fd needs the number of a descriptor");
				return STATUS_USAGE;
			}
			options->fd = (int)fd;
			break;
		case 'h':
			print_help();
			return 0;
		case 'v':
			puts("countersign-courier " PACKAGE_VERSION);
			return 0;
		default:
			return STATUS_USAGE;
		}
	}
	if (optind == argc)
		return -1;
	complain("there are no arguments but options: --help lists them");
	return STATUS_USAGE;
}

/* What is in this process' memory is for nobody else to read. */
static void give_up_rights(const struct options *options)
{
	struct shut_in how = {
		.first_fd = options->fd,
		.fd_count = 1,
		.is_debugging = shut_in_is_debugging(),
	};
	struct err err;

	if (options->fd < 0) {
		how.first_fd = SD_LISTEN_FDS_START;
		how.fd_count = sd_listen_fds(0);
	}
	shut_in(&how);
	umask(077);
	if (call_filter_install(&(struct call_filter){ .is_debugging = how.is_debugging },
				&err) < 0)
		complain(err.text);
}

static int attach(struct courier *courier, int fd, struct err *err)
{
	int count;

	if (fd >= 0)
		return courier_serve(courier, fd, err);
	count = sd_listen_fds(1);
	if (count != 1)
		return err_set(err, ERR_USAGE,
			       "one socket is needed, from systemd or with --fd");
	if (sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 1, NULL, 0) > 0)
		return courier_listen(courier, SD_LISTEN_FDS_START, err);
	return courier_serve(courier, SD_LISTEN_FDS_START, err);
}

/* TERM, INT and HUP end it at once: nothing is lost but what would be asked again, and a
 * new configuration is read by the next one. */
static int end_on_signals(sd_event *event, struct err *err)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (sd_event_add_signal(event, NULL, signals[i], NULL, NULL) < 0)
			return err_set(err, ERR_SYSTEM, "cannot watch for signals");
	}
	return 0;
}

static int run(const struct options *options, sd_event *event, struct err *err)
{
	AUTO_CONFIG struct config config = { 0 };
	struct courier *courier;
	int result;

	if (config_read(options->config, CONFIG_FOR_COURIER, &config, err) < 0 ||
	    end_on_signals(event, err) < 0)
		return -1;
	courier = courier_new(event, &config);
	result = attach(courier, options->fd, err);
	if (result == 0 && sd_event_loop(event) < 0)
		result = err_set(err, ERR_SYSTEM, "the event loop failed");
	courier_free(courier);
	return result;
}

int main(int argc, char **argv)
{
	struct options options;
	sd_event *event = NULL;
	struct err err;
	int status = read_options(argc, argv, &options);

	if (status >= 0)
		return status;
	give_up_rights(&options);
	if (sd_event_new(&event) < 0) {
		complain("cannot make an event loop");
		return STATUS_FAILED;
	}
	status = 0;
	if (run(&options, event, &err) < 0) {
		complain(err.text);
		status = err.code == ERR_USAGE ? STATUS_USAGE : STATUS_FAILED;
	}
	sd_event_unref(event);
	return status;
}
