# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re

import pytest
from botocore import exceptions

from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import KNOWN
from ansible_collections.netops.flow_logs.plugins.module_utils._core.advice import OF_THE_SDK
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import hint_for
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import hint_of
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import is_unassumable_role
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import pass_role_document
from ansible_collections.netops.flow_logs.plugins.module_utils._core.hints import with_permission
from ansible_collections.netops.flow_logs.tests.emulator.policy_language import lets_service
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT

ROLE = "arn:aws:iam::123456789012:role/Flow-Logs-Role-to-cloudwatch-logs"


GROUP = "arn:aws:logs:eu-west-2:123456789012:log-group:/aws/shop/vpc/flowlogs"
PATTERN = r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*"
TOKEN = "The security token included in the request is invalid."
VALIDATE = "AWS was not able to validate the provided access credentials"
# What AWS answers, with where that was seen: the pages and threads that docs/aws-behaviour.md names.
ANSWERS = [
    pytest.param("InvalidParameter", f"Unable to assume given IAM role: '{ROLE}'", "wait_timeout", id="a role too new"),
    pytest.param("400", f"Unable to assume given IAM role: '{ROLE}'", "flow_log_iam", id="the same in Unsuccessful"),
    pytest.param("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist", "Check the id", id="no such VPC"),
    pytest.param("InvalidVpcId.NotFound", "Unknown resource vpc-1", "Check the id", id="AWS's other spelling"),
    pytest.param("InvalidNetworkInterfaceId.Malformed", 'Invalid id: "eni-x"', "Check the id", id="an id that can't be"),
    pytest.param("FlowLogAlreadyExists", "Error. There is an existing Flow Log", "Run it again", id="one that is there"),
    pytest.param("FlowLogsLimitExceeded", "", "as many flow logs as AWS allows", id="too many on a resource"),
    pytest.param("LimitExceededException", "Resource limit exceeded.", "quota of the account", id="a quota of Logs"),
    pytest.param("LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1500", "quota of the account", id="of IAM"),
    pytest.param("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", "6,144 characters", id="a long policy"),
    pytest.param("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", "trust has 2,048", id="a long trust"),
    pytest.param("LimitExceeded", "Cannot exceed quota for PoliciesPerUser: 10", "detach one", id="ten policies"),
    pytest.param("LimitExceeded", "Cannot exceed quota for TagsPerRole: 50", "takes 50 tags", id="fifty tags on a role"),
    pytest.param("RequestLimitExceeded", "Request limit exceeded.", "held back", id="EC2's request rate"),
    pytest.param("ThrottlingException", "Rate exceeded", "held back", id="the request rate of CloudWatch Logs"),
    pytest.param("Throttling", "Rate exceeded", "held back", id="IAM's request rate"),
    pytest.param("OperationAbortedException", "A conflicting operation is currently", "Somebody else", id="another writer"),
    pytest.param("OptInRequired", "You are not subscribed to this service.", "The region is not enabled", id="no region"),
    pytest.param("RegionDisabledException", "STS is not activated in this region", "not enabled", id="STS is off"),
    pytest.param("AuthFailure", VALIDATE, "that the region is enabled", id="EC2 does not take the keys"),
    pytest.param("UnrecognizedClientException", TOKEN, "that the region is enabled", id="CloudWatch Logs does not"),
    pytest.param("InvalidClientTokenId", TOKEN, "that the region is enabled", id="IAM and STS do not"),
    pytest.param(
        "SignatureDoesNotMatch", "The request signature we calculated does not match", "check the keys", id="a wrong secret"
    ),
    pytest.param("InvalidSignatureException", "Signature expired: 20260101T000000Z is now", "The clock", id="a late clock"),
    pytest.param("SignatureDoesNotMatch", "Signature not yet current: 20260101T", "The clock", id="a fast clock"),
    pytest.param("ExpiredToken", "The security token included in the request is expired", "have run out", id="old keys"),
    pytest.param("RequestExpired", "Request has expired.", "have run out", id="EC2's word for that"),
    pytest.param("InvalidParameterValue", "Value at 'logFormat' has an invalid format", "log_format", id="a format"),
    pytest.param(
        "InvalidParameter",
        "The TagFieldSpecifications parameter must be set when including tag fields in the log format",
        "leave the tag fields out",
        id="tag fields in a format",
    ),
    pytest.param(
        "InvalidParameterException", "The specified KMS Key Id could not be found. '/x'", "KMS key has to", id="no key's ARN"
    ),
    pytest.param(
        "AccessDeniedException",
        f"The specified KMS key does not exist or is not allowed to be used with Arn '{GROUP}'",
        "let CloudWatch Logs of this region use it",
        id="a key policy without CloudWatch Logs",
    ),
    pytest.param(
        "InvalidParameterException",
        "Log groups starting with AWS/ are reserved for AWS.",
        "Choose another log_group_name",
        id="a reserved name",
    ),
    pytest.param(
        "InvalidParameterException",
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy",
        "1 to 512 of the characters",
        id="a name",
    ),
    pytest.param(
        "400",
        "Access Denied for LogDestination: records. Please check LogDestination permission",
        "correct the role's policy",
        id="delivery refused, in Unsuccessful",
    ),
    pytest.param("400", "LogDestination: records does not exist", "does not find the destination", id="no bucket"),
    pytest.param("LogDestinationNotFoundException", "", "does not find the destination", id="no destination"),
    pytest.param("InvalidTagKey.Malformed", "The tag key ?aws:createdBy? is not valid.", "127 characters", id="a tag's key"),
    pytest.param(
        "InvalidParameterValue",
        "Value ( aws:x ) for parameter key is invalid. Tag keys starting with 'aws:' are reserved for internal use",
        "does not begin with aws:",
        id="a reserved key",
    ),
    pytest.param("InvalidInput", "aws: prefixed tag key names are not allowed", "does not begin with aws:", id="to IAM"),
    pytest.param(
        "InvalidInput",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        "upper and lower case are one key",
        id="keys that differ in case",
    ),
    pytest.param(
        "ValidationError",
        f"Value at 'tags.4.member.value' failed to satisfy constraint: {PATTERN}",
        "only EC2 takes more than",
        id="signs in a tag, to IAM",
    ),
    pytest.param(
        "InvalidParameterException",
        f"Value '{{a=b,c}}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [{PATTERN}]",
        "only EC2 takes more than",
        id="signs in a tag, to CloudWatch Logs",
    ),
    pytest.param(
        "ValidationError",
        "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
        "takes 50 tags",
        id="51 tags at once",
    ),
    pytest.param("TagLimitExceeded", "The maximum number of Tags for a resource", "takes 50 tags", id="too many tags"),
    pytest.param("TooManyTagsException", "A resource can have no more than 50 tags.", "takes 50 tags", id="of a log group"),
    pytest.param("TagPolicyViolation", "", "tag policy of the organization", id="a tag policy"),
    pytest.param("ConcurrentTagAccess", "", "changing the same tags", id="another writer of tags"),
    pytest.param("FilterLimitExceeded", "The maximum number of filter values", "200 values", id="a long filter"),
    pytest.param("ConcurrentModification", "", "same role or policy", id="another writer in IAM"),
    pytest.param("EntityAlreadyExists", "", "made it at the same time", id="another was faster"),
    pytest.param("DeleteConflict", "Cannot delete entity", "still hangs on it", id="something hangs on it"),
    pytest.param("EntityTemporarilyUnmodifiable", "", "in some minutes", id="IAM is not done"),
    pytest.param(
        "UnmodifiableEntity",
        "Cannot perform the operation on the protected role 'AWSReservedSSO_x' - this role is only modifiable by AWS",
        "leave it out of pass_role_to",
        id="a role of AWS's own",
    ),
    pytest.param("MalformedPolicyDocument", "", "check the names and ARNs", id="a document"),
    pytest.param("NoSuchEntity", "", "somebody removed it", id="gone in IAM"),
    pytest.param("ResourceNotFoundException", "", "somebody removed it", id="gone in CloudWatch Logs"),
    pytest.param("InternalError", "An internal error has occurred.", "error of its own", id="EC2 fails"),
    pytest.param("ServiceFailure", "", "error of its own", id="IAM fails"),
    pytest.param("CallTimeout", "No complete answer came within 300 seconds", "flow_logs_call_timeout", id="too slow"),
    pytest.param("AccountTimeout", "No answer from AWS for this account came", "flow_logs_account_timeout", id="no answer at all"),
    pytest.param("NotConfirmed", "AWS did not confirm that the flow log was created", "Run it again", id="no word of it"),
    pytest.param("NotFromAws", "The response did not come from AWS", "the region and endpoint_url", id="a proxy's page"),
    pytest.param("AnswerTooLarge", "The answer is larger than 32 MiB.", "check endpoint_url", id="too much"),
    pytest.param("EndlessListing", "repeats a page", "check endpoint_url", id="no end"),
    pytest.param("ServiceUnavailableException", "", "error of its own", id="CloudWatch Logs fails"),
]


