# SPDX-License-Identifier: Apache-2.0
"""What OCSF says of the classes and objects that are written, as facts: attributes with
their requirement and type, enumerations, constraints. From the published definitions of
1.6.0 and 1.9.0 (schema.ocsf.io).

An attribute is `name`, then `!` required, `+` recommended or `?` optional, then its type:

    s text   i integer   l long   b boolean   t time in milliseconds   port   any object
    ENUM     a number of this enumeration, whose caption stands under the sibling's name
    [x]      an array of them      an object's name

All that are required or recommended are here; of the optional ones those that are
written. An attribute that is not here is an error.
"""

ENUMS = {
    "severity": {0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High",
                 5: "Critical", 6: "Fatal", 99: None},
    "confidence": {0: "Unknown", 1: "Low", 2: "Medium", 3: "High", 99: None},
    "finding_status": {0: "Unknown", 1: "New", 2: "In Progress", 3: "Suppressed",
                       4: "Resolved", 5: "Archived", 6: "Deleted", 99: None},
    "status": {0: "Unknown", 1: "Success", 2: "Failure", 99: None},
    "finding_activity": {0: "Unknown", 1: "Create", 2: "Update", 3: "Close", 99: None},
    "login_activity": {0: "Unknown", 1: "Logon", 2: "Logoff", 3: "Authentication Ticket",
                       4: "Service Ticket Request", 5: "Service Ticket Renew",
                       6: "Preauth", 7: "Account Switch", 99: None},
    "lifecycle_activity": {0: "Unknown", 1: "Install", 2: "Remove", 3: "Start", 4: "Stop",
                           5: "Restart", 6: "Enable", 7: "Disable", 8: "Update", 99: None},
    "auth_protocol": {0: "Unknown", 1: "NTLM", 2: "Kerberos", 3: "Digest", 4: "OpenID",
                      5: "SAML", 6: "OAUTH 2.0", 7: "PAP", 8: "CHAP", 9: "EAP",
                      10: "RADIUS", 99: None},
    "logon_type": {0: "Unknown", 1: "System", 2: "Interactive", 3: "Network", 4: "Batch",
                   5: "OS Service", 7: "Unlock", 8: "Network Cleartext",
                   9: "New Credentials", 10: "Remote Interactive",
                   11: "Cached Interactive", 12: "Cached Remote Interactive",
                   13: "Cached Unlock", 99: None},
    "account_type": {0: "Unknown", 1: "LDAP Account", 2: "Windows Account",
                     5: "GCP Account", 6: "Azure AD Account", 7: "Mac OS Account",
                     8: "Apple Account", 9: "Linux Account", 10: "AWS Account",
                     11: "GCP Project", 12: "OCI Compartment", 13: "Azure Subscription",
                     14: "Salesforce Account", 15: "Google Workspace",
                     16: "Servicenow Instance", 17: "M365 Tenant", 18: "Email Account",
                     99: None},
    "user_type": {0: "Unknown", 1: "User", 2: "Admin", 3: "System", 4: "Service", 99: None},
    "endpoint_type": {0: "Unknown", 1: "Server", 2: "Desktop", 3: "Laptop", 4: "Tablet",
                      5: "Mobile", 6: "Virtual", 7: "IOT", 8: "Browser", 9: "Firewall",
                      10: "Switch", 11: "Hub", 12: "Router", 13: "IDS", 14: "IPS",
                      15: "Load Balancer", 99: None},
    "analytic_type": {0: "Unknown", 1: "Rule", 2: "Behavioral", 3: "Statistical",
                      4: "Learning (ML/DL)", 5: "Fingerprinting", 6: "Tagging",
                      7: "Keyword Match", 8: "Regular Expressions", 9: "Exact Data Match",
                      10: "Partial Data Match", 11: "Indexed Data Match", 99: None},
    "resource_role": {0: "Unknown", 1: "Target", 2: "Actor", 3: "Affected", 4: "Related",
                      99: None},
    "observable_type": {0: "Unknown", 1: "Hostname", 2: "IP Address", 4: "User Name",
                        10: "Resource UID", 99: None},
}

# Members that a profile adds; "!" there means: where the profile is named.
PROFILES = {
    "host": "device+device actor?actor",
    "cloud": "cloud!cloud api?api",
}

EVERY = """
    activity_id!{activity} activity_name?s category_uid!i category_name?s class_uid!i
    class_name?s type_uid!l type_name?s severity_id!severity severity?s time!t
    metadata!metadata message+s observables+[observable] status+s status_code+s
    status_detail+s timezone_offset+i start_time?t end_time?t unmapped?any
"""

