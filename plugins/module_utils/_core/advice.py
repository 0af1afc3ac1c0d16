# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""What to do about each error of AWS and of its SDK that is known, as data. Pure.

A code alone says little: CloudWatch Logs has InvalidParameterException for names, tags and keys. Where one code has several
causes, words of the message tell them apart, and a message that nobody has seen gets no advice: wrong advice costs more than none.
"""

from __future__ import annotations

from dataclasses import dataclass

# The service that assumes the role; the same name in all partitions (VPC user guide, also in China's edition).
SERVICE = "vpc-flow-logs.amazonaws.com"

_CLOCK = "The clock of this machine differs from AWS's by more than five minutes: set it, and run it again."
_CREDENTIALS = (
    "AWS does not take the credentials here: check the keys or the profile, and that the region is enabled for the account. A role's"
    " credentials that come from the global endpoint of STS do not work in opt-in regions."
)
_DESTINATION = (
    "AWS does not find the destination, or may not write to it. For a log group, let netops.flow_logs.flow_log_iam correct the"
    " role's policy; a bucket's policy and KMS key have to admit delivery.logs.amazonaws.com."
)
_EXPIRED = "The session's credentials have run out: get new ones and run it again."
_GONE = "It does not exist, or somebody removed it meanwhile: check names and ARNs, and run it again."
_HELD_BACK = "AWS held back the calls for too long. Run it again: it goes on from here."
KMS_KEY = (
    "The KMS key has to exist, be enabled and symmetric, be in the log group's region, and its policy has to let CloudWatch Logs of"
    " this region use it."
)
_NOT_AWS = "AWS does not answer like that: check endpoint_url and the proxy."
_SOMETHING_ELSE = (
    "Check the region and endpoint_url (AWS_ENDPOINT_URL in the environment), and whether a proxy, a firewall or the login page of a"
    " network answers in place of AWS."
)
_NO_CREDENTIALS = (
    "Give credentials: a profile, the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role of the machine."
)
_NO_CONNECTION = (
    "AWS was not reached or did not answer. Check the network and the region, and run it again: it goes on from here."
)
_OWN_ERROR = "AWS had an error of its own for too long. Run it again: it goes on from here."
_REGION_OFF = "The region is not enabled for this account: enable it, or leave it out."
_SIGN_IN = "The sign-in has run out: log in again (aws sso login or aws login, with the profile) and run it again."
_TAG_CHARACTERS = (
    "Change the tags: keys have 127 characters at most, values 256, and only EC2 takes more than letters, numbers, spaces and the"
    " characters _ . : / = + - @."
)
_TAG_COUNT = "A resource takes 50 tags: give fewer, or let purge_tags remove those that are not given."
_TAG_KEY = "Check the tags: a key has 127 characters at most, and does not begin with aws:."


@dataclass(frozen=True)
class Advice:
    """For errors whose code has this part and whose message has these words, both in lower case.

    source: where the error is described, a section of docs/aws-behaviour.md or a page of AWS.
    """

    code: str
    words: str
    hint: str
    source: str


@dataclass(frozen=True)
class SdkAdvice:
    """For errors of botocore's own, when AWS was never asked or did not answer. errors: its classes; words: of their texts."""

    errors: tuple[str, ...]
    words: tuple[str, ...]
    hint: str