@pytest.mark.parametrize(("code", "message", "advice"), ANSWERS)
def test_an_error_comes_with_advice(code: str, message: str, advice: str) -> None:
    assert advice in hint_for(code, message)


def test_every_row_of_the_table_is_for_an_answer_that_was_seen() -> None:
    """And no row stands behind one that takes all its answers."""
    taken = set()
    for answer in ANSWERS:
        code, message, _advice = (str(value).lower() for value in answer.values)
        taken.add(next(row for row in KNOWN if row.code in code and row.words in message))
    assert [row for row in KNOWN if row not in taken] == []


def test_every_row_of_the_table_names_its_source() -> None:
    """A section of docs/aws-behaviour.md that is there, or a page of AWS."""
    sections = set(re.findall(r"^### ([0-9.]+) ", (CHECKOUT / "docs" / "aws-behaviour.md").read_text("utf-8"), re.MULTILINE))
    assert len(sections) > 20
    unknown = [
        row
        for row in KNOWN
        if not set(row.source.split(", ")) <= sections and row.source not in ("EC2's list of error codes", "botocore's IAM model")
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param("InvalidParameterException", "Cannot specify both prefix and pattern.", id="any other parameter"),
        pytest.param("AuthFailure", "This request has been administratively disabled.", id="another failure of EC2's"),
        pytest.param("InvalidClientTokenId", "No account found for the given parameters", id="another of STS's"),
        pytest.param("ValidationException", "Invalid resourceArn", id="an ARN"),
        pytest.param("", "Parameter validation failed: Unknown parameter in input", id="the SDK's own refusal"),
        pytest.param("NoAnswer", "something that nobody knows", id="no answer, nobody knows why"),
        pytest.param("SomethingNew", "Nobody has seen this.", id="something new"),
    ],
)
def test_no_advice_is_made_up_for_what_is_not_known(code: str, message: str) -> None:
    assert hint_for(code, message) == ""


