# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The one place that knows how to reach AWS: clients, retries, errors, calls side by side."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from functools import wraps
from typing import Any
from typing import Callable
from typing import NoReturn
from typing import TypeVar

try:
    from botocore.exceptions import ClientError
    from botocore.exceptions import ConnectionClosedError
    from botocore.exceptions import ReadTimeoutError
    from botocore.parsers import ResponseParserError
    from botocore.session import Session as BotocoreSession

    _RETRIED: Any = (ClientError, ConnectionClosedError, ReadTimeoutError)
    _UNREADABLE: Any = ResponseParserError
except ImportError:
    # AnsibleAWSModule says that the SDK is missing.
    _RETRIED = _UNREADABLE = ()

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.iam import get_aws_account_info
from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

from .account import Account
from .account import parse_account_id
from .account import require_account
from .bounds import OutOfBounds
from .bounds import Pages
from .bounds import one_call
from .errors import InvalidInput
from .hints import hint_of
from .hints import is_denial
from .hints import with_permission
from .plan import Comparison
from .rates import hold_rates
from .regions import require_region_name
from .regions import similar
from .text import LONGEST_ERROR
from .text import limited
from .wire import guarded
from .wire import unreadable

Answer = TypeVar("Answer")

COMPARISON = Comparison(policies_differ=compare_policies, tag_changes=compare_aws_tags)

# What amazon.aws does not retry by itself, though each of these passes: CloudWatch Logs' throttling and its
# "conflicting operation in progress", IAM's two writers at once, EC2's second name for a full token bucket.
_ALSO_PASSING = [
    "ThrottlingException",
    "OperationAbortedException",
    "ServiceUnavailableException",
    "ConcurrentModification",
    "EntityTemporarilyUnmodifiable",
    "ServiceFailure",
    "EC2ThrottledException",
    "RequestThrottled",
]

# Connections that broke before the answer came. The SDK tries twice again, and counts throttled tries with them.
_BROKEN = "NoAnswer"


# Ten tries, at most about two minutes in all: longer than the refill of every bucket that matters here.
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 10, 1.0, 20.0


def _is_passing(error: Any) -> bool:
    return bool(AWSRetry.found(_error_field(error, "Code") or _BROKEN, [*_ALSO_PASSING, _BROKEN]))


def is_final(error: Exception) -> bool:
    """True for a failure that RETRY has tried to outlast in vain; others, such as a denial, come at once."""
    return isinstance(error, OutOfBounds) or _is_passing(error)


def RETRY(call: Callable[..., Answer]) -> Callable[..., Answer]:
    """amazon.aws' retries, for broken connections as well as for error codes, and all of them within the time of one call."""

    @wraps(call)
    def retrying(*arguments: Any, **more: Any) -> Answer:
        with one_call() as whole:
            for number in range(_TRIES - 1):
                try:
                    return call(*arguments, **more)
                except _RETRIED as error:
                    pause = random.uniform(0, min(_FIRST_PAUSE * 2**number, _LONGEST_PAUSE))
                    if not _is_passing(error) or whole.left() <= pause:
                        raise
                except _UNREADABLE as error:
                    raise unreadable(whole.name, str(error)) from error
                time.sleep(pause)
            return call(*arguments, **more)

    return retrying


def retry_of(module: Any, region: str) -> Callable[..., Any]:
    """The retry decorator for EC2's calls in another region. Modules that run in one process remember failures together."""
    remembering = getattr(module, "remembering", None)
    decorator: Callable[..., Any] = RETRY if remembering is None else remembering(RETRY, "ec2", region)
    return decorator


class AwsError(AnsibleAWSError):
    """An AWS call that failed for good; message says which one."""

    # What permissions of the service begin with.
    service = ""

    @property
    def code(self) -> str:
        """AWS's error code; empty when no answer came at all (network, credentials)."""
        return _error_field(self.exception, "Code")

    @property
    def reason(self) -> str:
        """AWS's own words, or the SDK's when AWS was not reached."""
        return limited(_error_field(self.exception, "Message") or str(self.exception), LONGEST_ERROR)

    @property
    def action(self) -> str:
        """The permission that the call needs, such as ec2:DescribeFlowLogs; empty when no call is known."""
        operation = getattr(self.exception, "operation_name", "")
        return f"{self.service}:{operation}" if self.service and operation else ""

    @property
    def told(self) -> str:
        """The reason, for those who see no hint: a denial names the permission."""
        return with_permission(self.code, self.reason, self.action)

    @property
    def hint(self) -> str:
        """What to do about it; empty when nothing better is known than AWS's words."""
        return hint_of(self.exception, [self.action] if self.action else [])


class Ec2Error(AwsError):
    service = "ec2"


class StsError(AwsError):
    service = "sts"


class IamError(AwsError):
    service = "iam"


class LogsError(AwsError):
    service = "logs"


def _error_field(exception: Any, name: str) -> str:
    response: dict[str, Any] = getattr(exception, "response", None) or {}
    return str(response.get("Error", {}).get(name) or "")