# The first that fits is taken.
KNOWN: tuple[Advice, ...] = (
    Advice(
        "",
        "unable to assume given iam role",
        f"The role has to exist in this account and to trust {SERVICE}: netops.flow_logs.flow_log_iam creates or"
        " corrects it. If it was created just now, IAM may need longer: raise wait_timeout or run it again.",
        "1.5",
    ),
    Advice("", "access denied for logdestination", _DESTINATION, "1.4"),
    Advice("", "logdestination: ", _DESTINATION, "1.4"),
    Advice("logdestinationnotfound", "", _DESTINATION, "EC2's list of error codes"),
    # Both come with codes that mean something else: AccessDeniedException is no missing permission of the caller here.
    Advice("", "kms key does not exist or is not allowed to be used", KMS_KEY, "6.3"),
    Advice("invalidparameterexception", "kms key", KMS_KEY, "6.3"),
    Advice(
        "",
        "log groups starting with aws/",
        "Choose another log_group_name: names that begin with aws/, in upper or lower case, are AWS's own; /aws/ is allowed.",
        "6.1",
    ),
    Advice(
        "",
        "'loggroupname' failed to satisfy constraint",
        "Choose another log_group_name: 1 to 512 of the characters a-z, A-Z, 0-9, _ - / . and #.",
        "6.1",
    ),
    Advice("throttl", "", _HELD_BACK, "7.1, 7.2"),
    Advice("requestlimitexceeded", "", _HELD_BACK, "7.1"),
    Advice(".notfound", "", "Check the id, and that region and credentials are those of the resource.", "1.5"),
    Advice("invalidtagkey", "", _TAG_KEY, "10.3"),
    Advice("", "tag keys starting with 'aws:'", _TAG_KEY, "10.3"),
    Advice("", "aws: prefixed tag key", _TAG_KEY, "10.2"),
    Advice(
        "",
        "duplicate tag keys found",
        "To IAM, keys of tags that differ only in upper and lower case are one key: keep one of them.",
        "10.2",
    ),
    Advice("", "at 'tags' failed to satisfy constraint: member must have length less than or equal to 50", _TAG_COUNT, "10.1"),
    Advice("", "at 'tags", _TAG_CHARACTERS, "10.1"),
    Advice(".malformed", "", "Check the id: it is none that AWS could have given out.", "1.5"),
    Advice(
        "flowlogalreadyexists",
        "",
        "Another flow log with the same configuration and destination is there, or was a moment ago. Run it again;"
        " if it stays, look at the resource's flow logs.",
        "1.6",
    ),
    Advice(
        "flowlogslimitexceeded",
        "",
        "The resource has as many flow logs as AWS allows: delete one that nobody needs, or ask for a higher quota.",
        "1.7",
    ),
    Advice("taglimitexceeded", "", _TAG_COUNT, "10.1"),
    Advice("toomanytags", "", _TAG_COUNT, "10.1"),
    Advice("limitexceeded", "quota for tagsper", _TAG_COUNT, "10.1"),
    Advice(
        "tagpolicyviolation",
        "",
        "A tag policy of the organization refuses the tags: give keys and values that it allows.",
        "EC2's list of error codes",
    ),
    Advice("concurrenttagaccess", "", "Somebody else is changing the same tags. Run it again: it goes on from here.", "1.5"),
    Advice("filterlimitexceeded", "", "A filter takes 200 values: give fewer.", "2.1"),
    Advice(
        "limitexceeded",
        "quota for policysize",
        "A policy has 6,144 characters at most: name the log groups by patterns, such as /aws/shop/vpc/*/flowlogs.",
        "5.2",
    ),
    Advice(
        "limitexceeded",
        "quota for aclsizeperrole",
        "A role's trust has 2,048 characters at most: remove statements that nobody needs, or take another role_name.",
        "5.2",
    ),
    Advice(
        "limitexceeded",
        "quota for policiesper",
        "It has as many policies attached as IAM allows: detach one that nobody needs, or ask AWS for a higher quota.",
        "5.2",
    ),
    Advice(
        "limitexceeded",
        "",
        "A quota of the account is used up: remove what is no longer needed, or ask AWS for a higher quota.",
        "5.2, 6.5",
    ),
    Advice(
        "",
        "logformat",
        "AWS refuses this log_format: check the field names, and that each is allowed for this kind of resource.",
        "1.5",
    ),
    Advice(
        "",
        "tagfieldspecifications",
        "Tag fields in log_format need TagFieldSpecifications, which this module does not set: leave the tag fields out.",
        "1.5",
    ),
    Advice("", "signature expired", _CLOCK, "11.2"),
    Advice("", "signature not yet current", _CLOCK, "11.2"),
    Advice("signature", "does not match", _CREDENTIALS, "11.2"),
    Advice("authfailure", "validate the provided access credentials", _CREDENTIALS, "11.1"),
    Advice("unrecognizedclient", "security token", _CREDENTIALS, "11.1"),
    Advice("invalidclienttokenid", "security token", _CREDENTIALS, "11.1"),
    Advice("regiondisabled", "", _REGION_OFF, "11.1"),
    Advice(
        "optinrequired",
        "",
        f"{_REGION_OFF} Of a new account, the sign-up may not be complete.",
        "11.1",
    ),
    Advice("operationaborted", "", "Somebody else is changing the same log group. Run it again: it goes on from here.", "6.1"),
    Advice(
        "concurrentmodification", "", "Somebody else is changing the same role or policy. Run it again: it goes on from here.", "5.3"
    ),
    Advice("entityalreadyexists", "", "Somebody else made it at the same time. Run it again: it goes on from here.", "5.3"),
    Advice(
        "deleteconflict",
        "",
        "Something still hangs on it, or somebody else is changing it too: look what IAM names, and run it again.",
        "5.3",
    ),
    Advice(
        "temporarilyunmodifiable",
        "",
        "IAM has not done yet with an earlier change of it: run it again in some minutes.",
        "botocore's IAM model",
    ),
    Advice(
        "unmodifiableentity",
        "",
        "The role is one that only AWS can change: a service's, or one below /aws-reserved/, such as those of IAM Identity Center."
        " Take another role_name, or leave it out of pass_role_to and give its permission set the policy.",
        "5.3",
    ),
    Advice(
        "malformedpolicydocument",
        "",
        "IAM refuses the policy document: check the names and ARNs that the options put into it.",
        "botocore's IAM model",
    ),
    Advice("nosuchentity", "", _GONE, "5.3"),
    Advice("resourcenotfound", "", _GONE, "6.4"),
    Advice("internal", "", _OWN_ERROR, "7.3"),
    Advice("servicefailure", "", _OWN_ERROR, "7.3"),
    Advice("unavailable", "", _OWN_ERROR, "7.3"),
    Advice(
        "calltimeout",
        "",
        "Check endpoint_url, the proxy and the network between here and AWS. A call that needs longer gets it by flow_logs_call_timeout,"
        " or by FLOW_LOGS_CALL_TIMEOUT in the environment.",
        "7.3",
    ),
    Advice(
        "accounttimeout",
        "",
        "Check the network between here and AWS, the proxy and endpoint_url, then run it again: it goes on from there. An account that needs"
        " longer gets it by flow_logs_account_timeout.",
        "7.3",
    ),
    Advice("notconfirmed", "", "Run it again: it looks at what is there and goes on from it.", "1.4"),
    Advice("notfromaws", "", _SOMETHING_ELSE, "7.3"),
    Advice("answertoolarge", "", _NOT_AWS, "7.3"),
    Advice("endlesslisting", "", _NOT_AWS, "7.3"),
    Advice("expiredtoken", "", _EXPIRED, "11.2"),
    Advice("requestexpired", "", f"{_EXPIRED} Keys that do not run out get this answer when the machine's clock is wrong.", "11.2"),
)