SDK_ERRORS = [
    pytest.param(exceptions.ProfileNotFound(profile="nope"), "profile's name", id="no such profile"),
    pytest.param(exceptions.NoRegionError(), "Set region", id="no region"),
    pytest.param(exceptions.InvalidRegionError(region_name="us_east_1"), "name of the region", id="an impossible region"),
    pytest.param(
        exceptions.UnknownEndpointError(service_name="ec2", region_name="x"), "name of the region", id="no endpoint there"
    ),
    pytest.param(
        exceptions.UnknownRegionError(region_name="x", error_msg="so"), "name of the region", id="an unknown region"
    ),
    pytest.param(exceptions.NoCredentialsError(), "AWS_ACCESS_KEY_ID", id="no credentials"),
    pytest.param(exceptions.PartialCredentialsError(provider="env", cred_var="x"), "is missing", id="half of them"),
    pytest.param(exceptions.UnauthorizedSSOTokenError(), "log in again", id="an old sign-in"),
    pytest.param(exceptions.SSOTokenLoadError(error_msg="x"), "log in again", id="no sign-in"),
    pytest.param(exceptions.TokenRetrievalError(provider="sso", error_msg="x"), "log in again", id="a sign-in that fails"),
    pytest.param(
        exceptions.CredentialRetrievalError(provider="process", error_msg="x"), "get-caller-identity", id="a process"
    ),
    pytest.param(exceptions.MetadataRetrievalError(error_msg="x"), "get-caller-identity", id="the machine's role"),
    pytest.param(exceptions.ConfigParseError(path="~/.aws/config"), "can't read", id="a broken file"),
    pytest.param(exceptions.SSLError(endpoint_url="https://x", error="x"), "aws_ca_bundle", id="a certificate"),
    pytest.param(exceptions.ProxyConnectionError(proxy_url="http://x"), "HTTPS_PROXY", id="a proxy"),
    pytest.param(ValueError("Invalid endpoint: x"), "https://", id="an endpoint without a scheme"),
    pytest.param(exceptions.EndpointConnectionError(endpoint_url="https://x"), "Check the network", id="no connection"),
    pytest.param(exceptions.ConnectTimeoutError(endpoint_url="https://x"), "Check the network", id="nobody there"),
    pytest.param(exceptions.ReadTimeoutError(endpoint_url="https://x"), "Check the network", id="no answer"),
    pytest.param(exceptions.ConnectionClosedError(endpoint_url="https://x"), "Check the network", id="a broken line"),
    pytest.param(exceptions.HTTPClientError(error="x"), "Check the network", id="another failure of the line"),
]


