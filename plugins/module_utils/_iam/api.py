# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""IAM calls on roles and customer-managed policies. They decide nothing; errors come out as AwsError."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from typing import Callable

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import IamErrors
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import deed
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import pages

# A role or policy that was created a moment ago may not be there yet for the next call.
_until_visible = AWSRetry.jittered_backoff(retries=8, delay=0.5, max_delay=5, catch_extra_error_codes=["NoSuchEntity"])


@IamErrors.list_error_handler("read the role", None)
def get_role(client: Any, name: str) -> dict[str, Any] | None:
    """The role as GetRole has it (documents decoded by botocore), or None."""
    role: dict[str, Any] = client.get_role(aws_retry=True, RoleName=name)["Role"]
    return role


@IamErrors.common_error_handler("list the roles")
def list_roles(client: Any) -> list[dict[str, Any]]:
    """All roles as ListRoles has them: without tags and permissions boundary, documents decoded by botocore."""
    return [role for page in pages(client.list_roles, "Marker", MaxItems=1000) for role in page["Roles"]]


def find_role_name(client: Any, name: str) -> str | None:
    """The name of the role in the case that IAM has it: names differ in more than case (CreateRole)."""
    for role in list_roles(client):
        if role["RoleName"].lower() == name.lower():
            return str(role["RoleName"])
    return None


@IamErrors.list_error_handler("list the policies of the role", ())
def attached_policies(client: Any, role_name: str) -> tuple[str, ...]:
    """ARNs of the managed policies of the role."""
    return tuple(
        policy["PolicyArn"]
        for page in pages(client.list_attached_role_policies, "Marker", RoleName=role_name, MaxItems=1000)
        for policy in page["AttachedPolicies"]
    )


@IamErrors.list_error_handler("read the policy", None)
def get_policy(client: Any, arn: str) -> dict[str, Any] | None:
    """The policy as GetPolicy has it, or None."""
    policy: dict[str, Any] = client.get_policy(aws_retry=True, PolicyArn=arn)["Policy"]
    return policy


@IamErrors.common_error_handler("list the policies")
def find_policy_arn(client: Any, name: str) -> str | None:
    """The ARN of the account's policy of this name, whatever its path and case (CreatePolicy)."""
    for page in pages(client.list_policies, "Marker", Scope="Local", MaxItems=1000):
        for policy in page["Policies"]:
            if policy["PolicyName"].lower() == name.lower():
                return str(policy["Arn"])
    return None


@IamErrors.common_error_handler("read the policy's document")
@_until_visible
def policy_document(client: Any, arn: str, version_id: str) -> Mapping[str, Any]:
    version = client.get_policy_version(aws_retry=True, PolicyArn=arn, VersionId=version_id)["PolicyVersion"]
    document: Mapping[str, Any] = version["Document"]
    return document


@IamErrors.list_error_handler("read a version of the policy", {})
def policy_document_if_any(client: Any, arn: str, version_id: str) -> Mapping[str, Any]:
    """The version's document, empty when it is gone."""
    version = client.get_policy_version(aws_retry=True, PolicyArn=arn, VersionId=version_id)["PolicyVersion"]
    document: Mapping[str, Any] = version["Document"]
    return document


@IamErrors.list_error_handler("list the policy's versions", ())
def other_versions(client: Any, arn: str) -> tuple[str, ...]:
    """Ids of the versions that are not the default, oldest first."""
    versions = [
        version
        for page in pages(client.list_policy_versions, "Marker", PolicyArn=arn, MaxItems=1000)
        for version in page["Versions"]
        if not version["IsDefaultVersion"]
    ]
    return tuple(version["VersionId"] for version in sorted(versions, key=lambda entry: int(entry["VersionId"][1:])))


@IamErrors.list_error_handler("list who has the policy", frozenset())
def attached_to(client: Any, arn: str) -> frozenset[str]:
    """Keys of the users, groups and roles that the policy is attached to, such as user/alice."""
    keys = set()
    request = {"PolicyArn": arn, "PolicyUsageFilter": "PermissionsPolicy", "MaxItems": 1000}
    for page in pages(client.list_entities_for_policy, "Marker", **request):
        keys |= {f"user/{entity['UserName']}" for entity in page["PolicyUsers"]}
        keys |= {f"group/{entity['GroupName']}" for entity in page["PolicyGroups"]}
        keys |= {f"role/{entity['RoleName']}" for entity in page["PolicyRoles"]}
    return frozenset(keys)


@IamErrors.list_error_handler("list whose permissions boundary the policy is", frozenset())
def bounded_by(client: Any, arn: str) -> frozenset[str]:
    """Keys of the users and roles whose permissions boundary the policy is."""
    keys = set()
    request = {"PolicyArn": arn, "PolicyUsageFilter": "PermissionsBoundary", "MaxItems": 1000}
    for page in pages(client.list_entities_for_policy, "Marker", **request):
        keys |= {f"user/{entity['UserName']}" for entity in page["PolicyUsers"]}
        keys |= {f"role/{entity['RoleName']}" for entity in page["PolicyRoles"]}
    return frozenset(keys)


