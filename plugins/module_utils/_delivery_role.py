# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The IAM side of a flow log's delivery: documents, values, wish and plan. Pure.

A customer-managed policy that lets the log group be written, a role that the flow-log service assumes, and for
operators a policy to pass exactly that role.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any
from typing import Dict
from typing import FrozenSet
from typing import List
from typing import Mapping
from typing import Optional
from typing import Sequence
from typing import Tuple

from ansible_collections.netops.flow_logs.plugins.module_utils._account import Account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import SERVICE
from ansible_collections.netops.flow_logs.plugins.module_utils._errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import Comparison
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import Plan
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._plan import TagWish

VERSION = "2012-10-17"
# The five actions of the VPC user guide's page on the role (flow-logs-iam-role), in its order.
ACTIONS = (
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
)
_OF_STREAMS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")
# A managed policy keeps five versions (IAM quotas).
MOST_VERSIONS = 5
POLICY_DESCRIPTION = "Lets VPC Flow Logs publish to CloudWatch Logs."
PASS_ROLE_DESCRIPTION = "Lets an operator pass the role of VPC Flow Logs."
ROLE_DESCRIPTION = "Assumed by VPC Flow Logs to publish to CloudWatch Logs."


@dataclass(frozen=True)
class Policy:
    """versions: ids that are not the default, oldest first; None while nobody needed to know.

    attached_to: keys of the principals that have it, see Principal.key.
    """

    name: str
    arn: str
    document: Mapping[str, Any]
    default_version_id: str = "v1"
    versions: Optional[Tuple[str, ...]] = None
    tags: Mapping[str, str] = field(default_factory=dict)
    attached_to: FrozenSet[str] = frozenset()


@dataclass(frozen=True)
class Role:
    """attached: ARNs of its managed policies."""

    name: str
    arn: str
    path: str
    trust: Mapping[str, Any]
    permissions_boundary: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict)
    attached: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Current:
    """None: does not exist (or, for pass_role, was not asked for)."""

    role: Optional[Role] = None
    policy: Optional[Policy] = None
    pass_role: Optional[Policy] = None


@dataclass(frozen=True)
class Principal:
    """A user, group or role by its ARN; kind is what stands before the first slash of the ARN's resource."""

    arn: str
    kind: str
    name: str

    @property
    def key(self) -> str:
        """What tells principals of one account apart; IAM lists them without their ARNs."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Wish:
    """path None: where it is, and / for what is new. permissions_boundary None: leave alone, empty: none.

    log_group_names None: all groups, as the user guide has it.
    """

    account: Account
    role_name: str
    policy_name: str
    path: Optional[str] = None
    permissions_boundary: Optional[str] = None
    log_group_names: Optional[Tuple[str, ...]] = None
    purge_log_group_names: bool = True
    allow_create_log_group: bool = True
    restrict_trust: bool = False
    pass_role_to: Tuple[Principal, ...] = ()
    tags: TagWish = TagWish()

    @property
    def new_path(self) -> str:
        return self.path or "/"

    @property
    def pass_role_name(self) -> str:
        """The name of the operators' policy; one for each role."""
        return f"PassRole-{self.role_name}"


def trust_document(account: Account, restricted: bool) -> Dict[str, Any]:
    """Who may assume the role: the flow-log service, and when restricted only for this account's flow logs.

    The region is a wildcard, as one role serves all regions, and so is the flow log's id, which nobody knows before.
    """
    statement: Dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    if restricted:
        source = f"arn:{account.partition}:ec2:*:{account.account_id}:vpc-flow-log/*"
        statement["Condition"] = {
            "StringEquals": {"aws:SourceAccount": account.account_id},
            "ArnLike": {"aws:SourceArn": source},
        }
    return {"Version": VERSION, "Statement": [statement]}


def trusted_others(trust: Mapping[str, Any]) -> List[str]:
    """Principals besides the flow-log service that the document lets assume the role, as kind:name."""
    others = set()
    for statement in listed(trust.get("Statement")):
        principal = statement.get("Principal") or {}
        entries = principal if isinstance(principal, dict) else {"": principal}
        others |= {f"{kind}:{name}".lstrip(":") for kind, names in entries.items() for name in listed(names)}
    return sorted(others - {f"Service:{SERVICE}"})