@pytest.mark.parametrize(("exception", "advice"), SDK_ERRORS)
def test_an_error_of_the_sdk_comes_with_advice_by_class_and_by_text(exception: Exception, advice: str) -> None:
    assert advice in hint_of(exception)
    assert hint_for("NoAnswer", str(exception)) == hint_of(exception)


def test_an_answer_of_aws_counts_before_the_class() -> None:
    response = {"Error": {"Code": "AuthFailure", "Message": VALIDATE}}
    assert hint_of(exceptions.ClientError(response, "DescribeVpcs")) == hint_for("AuthFailure", VALIDATE)
    assert hint_of(None) == hint_of(KeyError("x")) == ""


def test_the_classes_are_those_of_the_sdk() -> None:
    """But for the sign-in of newer releases."""
    named = {name for row in OF_THE_SDK for name in row.errors if not name.startswith("Login")}
    assert [name for name in named if not hasattr(exceptions, name)] == []


@pytest.mark.parametrize(
    ("partition", "region", "service"),
    [("aws", "eu-west-2", "logs.eu-west-2.amazonaws.com"), ("aws-cn", "cn-north-1", "logs.cn-north-1.amazonaws.com.cn")],
)
def test_a_key_that_refuses_prints_the_statement_that_its_policy_lacks(partition: str, region: str, service: str) -> None:
    group = f"arn:{partition}:logs:{region}:123456789012:log-group:/x"
    hint = hint_for(
        "AccessDeniedException", f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
    )

    statement = json.loads(hint[hint.index("{") : hint.rindex("}") + 1])
    assert statement["Principal"] == {"Service": service}
    assert lets_service(
        json.dumps({"Statement": [statement]}),
        service,
        "kms:GenerateDataKey",
        {"kms:EncryptionContext:aws:logs:arn": group},
    )
    assert "lacks the permission" not in hint


NOBODY = "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ec2:CreateFlowLogs on resource: *"


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        pytest.param(
            f"{NOBODY} with an explicit deny in a service control policy",
            "The service control policy denies ec2:CreateFlowLogs",
            id="denied by the organization",
        ),
        pytest.param(
            f"{NOBODY} because no permissions boundary allows the ec2:CreateFlowLogs action",
            "The permissions boundary does not allow ec2:CreateFlowLogs",
            id="not within the boundary",
        ),
        pytest.param(
            f"{NOBODY} with an explicit deny in an identity-based policy",
            "The identity-based policy denies ec2:CreateFlowLogs",
            id="denied by a policy of the caller",
        ),
        pytest.param(
            f"{NOBODY} because no identity-based policy allows the ec2:CreateFlowLogs action",
            "The caller lacks the permission ec2:CreateFlowLogs",
            id="allowed by none",
        ),
        pytest.param(
            "User: x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/y",
            "The role has to exist and to trust the caller",
            id="a role that nobody may assume",
        ),
    ],
)
def test_a_denial_says_what_denies(message: str, advice: str) -> None:
    assert hint_for("AccessDenied", message, ["ec2:CreateFlowLogs"]).startswith(advice)


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


@pytest.mark.parametrize("message", ["Unable to assume given IAM role: 'x'", "unable to assume given iam role"])
def test_an_unassumable_role_is_recognised(message: str) -> None:
    assert is_unassumable_role(message)


def test_another_trouble_with_the_role_is_not_taken_for_it() -> None:
    assert not is_unassumable_role("DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")


def test_the_operators_policy_is_for_exactly_one_role() -> None:
    [statement] = pass_role_document(ROLE)["Statement"]

    assert statement == {"Effect": "Allow", "Action": "iam:PassRole", "Resource": ROLE}
