# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""The collection's modules, run inside the process of an action plugin.

Starting a module costs more than the calls that it makes. What a module does is a function of an object with options, clients
and a place for the result: here is such an object without a process of its own. Modules of one account share clients and
the knowledge whose credentials they are.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from typing import Callable
from typing import NoReturn

try:
    import boto3
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session as BotocoreSession
    from botocore.utils import parse_timestamp
except ImportError:
    # The action says that the SDK is missing.
    BotoCoreError = Exception

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_region
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.amazon.aws.plugins.module_utils.retries import RetryingBotoClientWrapper
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import ask_account
from ansible_collections.netops.flow_logs.plugins.module_utils._core.aws import is_final
from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._core.failed_lookups import Decorator
from ansible_collections.netops.flow_logs.plugins.module_utils._core.failed_lookups import FailedLookups
from ansible_collections.netops.flow_logs.plugins.module_utils._core.plan import Step
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import cleaned
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import plain_url
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import remember_surroundings
from ansible_collections.netops.flow_logs.plugins.module_utils._core.secrets import secrets_of_options
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.switches import refuse_switch


def validated(spec: Mapping[str, Any], options: Mapping[str, Any], **rules: Any) -> dict[str, Any]:
    """The options as a module would get them: types, defaults, and what AWS's environment variables say.

    Raises InvalidInput.
    """
    for name, value in options.items():
        if name in spec:
            refuse_switch(name, value, spec[name])
    outcome = ArgumentSpecValidator({**aws_argument_spec(), **spec}, **rules).validate(dict(options))
    if outcome.error_messages:
        raise InvalidInput("; ".join(outcome.error_messages))
    params: dict[str, Any] = outcome.validated_parameters
    return {**params, "endpoint_url": plain_url(params.get("endpoint_url"))[0]}


# Settings of the SDK, as its Session takes them (name in a file, variables, default, conversion): from nowhere.
_NOBODYS: dict[str, tuple[Any, ...]] = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class _Ended(Exception):
    """The module has given its result."""


def timestamp(value: Any) -> datetime:
    """A time out of AWS's answer, as botocore reads it.

    EC2's spelling is read by Python itself: botocore's way takes longer for one than for all the rest of a flow log.
    """
    if isinstance(value, str) and value.endswith("Z"):
        with contextlib.suppress(ValueError):
            return datetime.fromisoformat(f"{value[:-1]}+00:00")
    parsed: datetime = parse_timestamp(value)
    return parsed


