# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._hints import hint_for
from ansible_collections.netops.flow_logs.plugins.module_utils._hints import is_unassumable_role
from ansible_collections.netops.flow_logs.plugins.module_utils._hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._hints import with_permission

ROLE = "arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs"


@pytest.mark.parametrize(
    ("code", "message", "advice"),
    [
        pytest.param(
            "InvalidParameter", f"Unable to assume given IAM role: '{ROLE}'", "wait_timeout", id="a role too new"
        ),
        pytest.param(
            "400", f"Unable to assume given IAM role: '{ROLE}'", "flow_log_iam", id="the same in Unsuccessful"
        ),
        pytest.param("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist", "Check the id", id="no such VPC"),
        pytest.param("InvalidVpcId.NotFound", "Unknown resource vpc-1", "Check the id", id="AWS's other spelling"),
        pytest.param("InvalidNetworkInterfaceId.Malformed", "", "Check the id", id="an id that can't be"),
        pytest.param("FlowLogAlreadyExists", "Error. There is an existing", "Run it again", id="one that is there"),
        pytest.param("FlowLogsLimitExceeded", "", "as many flow logs as AWS allows", id="too many on a resource"),
        pytest.param("LimitExceededException", "Resource limit exceeded.", "quota", id="a quota of CloudWatch Logs"),
        pytest.param("LimitExceeded", "Cannot exceed quota", "quota", id="a quota of IAM"),
        pytest.param("RequestLimitExceeded", "Request limit exceeded.", "held back", id="EC2's request rate"),
        pytest.param("ThrottlingException", "Rate exceeded", "held back", id="the request rate of CloudWatch Logs"),
        pytest.param("Throttling", "Rate exceeded", "held back", id="IAM's request rate"),
        pytest.param("OperationAbortedException", "A conflicting operation", "Somebody else", id="another writer"),
        pytest.param("OptInRequired", "", "not enabled", id="a region that is not enabled"),
        pytest.param("AuthFailure", "AWS was not able to validate", "check the keys", id="EC2 does not take the keys"),
        pytest.param("UnrecognizedClientException", "The security token", "check the keys", id="CloudWatch Logs does not"),
        pytest.param("InvalidClientTokenId", "The security token", "check the keys", id="IAM and STS do not"),
        pytest.param("SignatureDoesNotMatch", "The request signature", "check the keys", id="a wrong secret"),
        pytest.param("NoAnswer", "Could not connect to the endpoint", "Check the network", id="no answer"),
        pytest.param("", "Could not connect to the endpoint", "Check the network", id="no connection"),
        pytest.param("", "Unable to locate credentials", "AWS_ACCESS_KEY_ID", id="no credentials"),
        pytest.param("ExpiredToken", "", "credentials", id="credentials that have run out"),
        pytest.param("RequestExpired", "", "credentials", id="EC2's word for that"),
        pytest.param(
            "InvalidParameterValue", "Value '${x}' at 'logFormat' has an invalid format", "log_format", id="a format"
        ),
        pytest.param(
            "InvalidParameter",
            "The TagFieldSpecifications parameter must be set when including tag fields in the log format",
            "leave the tag fields out",
            id="tag fields in a format",
        ),
        pytest.param("InvalidParameterException", "Unable to validate key", "KMS key", id="a KMS key"),
        pytest.param(
            "400",
            "Access Denied for LogDestination: records. Please check LogDestination permission",
            "correct the role's policy",
            id="delivery refused, in Unsuccessful",
        ),
        pytest.param(
            "InvalidParameter", "Access Denied for LogDestination", "delivery.logs.amazonaws.com", id="delivery refused"
        ),
        pytest.param("400", "LogDestination: records does not exist", "does not find the destination", id="no bucket"),
        pytest.param("LogDestinationNotFoundException", "", "does not find the destination", id="no destination"),
        pytest.param("InvalidTagKey.Malformed", "Tag key is not valid", "127 characters", id="a tag's key"),
        pytest.param("TagLimitExceeded", "The maximum number of Tags", "takes 50 tags", id="too many tags"),
        pytest.param("TooManyTagsException", "", "takes 50 tags", id="too many tags of a log group"),
        pytest.param("TagPolicyViolation", "", "tag policy of the organization", id="a tag policy"),
        pytest.param("ConcurrentTagAccess", "", "changing the same tags", id="another writer of tags"),
        pytest.param("FilterLimitExceeded", "The maximum number of filter values", "200 values", id="a long filter"),
        pytest.param("ConcurrentModification", "", "same role or policy", id="another writer in IAM"),
        pytest.param("EntityAlreadyExists", "", "made it at the same time", id="another was faster"),
        pytest.param("DeleteConflict", "Cannot delete entity", "still hangs on it", id="something hangs on it"),
        pytest.param("EntityTemporarilyUnmodifiable", "", "in some minutes", id="IAM is not done"),
        pytest.param("UnmodifiableEntity", "", "take another role_name", id="a role of AWS's own"),
        pytest.param("MalformedPolicyDocument", "", "check the names and ARNs", id="a document"),
        pytest.param("NoSuchEntity", "", "somebody removed it", id="gone in IAM"),
        pytest.param("ResourceNotFoundException", "", "somebody removed it", id="gone in CloudWatch Logs"),
        pytest.param("InternalError", "An internal error has occurred.", "error of its own", id="EC2 fails"),
        pytest.param("ServiceFailure", "", "error of its own", id="IAM fails"),
        pytest.param("ServiceUnavailableException", "", "error of its own", id="CloudWatch Logs fails"),
    ],
)
def test_an_error_comes_with_advice(code: str, message: str, advice: str) -> None:
    assert advice in hint_for(code, message)


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "unauthorizedoperation"])
def test_a_denied_pass_role_prints_the_policy_to_attach(code: str) -> None:
    hint = hint_for(code, "You are not authorized to perform this operation.", role_arn=ROLE)

    assert json.dumps(pass_role_document(ROLE)) in hint
    assert "iam:PassRole" in hint