def trusts_flow_logs(trust: Mapping[str, Any]) -> bool:
    """True when the document lets the flow-log service assume the role."""
    return any(
        SERVICE in listed(statement["Principal"].get("Service"))
        for statement in listed(trust.get("Statement"))
        if isinstance(statement.get("Principal"), dict) and statement.get("Effect") == "Allow"
    )


def allows(document: Mapping[str, Any], action: str) -> bool:
    """True when a statement of the document allows the action on something."""
    return any(
        statement.get("Effect") == "Allow" and fnmatch(action.lower(), str(pattern).lower())
        for statement in listed(document.get("Statement"))
        for pattern in listed(statement.get("Action"))
    )


def publishing_document(
    account: Account, log_group_names: Optional[Sequence[str]], allow_create_log_group: bool
) -> Dict[str, Any]:
    """What the role may do. Names may have * and ?; None means every log group.

    Actions on streams match the group's ARN with ':*' only, DescribeLogGroups only '*' (service authorization page of
    CloudWatch Logs).
    """
    actions = [action for action in ACTIONS if allow_create_log_group or action != "logs:CreateLogGroup"]
    if log_group_names is None:
        return {"Version": VERSION, "Statement": [_allow(actions, "*")]}
    arns = [account.log_group_arn("*", name) for name in log_group_names]
    statements = [_allow(list(_OF_STREAMS), [f"{arn}:*" for arn in arns]), _allow(["logs:DescribeLogGroups"], "*")]
    if allow_create_log_group:
        statements.append(_allow(["logs:CreateLogGroup"], [form for arn in arns for form in (arn, f"{arn}:*")]))
    return {"Version": VERSION, "Statement": statements}


def _allow(actions: List[str], resource: Any) -> Dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def scoped_names(document: Mapping[str, Any]) -> Tuple[str, ...]:
    """The log group names that a document of publishing_document is scoped to; empty for one that is not."""
    names: List[str] = []
    for statement in listed(document.get("Statement")):
        if "logs:PutLogEvents" in listed(statement.get("Action")):
            for resource in listed(statement.get("Resource")):
                if ":log-group:" in str(resource):
                    names.append(str(resource).split(":log-group:", 1)[1].removesuffix(":*"))
    return tuple(dict.fromkeys(names))


def listed(value: Any) -> List[Any]:
    """The value as a list: IAM may hand back a single value in place of a list of one."""
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def wanted_document(wish: Wish, policy: Optional[Policy]) -> Dict[str, Any]:
    """The publishing policy's document; without purging, names that it has already stay."""
    names = wish.log_group_names
    if names is not None and policy is not None and not wish.purge_log_group_names:
        names = tuple(dict.fromkeys([*scoped_names(policy.document), *names]))
    if names is not None:
        names = tuple(sorted(names))
    return publishing_document(wish.account, names, wish.allow_create_log_group)


def plan_delivery_role(wish: Wish, current: Current, compare: Comparison) -> Plan:
    """The steps for policy, role and operators, in an order in which no step needs a later one.

    Raises InvalidInput where a wish can't be met.
    """
    _refuse_other_path(wish, current)
    policy, policy_steps = _plan_policy(wish, current.policy, compare)
    role, role_steps = _plan_role(wish, current.role, policy.arn, compare)
    pass_role, pass_steps = _plan_pass_role(wish, current.pass_role, role.arn, compare)
    return Plan(
        before=to_result(current),
        after=to_result(Current(role, policy, pass_role)),
        steps=(*policy_steps, *role_steps, *pass_steps),
    )


def _refuse_other_path(wish: Wish, current: Current) -> None:
    if wish.path is None:
        return
    for what, thing in (("role", current.role), ("policy", current.policy)):
        if thing is not None and thing.arn != wish.account.iam_arn(what, wish.path, thing.name):
            raise InvalidInput(
                f"The {what} {thing.name} exists as {thing.arn} and can't be moved to path {wish.path}: names are unique"
                " in an account whatever the path. Leave path out to use it where it is, or choose another name."
            )


