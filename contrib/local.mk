# SPDX-License-Identifier: Apache-2.0
# For other systems: nothing here is built.
EXTRA_DIST += contrib/README.md contrib/aws/policy.json contrib/azure/role.json contrib/gcp/role.yaml \
	contrib/chronicle/countersign_evidence_tampered.yaral \
	contrib/chronicle/countersign_login_without_api_call.yaral \
	contrib/chronicle/countersign_one_principal_many_hosts.yaral \
	contrib/chronicle/countersign_policy_violation.yaral \
	contrib/chronicle/countersign_silent_host.yaral \
	contrib/grafana/countersign.json \
	contrib/prometheus/countersign.rules.test.yml contrib/prometheus/countersign.rules.yml \
	contrib/sigma/countersign_door_opened.yml \
	contrib/sigma/countersign_evidence_tampered.yml \
	contrib/sigma/countersign_first_seen.yml \
	contrib/sigma/countersign_login_without_api_call.yml \
	contrib/sigma/countersign_policy_violation.yml \
	contrib/sigma/countersign_root_login.yml \
	contrib/splunk/savedsearches.conf