class Ec2Errors(AWSErrorHandler):
    _CUSTOM_EXCEPTION = Ec2Error


class StsErrors(AWSErrorHandler):
    _CUSTOM_EXCEPTION = StsError


class IamErrors(AWSErrorHandler):
    _CUSTOM_EXCEPTION = IamError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("NoSuchEntity")


class LogsErrors(AWSErrorHandler):
    _CUSTOM_EXCEPTION = LogsError

    @classmethod
    def _is_missing(cls) -> Any:
        return is_boto3_error_code("ResourceNotFoundException")


def client(module: Any, service: str, **connection: Any) -> Any:
    """A client of the service with the module's connection options; calls retry when given aws_retry=True.

    connection: what is to differ from the options, such as region.
    """
    return hold_rates(guarded(module.client(service, retry_decorator=RETRY, **connection)))


class _Asker:
    """What get_aws_account_info asks of a module, with bounded calls."""

    def __init__(self, module: Any) -> None:
        self._module = module

    def client(self, service: str, **_retries: Any) -> Any:
        return client(self._module, service)

    def fail_json(self, msg: str) -> NoReturn:
        raise AnsibleAWSError(message=msg)

    def fail_json_aws(self, exception: Exception, msg: str) -> NoReturn:
        raise AnsibleAWSError(message=msg, exception=exception)


@StsErrors.common_error_handler("identify the account of the credentials in region {region}")
def _caller(sts: Any, region: str) -> dict[str, Any]:
    caller: dict[str, Any] = sts.get_caller_identity(aws_retry=True)
    return caller


def ask_account(module: Any) -> tuple[str, str]:
    """Number and partition of the account of the module's credentials, from AWS.

    Raises AnsibleAWSError, and InvalidInput when it is the region that does not exist.
    """
    region = str(module.region or "")
    # A service that does not answer is waited for once.
    with one_call():
        try:
            caller = _caller(client(module, "sts"), region or "(none)")
        except StsError as error:
            if is_denial(error.code):
                # Whoever may not ask STS asks IAM.
                found: tuple[str, str] = get_aws_account_info(_Asker(module))
                return found
            if not error.code and region and not module.params.get("endpoint_url"):
                _require_known_region(region, error)
            raise
    return str(caller["Account"]), str(caller["Arn"]).split(":")[1]


def account_of(module: Any) -> Account:
    """The account of the module's credentials, checked against its expected_account_id (InvalidInput)."""
    expected = module.params.get("expected_account_id")
    if expected is not None:
        # Before the call: one that is not a number is refused offline, too.
        expected = parse_account_id(expected, "expected_account_id")
    region = module.region
    if region:
        require_region_name(region)
    # Modules that run in one process share the answer.
    account_id, partition = getattr(module, "account_info", None) or ask_account(module)
    account = Account(account_id, partition)
    require_account(account, expected)
    return account


def _require_known_region(region: str, error: StsError) -> None:
    """Raises InvalidInput for a region that botocore has not heard of, after it was not reached."""
    session = BotocoreSession()
    known = [name for part in session.get_available_partitions() for name in session.get_available_regions("ec2", part)]
    if region not in known:
        likely = similar(region, known)
        meant = f" Is {' or '.join(likely)} meant?" if likely else ""
        raise InvalidInput(
            f"AWS was not reached in region {region}, which the installed botocore does not know.{meant} ({error.reason})"
        ) from error


def region_of(module: Any) -> str:
    """The region of the module's connection options. Raises InvalidInput when there is none, or none that can be one."""
    region = module.region
    if not region:
        raise InvalidInput(
            "No region is known. Set region, or AWS_REGION in the environment, or a region in the profile."
        )
    return require_region_name(region)


def supports(aws_client: Any, operation: str, member: str) -> bool:
    """True when the installed botocore knows the member of the operation's request."""
    shape = aws_client.meta.service_model.operation_model(operation).input_shape
    return shape is not None and member in shape.members


def pages(call: Callable[..., dict[str, Any]], token: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Every page of a listing; token is the name of the continuation mark, in the request and in the answer.

    A page is retried by itself. botocore's paginators would start again at the first page, and a listing of many
    pages would never end while a fraction of the calls is throttled. Raises EndlessListing, an error of the SDK's, when a page
    comes again.
    """
    marks = Pages(f"The listing by {getattr(call, '__name__', 'pages')}")
    page = call(aws_retry=True, **arguments)
    yield page
    while page.get(token):
        marks.check(page[token])
        page = call(aws_retry=True, **{token: page[token]}, **arguments)
        yield page


def deed(errors: Any, operation: str, what: str, until: Any = None) -> Callable[..., dict[str, Any]]:
    """A function (client, **request) that makes one call; what names the deed in the error of the given handler.

    until is a further retry decorator, for answers that mean "not yet" after this deed only.
    """

    def call(aws_client: Any, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(aws_client, operation)(aws_retry=True, **request)
        return answer

    handled: Callable[..., dict[str, Any]] = errors.common_error_handler(what)(until(call) if until else call)
    return handled