def test_a_denial_without_a_role_speaks_of_the_permission_for_the_call() -> None:
    hint = hint_for("UnauthorizedOperation", "You are not authorized to perform this operation.")

    assert "lacks the permission" in hint
    assert "PassRole" not in hint


DENIED = "You are not authorized to perform this operation."
ENCODED = f"{DENIED} Encoded authorization failure message: 4m8fQ-secret_x"


@pytest.mark.parametrize(
    ("message", "actions", "role_arn", "named"),
    [
        pytest.param(DENIED, ["ec2:DescribeFlowLogs"], None, ["ec2:DescribeFlowLogs"], id="EC2 keeps it to itself"),
        pytest.param(ENCODED, ["ec2:DeleteFlowLogs"], None, ["ec2:DeleteFlowLogs"], id="EC2 encodes it"),
        pytest.param(
            ENCODED,
            ["ec2:CreateFlowLogs", "ec2:CreateTags"],
            ROLE,
            ["ec2:CreateFlowLogs or ec2:CreateTags", "iam:PassRole"],
            id="one of several",
        ),
        pytest.param(
            "User: me is not authorized to perform: logs:TagResource on resource: x",
            ["logs:CreateLogGroup"],
            None,
            ["logs:TagResource"],
            id="AWS names another than the call's own",
        ),
        pytest.param(
            f"{DENIED} User: me is not authorized to perform: iam:PassRole on resource: {ROLE}",
            ["ec2:CreateFlowLogs"],
            ROLE,
            ["iam:PassRole", json.dumps(pass_role_document(ROLE))],
            id="EC2 names PassRole",
        ),
        pytest.param(
            f"{DENIED} User: me is not authorized to perform: ec2:CreateTags on resource: x",
            ["ec2:CreateFlowLogs"],
            ROLE,
            ["ec2:CreateTags"],
            id="EC2 names another while a role is passed",
        ),
    ],
)
def test_a_denial_names_the_permission(
    message: str, actions: list[str], role_arn: str | None, named: list[str]
) -> None:
    hint = hint_for("UnauthorizedOperation", message, actions, role_arn)

    assert "The caller lacks" in hint
    assert [each for each in named if each not in hint] == []
    assert ("or the permission" in hint) == (role_arn is not None and "not authorized to perform: " not in message)
    # Nobody is sent looking for what AWS says is not missing.
    known = {"ec2:CreateFlowLogs", "ec2:CreateTags", "iam:PassRole", "logs:CreateLogGroup"}
    assert [each for each in known if each in hint and each not in " ".join(named)] == []


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        ("UnauthorizedOperation", DENIED, f"{DENIED[:-1]}: ec2:DescribeVpcs."),
        ("UnauthorizedOperation", ENCODED, f"{DENIED[:-1]}: ec2:DescribeVpcs."),
        ("AccessDenied", "may not do ec2:DescribeVpcs here", "may not do ec2:DescribeVpcs here"),
        ("AuthFailure", "AWS was not able to validate", "AWS was not able to validate"),
    ],
)
def test_the_words_of_a_denial_with_the_permission(code: str, message: str, told: str) -> None:
    assert with_permission(code, message, "ec2:DescribeVpcs") == told


def test_no_advice_is_made_up_for_what_is_not_known() -> None:
    assert hint_for("SomethingNew", "Nobody has seen this.") == ""


@pytest.mark.parametrize("message", ["Unable to assume given IAM role: 'x'", "unable to assume given iam role"])
def test_an_unassumable_role_is_recognised(message: str) -> None:
    assert is_unassumable_role(message)


def test_another_trouble_with_the_role_is_not_taken_for_it() -> None:
    assert not is_unassumable_role("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")


def test_the_operators_policy_is_for_exactly_one_role() -> None:
    [statement] = pass_role_document(ROLE)["Statement"]

    assert statement == {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}