def _plan_policy(wish: Wish, policy: Optional[Policy], compare: Comparison) -> Tuple[Policy, List[Step]]:
    document = wanted_document(wish, policy)
    arn = wish.account.iam_arn("policy", wish.new_path, wish.policy_name)
    return _plan_document(wish, policy, Policy(wish.policy_name, arn, document), POLICY_DESCRIPTION, compare)


def _plan_document(
    wish: Wish, policy: Optional[Policy], wanted: Policy, description: str, compare: Comparison
) -> Tuple[Policy, List[Step]]:
    """A managed policy with the wanted document: created, or given a new default version."""
    if policy is None:
        tags = wish.tags.merged({}, compare)
        request = {
            "PolicyName": wanted.name,
            "Path": wish.new_path,
            "PolicyDocument": wanted.document,
            "Description": description,
            "Tags": tags,
        }
        made = Policy(wanted.name, wanted.arn, wanted.document, "v1", (), tags)
        return made, [Step("create_policy", wanted.name, f"create policy {wanted.name}", request)]
    steps: List[Step] = []
    made = replace(policy, tags=wish.tags.merged(policy.tags, compare))
    if compare.policies_differ(policy.document, wanted.document):
        # The new version's number is AWS's to give.
        made = replace(made, document=wanted.document, default_version_id="")
        steps = _new_version(policy, wanted.document)
    return made, steps + _retag(wish, "policy", policy.name, {"PolicyArn": policy.arn}, policy.tags, compare)


def _new_version(policy: Policy, document: Mapping[str, Any]) -> List[Step]:
    """A version of its own for the change; of five the oldest that is not in force makes room."""
    steps = []
    if policy.versions is not None and len(policy.versions) + 1 >= MOST_VERSIONS:
        oldest = policy.versions[0]
        request = {"PolicyArn": policy.arn, "VersionId": oldest}
        steps.append(
            Step("delete_policy_version", policy.name, f"delete version {oldest} of policy {policy.name}", request)
        )
    version: Dict[str, Any] = {"PolicyArn": policy.arn, "PolicyDocument": document, "SetAsDefault": True}
    steps.append(
        Step("create_policy_version", policy.name, f"give policy {policy.name} a new default version", version)
    )
    return steps


def _plan_role(wish: Wish, role: Optional[Role], policy_arn: str, compare: Comparison) -> Tuple[Role, List[Step]]:
    trust = trust_document(wish.account, wish.restrict_trust)
    if role is None:
        return _new_role(wish, trust, policy_arn, compare)
    steps: List[Step] = []
    if compare.policies_differ(role.trust, trust):
        sentence = f"let role {role.name} trust {SERVICE}{' for this account only' if wish.restrict_trust else ''}"
        request: Dict[str, Any] = {"RoleName": role.name, "PolicyDocument": trust}
        steps.append(Step("update_assume_role_policy", role.name, sentence, request))
    boundary = role.permissions_boundary
    if wish.permissions_boundary is not None and wish.permissions_boundary != (boundary or ""):
        boundary = wish.permissions_boundary or None
        steps.append(_bound(role.name, boundary))
    steps += _retag(wish, "role", role.name, {"RoleName": role.name}, role.tags, compare)
    attached = role.attached
    if policy_arn not in attached:
        steps.append(_attach(role.name, policy_arn))
        attached = (*attached, policy_arn)
    tags = wish.tags.merged(role.tags, compare, ignores_case=True)
    return Role(role.name, role.arn, role.path, trust, boundary, tags, attached), steps


