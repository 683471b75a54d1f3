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
	contrib/splunk/savedsearches.conf \
	contrib/ansible/README.md contrib/ansible/site.yml \
	contrib/ansible/roles/countersign/defaults/main.yml \
	contrib/ansible/roles/countersign/handlers/main.yml \
	contrib/ansible/roles/countersign/library/countersign_config.py \
	contrib/ansible/roles/countersign/meta/argument_specs.yml \
	contrib/ansible/roles/countersign/meta/main.yml \
	contrib/ansible/roles/countersign/tasks/configure.yml \
	contrib/ansible/roles/countersign/tasks/install.yml \
	contrib/ansible/roles/countersign/tasks/main.yml \
	contrib/ansible/roles/countersign/tasks/remove.yml \
	contrib/ansible/roles/countersign/tasks/verify.yml \
	contrib/ansible/roles/countersign/templates/credentials.conf.j2 \
	contrib/ansible/roles/countersign/vars/main.yml \
	contrib/cloud-init/README.md contrib/cloud-init/user-data.yaml \
	contrib/terraform/README.md contrib/terraform/aws/main.tf contrib/terraform/azure/main.tf \
	contrib/terraform/gcp/main.tf