class Models:
    """AWS's service models, read once for all accounts: EC2's alone takes longer to read than most answers.

    They are looked for where the SDK looks for them: AWS_DATA_PATH, data_path of a profile, ~/.aws/models and the SDK itself.
    """

    SERVICES = ("ec2", "iam", "logs", "sts")

    def __init__(self) -> None:
        # Neither the caller's profile nor his files: where they can't be read, only who uses them fails.
        nobodys = BotocoreSession(session_vars=_NOBODYS)
        self._data_path = nobodys.get_config_variable("data_path")
        self.loader = nobodys.get_component("data_loader")
        self._plain: Any = None
        # Making a client reads all that it needs, and asks nobody for anything.
        session = self._with_models(nobodys)
        for service in self.SERVICES:
            session.client(service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")

    def session(self, profile: str | None) -> Any:
        """Raises botocore's error for a profile that does not exist, and for files of the SDK that can't be read."""
        if profile is not None:
            return self._session(profile)
        if self._plain is None:
            self._plain = self._session(None)
        return self._plain

    def _session(self, profile: str | None) -> Any:
        return self._with_models(BotocoreSession(profile=profile))

    def _with_models(self, core: Any) -> Any:
        if core.get_config_variable("data_path") == self._data_path:
            core.register_component("data_loader", self.loader)
        core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
        return boto3.session.Session(botocore_session=core)


class Session:
    """What modules of one account share: clients, and whose the credentials are. Several threads may use it."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._lock = threading.RLock()
        self._sessions: dict[Any, Any] = {}
        self._clients: dict[str, Any] = {}
        self._accounts: dict[str, tuple[str, str]] = {}
        self.failed = FailedLookups(is_final)

    def client(
        self, service: str, region: str | None, endpoint_url: str | None, connection: dict[str, Any]
    ) -> Any:
        """Raises AnsibleAWSError when the options lead nowhere."""
        key = _key(service, region, endpoint_url, connection)
        arguments = dict(connection)
        profile = arguments.pop("profile_name", None)
        config = arguments.pop("aws_config", None)
        with self._lock:
            if key not in self._clients:
                try:
                    if profile not in self._sessions:
                        self._sessions[profile] = self._models.session(profile)
                    self._clients[key] = self._sessions[profile].client(
                        service, region_name=region, endpoint_url=endpoint_url, config=config, **arguments
                    )
                except (BotoCoreError, OSError, ValueError) as error:
                    # What a credential_process does, or fails at, is of the last two kinds.
                    raise AnsibleAWSError(message="Couldn't connect to AWS", exception=error) from error
            return self._clients[key]

    def account(self, connection: Any, ask: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        """Number and partition, asked for once for these connection options."""
        key = repr(connection)
        with self._lock:
            if key not in self._accounts:
                self._accounts[key] = ask()
            return self._accounts[key]


def _key(service: str, region: str | None, endpoint_url: str | None, connection: dict[str, Any]) -> str:
    return repr((service, region, endpoint_url, sorted(connection.items())))


class InProcessModule:
    """Stands in for AnsibleAWSModule: has what the collection's code asks of one."""

    def __init__(
        self,
        params: dict[str, Any],
        session: Session,
        check_mode: bool,
        diff: bool,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.params = params
        # Where progress is told; see voice_of.
        self.tell = tell
        self.check_mode = check_mode
        self._diff = diff
        self._session = session
        # Number and partition of the account, where they are known before.
        self.known_account: tuple[str, str] | None = None
        self.warnings: list[str] = []
        self.result: dict[str, Any] = {}
        # What was done, or would be, as data beside the result; see hand_on.
        self.steps: tuple[Step, ...] = ()

    def client(self, service: str, retry_decorator: Any = None, **differing: Any) -> Any:
        region, endpoint_url, connection = self._connection()
        region = differing.get("region") or region
        client = self._session.client(service, region, endpoint_url, connection)
        if retry_decorator is None:
            return client
        return RetryingBotoClientWrapper(client, self.remembering(retry_decorator, service, region))

    def remembering(self, retry: Decorator, service: str, region: str | None) -> Decorator:
        """The retry decorator for clients that ask for nothing that has failed before in the session."""
        _region, endpoint_url, connection = self._connection()
        return self._session.failed.remembering(retry, _key(service, region, endpoint_url, connection))

    def _connection(self) -> tuple[str | None, str | None, dict[str, Any]]:
        module: Any = self
        return get_aws_connection_info(module)

    @property
    def region(self) -> str | None:
        module: Any = self
        return get_aws_region(module)

    @property
    def account_info(self) -> tuple[str, str]:
        """Number and partition of the account."""
        if self.known_account is not None:
            return self.known_account
        _region, endpoint_url, connection = self._connection()
        return self._session.account((endpoint_url, sorted(connection.items())), lambda: ask_account(self))

    def take_steps(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)

    def warn(self, message: str) -> None:
        self.warnings.append(printable(message))

    def exit_json(self, **result: Any) -> NoReturn:
        self.result = result
        raise _Ended

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        self.result = {**result, "msg": msg, "failed": True}
        raise _Ended

    def fail_json_aws(self, exception: BaseException, msg: str | None = None, **_more: Any) -> NoReturn:
        raise AnsibleAWSError(message=msg or "Failed to talk to AWS", exception=exception)

    def end(self, program: Callable[[InProcessModule], None]) -> dict[str, Any]:
        """The result of a module's program, with its warnings. Secrets that an error repeats are blotted out."""
        secrets = secrets_of_options(self.params)
        remember(secrets)
        with contextlib.suppress(_Ended):
            program(self)
        result = self.result
        if result.get("failed"):
            # The error may have come from the SDK's own files rather than from a call.
            remember_surroundings()
            result = cleaned(result, secrets)
        return {**result, "warnings": cleaned(self.warnings, secrets)} if self.warnings else result