def _new_role(wish: Wish, trust: Mapping[str, Any], policy_arn: str, compare: Comparison) -> Tuple[Role, List[Step]]:
    tags = wish.tags.merged({}, compare)
    request: Dict[str, Any] = {
        "RoleName": wish.role_name,
        "Path": wish.new_path,
        "AssumeRolePolicyDocument": trust,
        "Description": ROLE_DESCRIPTION,
        "Tags": tags,
    }
    if wish.permissions_boundary:
        request["PermissionsBoundary"] = wish.permissions_boundary
    arn = wish.account.iam_arn("role", wish.new_path, wish.role_name)
    role = Role(wish.role_name, arn, wish.new_path, trust, wish.permissions_boundary or None, tags, (policy_arn,))
    create = Step("create_role", wish.role_name, f"create role {wish.role_name}", request)
    return role, [create, _attach(wish.role_name, policy_arn)]


def _attach(role_name: str, policy_arn: str) -> Step:
    sentence = f"attach policy {policy_arn} to role {role_name}"
    return Step("attach_role_policy", role_name, sentence, {"RoleName": role_name, "PolicyArn": policy_arn})


def _bound(role_name: str, boundary: Optional[str]) -> Step:
    if boundary is None:
        sentence = f"remove the permissions boundary of role {role_name}"
        return Step("delete_role_permissions_boundary", role_name, sentence, {"RoleName": role_name})
    sentence = f"set the permissions boundary of role {role_name} to {boundary}"
    request = {"RoleName": role_name, "PermissionsBoundary": boundary}
    return Step("put_role_permissions_boundary", role_name, sentence, request)


def _retag(
    wish: Wish, kind: str, name: str, request: Mapping[str, str], tags: Mapping[str, str], compare: Comparison
) -> List[Step]:
    to_set, to_unset = wish.tags.changes(tags, compare, ignores_case=kind == "role")
    steps = []
    if to_unset:
        sentence = f"remove the tags {', '.join(to_unset)} from {kind} {name}"
        steps.append(Step(f"untag_{kind}", name, sentence, {**request, "TagKeys": to_unset}))
    if to_set:
        sentence = f"set the tags {', '.join(sorted(to_set))} on {kind} {name}"
        steps.append(Step(f"tag_{kind}", name, sentence, {**request, "Tags": to_set}))
    return steps


def _plan_pass_role(
    wish: Wish, policy: Optional[Policy], role_arn: str, compare: Comparison
) -> Tuple[Optional[Policy], List[Step]]:
    """The operators' policy, attached to those who are named; others who have it keep it."""
    if not wish.pass_role_to:
        return policy, []
    arn = wish.account.iam_arn("policy", wish.new_path, wish.pass_role_name)
    wanted = Policy(wish.pass_role_name, arn, pass_role_document(role_arn))
    made, steps = _plan_document(wish, policy, wanted, PASS_ROLE_DESCRIPTION, compare)
    for principal in wish.pass_role_to:
        if principal.key not in made.attached_to:
            request = {f"{principal.kind.capitalize()}Name": principal.name, "PolicyArn": made.arn}
            sentence = f"attach policy {made.arn} to {principal.kind} {principal.name}"
            steps.append(Step(f"attach_{principal.kind}_policy", principal.name, sentence, request))
    keys = {principal.key for principal in wish.pass_role_to}
    return replace(made, attached_to=made.attached_to | keys), steps


def to_result(current: Current) -> Dict[str, Any]:
    """The module's result; role and policy are empty when there are none."""
    role, policy, pass_role = current.role, current.policy, current.pass_role
    answer: Dict[str, Any] = {"role": {}, "policy": {}, "pass_role_policy": {}, "pass_role_attached_to": []}
    if role is not None:
        answer["role"] = {
            "role_name": role.name,
            "arn": role.arn,
            "path": role.path,
            "assume_role_policy_document": role.trust,
            "permissions_boundary": role.permissions_boundary,
            "attached_policies": list(role.attached),
            "tags": dict(role.tags),
        }
        answer["pass_role_policy"] = pass_role_document(role.arn)
    if policy is not None:
        answer["policy"] = {
            "policy_name": policy.name,
            "arn": policy.arn,
            "policy_document": policy.document,
            "tags": dict(policy.tags),
        }
        if policy.default_version_id:
            answer["policy"]["default_version_id"] = policy.default_version_id
    if pass_role is not None:
        answer["pass_role_attached_to"] = sorted(pass_role.attached_to)
    return answer
