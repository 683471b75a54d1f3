# SPDX-License-Identifier: Apache-2.0
# The built binary, through $COUNTERSIGN.
CLI_CHECKS = \
	tests/cli/agent.test \
	tests/cli/agent_hostile.test \
	tests/cli/agent_status.test \
	tests/cli/attack.test \
	tests/cli/baseline.test \
	tests/cli/check_config.test \
	tests/cli/clouds.test \
	tests/cli/completion.test \
	tests/cli/explain.test \
	tests/cli/formats.test \
	tests/cli/hosts.test \
	tests/cli/hostile.test \
	tests/cli/inputs.test \
	tests/cli/journal.test \
	tests/cli/json.test \
	tests/cli/manual.test \
	tests/cli/policy.test \
	tests/cli/posture.test \
	tests/cli/report.test \
	tests/cli/spec.test \
	tests/cli/table.test \
	tests/cli/time.test \
	tests/cli/usage.test \
	tests/cli/verdicts.test
dist_check_SCRIPTS += $(CLI_CHECKS)
TESTS += $(CLI_CHECKS)
EXTRA_DIST += tests/cli/lib.sh \
	tests/golden/posture/aws.jsonl tests/golden/posture/aws.txt \
	tests/cli/agent.sh tests/cli/completion.py tests/cli/fake_agent.py tests/cli/page.py \
	tests/fixtures/control/status.json \
	tests/fixtures/control/status-impaired.json \
	tests/fixtures/control/status-unprivileged.json \
	tests/cli/spec/lab.py tests/cli/spec/run.py tests/cli/spec/runner.py \
	tests/cli/spec/consoles_and_tunnels.py \
	tests/cli/spec/coverage.py \
	tests/cli/spec/hosts_and_trust.py \
	tests/cli/spec/inputs.py \
	tests/cli/spec/instance_connect.py \
	tests/cli/spec/output.py \
	tests/cli/spec/ssh_over_sessions.py \
	tests/cli/spec/systems_manager.py \
	tests/cli/spec/time_passes.py