CLASSES = {
    2004: {
        "name": "Detection Finding", "category": (2, "Findings"),
        "activity": "finding_activity",
        "attributes": """
            status_id+finding_status finding_info!finding_info confidence_id+confidence
            confidence?s is_alert+b evidences+[evidences] resources+[resource_details]
            remediation?remediation""",
    },
    3002: {
        "name": "Authentication", "category": (3, "Identity & Access Management"),
        "activity": "login_activity",
        "attributes": """
            status_id+status user!user auth_protocol_id+auth_protocol auth_protocol+s
            logon_type_id+logon_type logon_type+s is_remote+b is_cleartext?b is_mfa+b
            src_endpoint+network_endpoint dst_endpoint+network_endpoint service+service
            session+session actor+actor certificate+any account_switch_type_id+i
            account_switch_type+s""",
        "at_least_one": "service dst_endpoint",
    },
    6002: {
        "name": "Application Lifecycle", "category": (6, "Application Activity"),
        "activity": "lifecycle_activity",
        "attributes": "status_id+status app!product",
    },
}

OBJECTS = {
    "metadata": """
        version!s product!product uid?s correlation_uid?s sequence?i log_name+s
        log_provider+s event_code?s processed_time?t profiles?[s] labels?[s]
        original_time+s tenant_uid+s""",
    "product": "name+s uid+s vendor_name+s version+s",
    "cloud": "provider!s account?account region+s",
    "account": "name+s uid+s type_id+account_type type?s",
    "device": """
        hostname+s uid+s instance_uid+s region+s type_id!endpoint_type type+s name?s ip?s
        interface_name+s interface_uid+s owner+any vendor_name+s""",
    "network_endpoint": """
        ip+s port+port hostname+s instance_uid+s uid+s name+s svc_name+s
        type_id+endpoint_type type?s interface_name+s interface_uid+s owner+any domain?s""",
    "actor": "user+user session?session process+process app_name?s app_uid?s",
    "user": """
        name+s uid+s type_id+user_type type?s has_mfa+b account?account
        programmatic_credentials?[programmatic_credential]""",
    "programmatic_credential": "uid!s type+s",
    "session": """
        uid+s issuer+s created_time+t is_remote+b is_mfa?b terminal?s""",
    "process": """
        pid+i name+s uid+s cmd_line+s cpid+s created_time+t file+any parent_process+any
        user+user""",
    "service": "name+s uid+s version+s",
    "api": "operation!s request+request response+response",
    "request": "uid!s",
    "response": "error+s error_message+s code+i message+s",
    "finding_info": """
        uid!s title+s desc?s created_time?t modified_time?t first_seen_time?t types?[s]
        analytic+analytic attacks?[attack]""",
    "analytic": "name+s uid+s type_id!analytic_type type?s",
    "attack": "tactic+tactic technique+technique sub_technique+sub_technique version+s",
    "tactic": "name+s uid+s",
    "technique": "name+s uid+s",
    "sub_technique": "name+s uid+s",
    "remediation": "desc!s",
    "resource_details": """
        name+s uid+s type?s role_id+resource_role role?s hostname+s ip+s owner+any""",
    "evidences": """
        name?s uid?s user+user src_endpoint+network_endpoint process+process data?any
        api+api actor+actor""",
    "observable": "name+s type_id!observable_type type?s value?s",
}

AT_LEAST_ONE = {
    "product": "name uid", "account": "name uid", "service": "name uid",
    "analytic": "name uid", "tactic": "name uid", "technique": "name uid",
    "sub_technique": "name uid", "resource_details": "name uid",
    "device": "ip uid name hostname instance_uid interface_uid interface_name",
    "network_endpoint": """ip uid name hostname svc_name instance_uid interface_uid
        interface_name domain""",
    "actor": "process user session app_name app_uid",
    "user": "account name uid",
    "process": "pid uid cpid",
    "attack": "tactic technique sub_technique",
    "evidences": "actor api data process src_endpoint user",
}

# What 1.9.0 changed of the above: added, and deprecated, which is no longer to be written
# but where it is still required.
VERSIONS = {
    "1.6.0": {},
    "1.9.0": {
        "classes": {6002: "application?application"},
        "objects": {
            "application": "name+s uid+s owner+any",
            "actor": "application?application",
            "metadata": "log_provider?s reporter+any",
        },
        "at_least_one": {"application": "name uid"},
        "deprecated": {"actor": "app_name app_uid"},
    },
}