@IamErrors.list_error_handler("list the inline policies of the role", ())
def inline_policies(client: Any, role_name: str) -> tuple[str, ...]:
    """Names of the policies that are part of the role."""
    listing = pages(client.list_role_policies, "Marker", RoleName=role_name, MaxItems=1000)
    return tuple(name for page in listing for name in page["PolicyNames"])


@IamErrors.list_error_handler("list the instance profiles of the role", ())
def instance_profiles(client: Any, role_name: str) -> tuple[str, ...]:
    """Names of the instance profiles that the role is in."""
    listing = pages(client.list_instance_profiles_for_role, "Marker", RoleName=role_name, MaxItems=1000)
    return tuple(profile["InstanceProfileName"] for page in listing for profile in page["InstanceProfiles"])


@IamErrors.list_error_handler("look for the user, group or role", "")
def principal_arn(client: Any, kind: str, name: str) -> str:
    """The ARN of the user, group or role of this name; empty when there is none."""
    found = getattr(client, f"get_{kind}")(aws_retry=True, **{f"{kind.capitalize()}Name": name})
    return str(found[kind.capitalize()]["Arn"])


@IamErrors.list_error_handler("count the policies of the user, group or role", 0)
def attached_count(client: Any, kind: str, name: str) -> int:
    """How many managed policies are attached."""
    call = getattr(client, f"list_attached_{kind}_policies")
    request = {f"{kind.capitalize()}Name": name, "MaxItems": 1000}
    return sum(len(page["AttachedPolicies"]) for page in pages(call, "Marker", **request))


@IamErrors.common_error_handler("read the account's quotas")
def attached_quota(client: Any, kind: str) -> int:
    """How many managed policies a user, group or role of this account takes."""
    summary = client.get_account_summary(aws_retry=True)["SummaryMap"]
    # Roles have no figure of their own there that every partition shows; all three begin with ten.
    return int(summary.get(f"AttachedPoliciesPer{kind.capitalize()}Quota") or 10)


def tags_of(entry: Mapping[str, Any]) -> dict[str, str]:
    tags: dict[str, str] = boto3_tag_list_to_ansible_dict(entry.get("Tags") or [])
    return tags


def _wire(request: Mapping[str, Any]) -> dict[str, Any]:
    """A step's arguments as IAM wants them: documents as JSON, tags as a list, and no empty list of tags."""
    sent = dict(request)
    for name in ("PolicyDocument", "AssumeRolePolicyDocument"):
        if name in sent:
            sent[name] = json.dumps(sent[name])
    if "Tags" in sent:
        tags = sent.pop("Tags")
        if tags:
            sent["Tags"] = ansible_dict_to_boto3_tag_list(tags)
    return sent


def _iam_deed(operation: str, what: str, until: Any = None) -> Callable[..., dict[str, Any]]:
    call = deed(IamErrors, operation, what, until)
    return lambda client, **request: call(client, **_wire(request))


# Step kind -> deed. The kinds are the client's method names.
DEEDS: dict[str, Callable[..., dict[str, Any]]] = {
    "create_role": _iam_deed("create_role", "create the role"),
    "create_policy": _iam_deed("create_policy", "create the policy"),
    "create_policy_version": _iam_deed("create_policy_version", "create a version of the policy"),
    "delete_policy_version": _iam_deed("delete_policy_version", "delete a version of the policy"),
    **{
        operation: _iam_deed(operation, what, _until_visible)
        for operation, what in (
            ("update_assume_role_policy", "set the trust of the role"),
            ("put_role_permissions_boundary", "set the permissions boundary of the role"),
            ("delete_role_permissions_boundary", "remove the permissions boundary of the role"),
            ("tag_role", "tag the role"),
            ("untag_role", "remove tags from the role"),
            ("tag_policy", "tag the policy"),
            ("untag_policy", "remove tags from the policy"),
            ("attach_role_policy", "attach the policy to the role"),
            ("attach_user_policy", "attach the policy to the user"),
            ("attach_group_policy", "attach the policy to the group"),
        )
    },
}


def _removal(operation: str, what: str) -> Callable[..., Any]:
    """What is gone already is as good as removed."""

    def call(client: Any, **request: Any) -> None:
        getattr(client, operation)(aws_retry=True, **request)

    handled: Callable[..., Any] = IamErrors.deletion_error_handler(what)(call)
    return handled


# Step kind -> removal. The kinds are the client's method names.
REMOVALS: dict[str, Callable[..., Any]] = {
    operation: _removal(operation, what)
    for operation, what in (
        ("detach_role_policy", "detach the policy from the role"),
        ("detach_user_policy", "detach the policy from the user"),
        ("detach_group_policy", "detach the policy from the group"),
        ("delete_role_policy", "delete the inline policy of the role"),
        ("remove_role_from_instance_profile", "take the role out of the instance profile"),
        ("delete_role", "delete the role"),
        ("delete_policy_version", "delete a version of the policy"),
        ("delete_policy", "delete the policy"),
    )
}
