# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request on its way to moto."""

from __future__ import annotations

import functools
import json
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

from .calls import Call
from .errors import Answer
from .world import World


class Request:
    """A call, the moto object that would answer it, and the moto state that it is about."""

    def __init__(self, call: Call, response: Any, world: World) -> None:
        self.call = call
        self.response = response
        self.world = world

    @functools.cached_property
    def arguments(self) -> dict[str, Any]:
        """The call's arguments under AWS's names, as a boto3 user gives them."""
        if self.call.is_json:
            return self.call.parameters
        parsed: Any = getattr(self.response, "params", {})
        return dict(parsed.original_dict() if hasattr(parsed, "original_dict") else parsed)

    @property
    def account(self) -> str:
        return self.call.account

    @property
    def region(self) -> str:
        return self.call.region

    @property
    def partition(self) -> str:
        return str(get_partition(self.region))

    @property
    def ec2(self) -> Any:
        """moto's EC2 state of the account and region."""
        return ec2_backends[self.account][self.region]

    @property
    def iam(self) -> Any:
        """moto's IAM state of the account."""
        return iam_backends[self.account][self.partition]

    @property
    def logs(self) -> Any:
        """moto's CloudWatch Logs state of the account and region."""
        return logs_backends[self.account][self.region]

    def answer(self, result: Any) -> Answer:
        """An answer of these members, in the service's protocol."""
        if self.call.is_json and not isinstance(result, Exception):
            # moto's serializer would look for absent members under other names.
            members = {name: value for name, value in (result or {}).items() if value is not None}
            return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(members)
        status, headers, body = self.response.serialized(ActionResult(result))
        headers, body = self.response._enrich_response(headers, body)
        return int(status), headers, body

    def moto_result(self) -> Any:
        """moto's own answer before it is put on the wire."""
        return getattr(self.response, camelcase_to_underscores(self.call.operation))().result

    def moto_error(self, error: ServiceException) -> Answer:
        """An exception of moto, as moto puts it on the wire."""
        return self.answer(error)
