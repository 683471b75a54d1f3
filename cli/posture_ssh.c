/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doors that lead to sshd: keys that a cloud hands to it, and tunnels that end at it.
 */
#include "cli/posture_view.h"

#include "base/limits.h"
#include "cli/posture_text.h"

static const char *const sshd_units[] = { "ssh.service", "sshd.service", "ssh.socket",
					  "sshd.socket", NULL };

/* ---- programs that sshd asks for keys --------------------------------------------- */

/* Debian's package gives the command in a drop-in of the unit, Amazon's in sshd_config.
 */
void posture_instance_connect(struct posture_view *view)
{
	const struct slice program = SLICE("eic_run_authorized_keys");
	bool is_asked = posture_sshd_runs(view, program);

	is_asked |= posture_unit_has(view, "ssh.service", program);
	is_asked |= posture_unit_has(view, "sshd.service", program);
	if (!is_asked)
		return;
	posture_open(view, true);
	if (posture_has(view, "/var/lib/dpkg/status"))
		posture_close_by(view, "apt-get remove ec2-instance-connect");
	else
		posture_close_by(view, "dnf remove ec2-instance-connect");
}

void posture_entra_login(struct posture_view *view)
{
	if (!posture_sshd_runs(view, SLICE("aad_certhandler")))
		return;
	posture_open(view, true);
	posture_close_by(view,
			 "az vm extension delete --resource-group GROUP --vm-name VM "
			 "--name AADSSHLoginForLinux");
}

void posture_os_login(struct posture_view *view)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_POSTURE_FILE_BYTES);
	static const char file[] = "/etc/nsswitch.conf";
	bool is_asked = posture_sshd_runs(view, SLICE("google_authorized_keys"));

	is_asked |= posture_sshd_runs(view, SLICE("google_authorized_keys_sk"));
	is_asked |= posture_sshd_runs(view, SLICE("google_authorized_principals"));
	if (posture_read(view, file, &text) &&
	    posture_text_has(buf_slice(&text), SLICE("passwd:"), SLICE("oslogin")))
		posture_say(view, file, "users are looked up in OS Login");
	if (!is_asked)
		return;
	posture_open(view, true);
	posture_close_by(view, "gcloud compute instances add-metadata INSTANCE "
			       "--metadata enable-oslogin=FALSE");
}

/* ---- tunnels ---------------------------------------------------------------------- */

void posture_ssh_tunnels(struct posture_view *view)
{
	if (!posture_first_unit(view, sshd_units))
		return;
	posture_open(view, true);
	view->row->note = "sshd listens; who reaches it depends on the network";
	if (posture_may_be(view, CLOUD_AWS))
		posture_close_by(view, "aws ec2 revoke-security-group-ingress --group-id "
				       "GROUP --protocol tcp --port 22 "
				       "--source-group ENDPOINT_GROUP");
	if (posture_may_be(view, CLOUD_AZURE))
		posture_close_by(view,
				 "az network nsg rule create --resource-group GROUP "
				 "--nsg-name NSG --name no-bastion --priority 100 "
				 "--access Deny --protocol Tcp "
				 "--source-address-prefixes BASTION_SUBNET "
				 "--destination-port-ranges 22");
	/* Where IAP's tunnels come from: "Using IAP for TCP forwarding". */
	if (posture_may_be(view, CLOUD_GCP))
		posture_close_by(view, "gcloud compute firewall-rules create no-iap "
				       "--network NETWORK --action DENY --rules tcp:22 "
				       "--source-ranges 35.235.240.0/20 --priority 0");
}
