# SPDX-License-Identifier: Apache-2.0
# The living agent against files and folders; clock.test, crash.test and poison.test want
# --enable-fault-points, syscall.test strace, rotate.test and
# alerts_rotate.test logrotate.
# Those that take longest are begun first.
AGENT_LIVE_TESTS = \
	tests/agent/gcp.test \
	tests/agent/attack.test \
	tests/agent/cloud.test \
	tests/agent/journal_gone.test \
	tests/agent/outage.test \
	tests/agent/crash.test \
	tests/agent/azure.test \
	tests/agent/canary.test \
	tests/agent/syscall.test \
	tests/agent/rotate.test \
	tests/agent/clock.test \
	tests/agent/full.test \
	tests/agent/alerts_rotate.test \
	tests/agent/baseline.test \
	tests/agent/delivery.test \
	tests/agent/doors.test \
	tests/agent/hosts.test \
	tests/agent/live.test \
	tests/agent/metrics.test \
	tests/agent/poison.test \
	tests/agent/policy.test \
	tests/agent/privilege.test \
	tests/agent/sinks.test
dist_check_SCRIPTS += $(AGENT_LIVE_TESTS)
TESTS += $(AGENT_LIVE_TESTS)
EXTRA_DIST += tests/agent/cloud.py tests/agent/lab.py tests/agent/sink_courier.py tests/agent/metrics.py
EXTRA_DIST += packaging/logrotate/countersign
