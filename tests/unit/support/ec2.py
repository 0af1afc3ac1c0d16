# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An EC2 that knows flow logs, in memory, and can be told to fail in the ways in which AWS does.

Every request is checked against botocore's model of EC2. It has the methods of a client, so that it can be wrapped for
retries; unlike a script it does not mind in which order calls come that go side by side.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

from botocore.validate import ParamValidator

from ansible_collections.netops.flow_logs.tests.unit.support.clients import client_error
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client

ALREADY_EXISTS = "Error. There is an existing Flow Log with the same configuration and log destination."
UNASSUMABLE = "Unable to assume given IAM role: 'arn:aws:iam::123456789012:role/r'"

# Told of a request's parameters: raises, or returns Unsuccessful as resource id -> (code, message), or nothing.
Rule = Callable[[dict[str, Any]], "dict[str, tuple[str, str]] | None"]


# What DescribeFlowLogs filters by, and its name in the answer.
FILTERED = {"resource-id": "ResourceId", "flow-log-id": "FlowLogId"}


class FakeEc2:
    def __init__(self) -> None:
        self.logs: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.rules: dict[str, list[Rule]] = {}
        # What makes two flow logs the same to AWS; by default they differ in their settings.
        self.same = ("ResourceId", "LogGroupName", "TrafficType", "MaxAggregationInterval", "LogFormat")
        # Resources that had no flow log to a log group at some moment after they had one.
        self.uncovered: set[str] = set()
        # For how many looks a new flow log does not show.
        self.lag = 0
        self._lock = threading.Lock()
        self._number = 0

    # What tests ask and tell.

    def add(self, resource_id: str, **settings: Any) -> str:
        """A flow log that is there from the beginning."""
        return self._add(resource_id, {"LogDestinationType": "cloud-watch-logs", "LogGroupName": "/x", **settings}, {})

    def of(self, resource_id: str) -> list[dict[str, Any]]:
        return [log for log in self.logs.values() if log["ResourceId"] == resource_id]

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _request in self.calls)

    def sent(self, operation: str, member: str) -> list[Any]:
        return [request[member] for name, request in self.calls if name == operation]

    def on(self, operation: str, *rules: Rule) -> None:
        self.rules.setdefault(operation, []).extend(rules)

    # The client's methods.

    def create_flow_logs(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            unsuccessful = self._take("CreateFlowLogs", request)
            made = []
            for resource_id in request["ResourceIds"]:
                if resource_id in unsuccessful:
                    continue
                settings = {
                    name: value
                    for name, value in request.items()
                    if name not in ("ResourceIds", "ResourceType", "ClientToken", "TagSpecifications")
                }
                wanted = {**settings, "ResourceId": resource_id}
                if any(all(log.get(name) == wanted.get(name) for name in self.same) for log in self.of(resource_id)):
                    raise client_error("FlowLogAlreadyExists", ALREADY_EXISTS)
                [specification] = request.get("TagSpecifications", [{"Tags": []}])
                tags = {tag["Key"]: tag["Value"] for tag in specification["Tags"]}
                made.append(self._add(resource_id, settings, tags))
            return {"FlowLogIds": made, "Unsuccessful": _entries(unsuccessful)}

    def delete_flow_logs(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            unsuccessful = self._take("DeleteFlowLogs", request)
            if not request["FlowLogIds"]:
                raise client_error("InvalidParameterValue", "Value null at 'flowLogId' has an invalid format")
            for flow_log_id in request["FlowLogIds"]:
                if flow_log_id in unsuccessful:
                    continue
                if flow_log_id not in self.logs:
                    unsuccessful[flow_log_id] = ("InvalidFlowLogId.NotFound", f"not found: {flow_log_id}")
                    continue
                resource_id = self.logs.pop(flow_log_id)["ResourceId"]
                if not self.of(resource_id):
                    self.uncovered.add(resource_id)
            return {"Unsuccessful": _entries(unsuccessful)}

    def describe_flow_logs(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            self._take("DescribeFlowLogs", {**request, "Filter": request["Filters"]}, "Filters")
            [(member, values)] = [(FILTERED[each["Name"]], each["Values"]) for each in request["Filters"]]
            shown = []
            for log in self.logs.values():
                if log[member] in values:
                    if log["_hidden"] > 0:
                        log["_hidden"] -= 1
                    else:
                        shown.append({key: value for key, value in log.items() if key != "_hidden"})
            return {"FlowLogs": shown}

    def describe_vpcs(self, **request: Any) -> dict[str, Any]:
        """Every one that is asked for exists."""
        self._take("DescribeVpcs", request)
        [values] = [each["Values"] for each in request["Filters"]]
        return {"Vpcs": [{"VpcId": value} for value in values]}

    def create_tags(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            self._take("CreateTags", request)
            for log in self._existing(request["Resources"]):
                tags = {tag["Key"]: tag for tag in [*log["Tags"], *request["Tags"]]}
                log["Tags"] = list(tags.values())
            return {}

    def delete_tags(self, **request: Any) -> dict[str, Any]:
        with self._lock:
            self._take("DeleteTags", request)
            keys = {tag["Key"] for tag in request["Tags"]}
            for log in self._existing(request["Resources"]):
                log["Tags"] = [tag for tag in log["Tags"] if tag["Key"] not in keys]
            return {}

    # How it does it.

    def _take(self, operation: str, request: dict[str, Any], *renamed: str) -> dict[str, tuple[str, str]]:
        request = {name: value for name, value in request.items() if name not in renamed}
        shape = real_client("ec2").meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(request, shape)
        assert not report.has_errors(), report.generate_report()
        self.calls.append((operation, request))
        unsuccessful: dict[str, tuple[str, str]] = {}
        for rule in self.rules.get(operation, []):
            unsuccessful.update(rule(request) or {})
        return unsuccessful

    def _add(self, resource_id: str, settings: dict[str, Any], tags: dict[str, str]) -> str:
        self._number += 1
        flow_log_id = f"fl-{self._number:08}"
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.logs[flow_log_id] = {
            **settings,
            "FlowLogId": flow_log_id,
            "ResourceId": resource_id,
            "Tags": settings.get("Tags", listed),
            "_hidden": self.lag,
        }
        return flow_log_id

    def _existing(self, flow_log_ids: Iterable[str]) -> list[dict[str, Any]]:
        for flow_log_id in flow_log_ids:
            if flow_log_id not in self.logs:
                raise client_error("InvalidFlowLogId.NotFound", f"not found: {flow_log_id}", "CreateTags")
        return [self.logs[flow_log_id] for flow_log_id in flow_log_ids]


def _entries(unsuccessful: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"ResourceId": resource_id, "Error": {"Code": code, "Message": message}}
        for resource_id, (code, message) in unsuccessful.items()
    ]


# Ways to fail.


def times(number: int, rule: Rule) -> Rule:
    """The rule for the first calls only."""
    left = [number]

    def limited(request: dict[str, Any]) -> dict[str, tuple[str, str]] | None:
        left[0] -= 1
        return rule(request) if left[0] >= 0 else None

    return limited


def fails(code: str, message: str, for_any_of: Iterable[str] | None = None) -> Rule:
    """An exception for the whole call, when it has one of the resources; message may name {id}, the first of them."""
    marked = None if for_any_of is None else list(for_any_of)

    def rule(request: dict[str, Any]) -> None:
        ids = request.get("ResourceIds") or request.get("FlowLogIds") or request.get("Resources")
        hit = [each for each in ids if marked is None or each in marked]
        if hit:
            raise client_error(code, message.format(id=hit[0]))

    return rule


def refuses(code: str, message: str, for_each_of: Iterable[str] | None = None) -> Rule:
    """Entries in Unsuccessful for those of the resources."""
    marked = None if for_each_of is None else list(for_each_of)

    def rule(request: dict[str, Any]) -> dict[str, tuple[str, str]]:
        ids = request.get("ResourceIds") or request.get("FlowLogIds")
        return {each: (code, message) for each in ids if marked is None or each in marked}

    return rule