# Classes and texts: botocore.exceptions. The first that fits is taken.
OF_THE_SDK: tuple[SdkAdvice, ...] = (
    SdkAdvice(
        ("ProfileNotFound",),
        ("config profile",),
        "Check the profile's name (flow_logs_profile, the option profile, or AWS_PROFILE in the environment): it has to be in"
        " ~/.aws/config or ~/.aws/credentials of the user who runs Ansible, or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE say.",
    ),
    SdkAdvice(
        ("NoRegionError",),
        ("you must specify a region",),
        "Set region, or AWS_REGION in the environment, or a region in the profile.",
    ),
    SdkAdvice(
        ("InvalidRegionError", "UnknownRegionError", "UnknownEndpointError", "ServiceNotInRegionError"),
        ("provided region_name", "unknown region", "unable to construct an endpoint for", "not available in region"),
        "Check the name of the region, such as eu-west-1.",
    ),
    SdkAdvice(
        ("NoCredentialsError", "NoAuthTokenError"),
        ("unable to locate credentials", "unable to locate authorization token"),
        _NO_CREDENTIALS,
    ),
    SdkAdvice(
        ("PartialCredentialsError",),
        ("partial credentials found",),
        "Give both the access key and the secret key: one of the two is missing.",
    ),
    SdkAdvice(
        ("LoginInsufficientPermissions",),
        ("due to insufficient permissions",),
        "The caller lacks the permission that the SDK names.",
    ),
    SdkAdvice(
        ("SSOError", "TokenRetrievalError", "LoginError"),
        (
            "sso session",
            "sso token",
            "from sso",
            "error when retrieving token",
            "aws login",
            "login session",
            "login authorization",
        ),
        _SIGN_IN,
    ),
    SdkAdvice(
        ("CredentialRetrievalError", "MetadataRetrievalError", "RefreshWithMFAUnsupportedError"),
        ("retrieving credentials from", "error retrieving metadata", "cannot refresh credentials"),
        "The profile's way to credentials fails: try aws sts get-caller-identity with the same profile.",
    ),
    SdkAdvice(
        ("ConfigParseError", "ConfigNotFound"),
        ("unable to parse config file", "config file ("),
        "Correct the file, which the SDK can't read: ~/.aws/config or ~/.aws/credentials, or the one that AWS_CONFIG_FILE or"
        " AWS_SHARED_CREDENTIALS_FILE names.",
    ),
    SdkAdvice(
        ("SSLError",),
        ("ssl validation failed",),
        "The certificate is not trusted. Behind a proxy that opens TLS, give its certificate with aws_ca_bundle.",
    ),
    SdkAdvice(
        ("ProxyConnectionError", "InvalidProxiesConfigError"),
        ("failed to connect to proxy", "proxies_config"),
        "The proxy was not reached: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
    ),
    SdkAdvice(
        (),
        ("invalid endpoint: ",),
        "Check endpoint_url: it begins with https:// or http://.",
    ),
    SdkAdvice(
        ("ConnectionError", "HTTPClientError", "IncompleteReadError", "ResponseStreamingError"),
        (
            "could not connect to the endpoint",
            "connect timeout on",
            "read timeout on",
            "connection was closed",
            "http client raised",
            "error occurred while reading",
            "read, but total bytes expected",
        ),
        _NO_CONNECTION,
    ),
)
