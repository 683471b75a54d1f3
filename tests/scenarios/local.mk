# SPDX-License-Identifier: Apache-2.0
# Scenarios: what the correlator must tell, in virtual time. One of them alone, with its events:
#     tests/scenarios/scenario --verbose tests/scenarios/late-call.scn
check_PROGRAMS += tests/scenarios/scenario
tests_scenarios_scenario_SOURCES = \
	tests/scenarios/hear.c tests/scenarios/hear.h \
	tests/scenarios/say.c tests/scenarios/say.h \
	tests/scenarios/say_azure.c \
	tests/scenarios/say_gcp.c \
	tests/scenarios/say_console.c \
	tests/scenarios/say_host.c tests/scenarios/say_private.h \
	tests/scenarios/scenario.c \
	tests/scenarios/script.c tests/scenarios/script.h \
	tests/support/event_print.c tests/support/event_print.h
tests_scenarios_scenario_LDADD = $(POLICY_LIBS) $(CORRELATOR_LIBS) $(BASE_LIBS)
dist_check_SCRIPTS += tests/scenarios/scenarios.test
TESTS += tests/scenarios/scenarios.test
EXTRA_DIST += \
	tests/scenarios/association-call-after.scn \
	tests/scenarios/associations-replay.scn \
	tests/scenarios/associations.scn \
	tests/scenarios/aws-user-data-unexplained.scn \
	tests/scenarios/aws-user-data.scn \
	tests/scenarios/azure-bastion-not-covered.scn \
	tests/scenarios/azure-bastion.scn \
	tests/scenarios/azure-call-of-another.scn \
	tests/scenarios/azure-entra.scn \
	tests/scenarios/azure-extension.scn \
	tests/scenarios/azure-output.scn \
	tests/scenarios/azure-resource-named.scn \
	tests/scenarios/azure-run-command.scn \
	tests/scenarios/azure-scale-set.scn \
	tests/scenarios/azure-serial-console.scn \
	tests/scenarios/azure-serial-reboot.scn \
	tests/scenarios/azure-serial-taken-over.scn \
	tests/scenarios/azure-serial-unverifiable.scn \
	tests/scenarios/azure-upgrade.scn \
	tests/scenarios/call-after-login.scn \
	tests/scenarios/call-without-login.scn \
	tests/scenarios/clock-step.scn \
	tests/scenarios/cloned-image-launch-unknown.scn \
	tests/scenarios/cloned-image.scn \
	tests/scenarios/command-again.scn \
	tests/scenarios/command-by-tag.scn \
	tests/scenarios/command-delayed.scn \
	tests/scenarios/command-may-be-older.scn \
	tests/scenarios/contradicted-writer.scn \
	tests/scenarios/credential-set.scn \
	tests/scenarios/denied-only.scn \
	tests/scenarios/denied-then-allowed.scn \
	tests/scenarios/door-aws.scn \
	tests/scenarios/door-azure.scn \
	tests/scenarios/door-flood.scn \
	tests/scenarios/door-gcp.scn \
	tests/scenarios/door-none.scn \
	tests/scenarios/duplicate-call.scn \
	tests/scenarios/ecs-exec.scn \
	tests/scenarios/endpoint-unknown.scn \
	tests/scenarios/failed-call.scn \
	tests/scenarios/forged-flood.scn \
	tests/scenarios/forgotten-own-key.scn \
	tests/scenarios/forgotten-push.scn \
	tests/scenarios/gap.scn \
	tests/scenarios/gcp-iap-ends-apart.scn \
	tests/scenarios/gcp-iap-ends.scn \
	tests/scenarios/gcp-iap-off.scn \
	tests/scenarios/gcp-iap.scn \
	tests/scenarios/gcp-metadata-key-left.scn \
	tests/scenarios/gcp-metadata-key.scn \
	tests/scenarios/gcp-os-config.scn \
	tests/scenarios/gcp-os-login-and-iap.scn \
	tests/scenarios/gcp-os-login-replay.scn \
	tests/scenarios/gcp-os-login.scn \
	tests/scenarios/gcp-serial-console.scn \
	tests/scenarios/gcp-serial-skew.scn \
	tests/scenarios/gcp-serial-unverifiable.scn \
	tests/scenarios/gcp-startup-script.scn \
	tests/scenarios/hole-in-the-window.scn \
	tests/scenarios/identity-unknown.scn \
	tests/scenarios/key-expired.scn \
	tests/scenarios/late-call.scn \
	tests/scenarios/late-retract.scn \
	tests/scenarios/local-console.scn \
	tests/scenarios/many-in-one-minute.scn \
	tests/scenarios/never.scn \
	tests/scenarios/null-response-shared.scn \
	tests/scenarios/null-response.scn \
	tests/scenarios/one-class-blind.scn \
	tests/scenarios/other-region-replay.scn \
	tests/scenarios/other-region.scn \
	tests/scenarios/out-of-order.scn \
	tests/scenarios/own-key-offered-after.scn \
	tests/scenarios/own-key-pushed-after.scn \
	tests/scenarios/policy-cloud-root.scn \
	tests/scenarios/policy-direct-ssh.scn \
	tests/scenarios/policy-irregular-hours.scn \
	tests/scenarios/policy-no-mfa.scn \
	tests/scenarios/policy-reload.scn \
	tests/scenarios/policy-root-by-sudo.scn \
	tests/scenarios/policy-tags.scn \
	tests/scenarios/policy-two-doors.scn \
	tests/scenarios/policy-unauthorised-users.scn \
	tests/scenarios/policy-untrusted-address.scn \
	tests/scenarios/policy-unvouched.scn \
	tests/scenarios/polls-prove-nothing.scn \
	tests/scenarios/port-forwarding.scn \
	tests/scenarios/port-session-and-connect.scn \
	tests/scenarios/port-to-elsewhere.scn \
	tests/scenarios/provisional-late-call.scn \
	tests/scenarios/pushed-elsewhere-own-key.scn \
	tests/scenarios/registered-elsewhere.scn \
	tests/scenarios/replay-covered.scn \
	tests/scenarios/replay-no-log.scn \
	tests/scenarios/request-id-any-time.scn \
	tests/scenarios/request-id-not-in-sight.scn \
	tests/scenarios/resume-covered.scn \
	tests/scenarios/resume-not-covered.scn \
	tests/scenarios/run-described-first.scn \
	tests/scenarios/run-time.scn \
	tests/scenarios/second-factor-absent.scn \
	tests/scenarios/second-factor-old-push.scn \
	tests/scenarios/second-factor-other-user.scn \
	tests/scenarios/second-factor.scn \
	tests/scenarios/serial-console.scn \
	tests/scenarios/serial-root-child.scn \
	tests/scenarios/serial-taken-over.scn \
	tests/scenarios/serial-tty-unknown.scn \
	tests/scenarios/serial-without-login.scn \
	tests/scenarios/session-taken-over.scn \
	tests/scenarios/sight-lost-otherwise.scn \
	tests/scenarios/sight-refused.scn \
	tests/scenarios/sight-throttled.scn \
	tests/scenarios/source-stalled.scn \
	tests/scenarios/ssh-session-late.scn \
	tests/scenarios/ssh-session-reused.scn \
	tests/scenarios/sshd-other-port.scn \
	tests/scenarios/text-only.scn \
	tests/scenarios/tunnel-and-connect.scn \
	tests/scenarios/tunnel-elsewhere.scn \
	tests/scenarios/tunnel-reused.scn \
	tests/scenarios/twin-first.scn \
	tests/scenarios/twins.scn \
	tests/scenarios/two-instances-mixed.scn \
	tests/scenarios/two-offers-open.scn \
	tests/scenarios/wrong-os-user.scn
