# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator with an estate of VPCs in it: python -m tests.bench.emulator TARGETS ACCOUNTS [REGIONS]

It makes the estate once and prints it. Each line on standard input, an Order as JSON, forks a child that serves the estate as it
was in the beginning and has used no CPU time yet; the next line, or the end of standard input, stops that child.

A process of Python works on one call at a time. An organisation, with many calls at once, is therefore served by several processes,
each for some of the accounts; the child has an address in front of them (router.py).
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse

import boto3
from moto.ec2.models import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends

from ..emulator.aws_like import AwsLike
from ..emulator.calls import NOT_RECORDED
from ..emulator.corrections import flow_log_request
from ..emulator.named_scenarios import scenario_named
from .estate import REGION
from .estate import ROLE
from .estate import TRUST
from .estate import Size
from .estate import account_ids
from .estate import plan
from .router import Router


@dataclass(frozen=True)
class Order:
    """How to serve. role: every account has the role already. any_number: CreateFlowLogs takes more than 300 ids.

    processes: so many share the accounts.
    """

    delay_ms: float
    role: bool = False
    any_number: bool = False
    processes: int = 1


class Bench(AwsLike):
    """Tells what came of a run, too: GET /bench/."""

    def __init__(self, order: Order, accounts: tuple[str, ...]) -> None:
        scenario = scenario_named("plain")
        scenario.delay_ms = order.delay_ms
        self.accounts = accounts
        super().__init__(scenario)

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/bench/":
            return super()._answer(environ, start_response)
        body = json.dumps(_what_there_is(self.accounts)).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def main(size: Size) -> None:
    """Serves until standard input ends."""
    _make_moto_quicker()
    projects = [
        (account, region, name, _make_vpcs(account, region, name, count)) for account, region, name, count in plan(size)
    ]
    gc.collect()
    gc.freeze()  # a child would copy all of it, only to count references
    print(json.dumps(projects), flush=True)
    alive: int | None = None
    for line in sys.stdin:
        _end(alive)
        alive = _fork(Order(**json.loads(line)), account_ids(size.accounts))
    _end(alive)


def _fork(order: Order, accounts: tuple[str, ...]) -> int:
    """Returns the end of a pipe that keeps a child alive; the child prints the address to call."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(reading)
        return writing
    os.close(writing)
    url = _serve(order, accounts) if order.processes == 1 else _serve_in_processes(order, accounts)
    print(json.dumps(url), flush=True)
    os.read(reading, 1)
    os._exit(0)


def _serve(order: Order, accounts: tuple[str, ...]) -> str:
    """Serves these accounts in this process; returns the address."""
    if order.role:
        for account in accounts:
            _make_role(account)
    if order.any_number:
        flow_log_request._validate_count = lambda *_arguments: None
    aws = Bench(order, accounts)
    _wake(aws.url)
    return aws.url


def _serve_in_processes(order: Order, accounts: tuple[str, ...]) -> str:
    """Each process has its share of the accounts, and ends with this one. Returns the address in front of them."""
    shares = [accounts[number :: order.processes] for number in range(order.processes)]
    ports = {share: _fork_share(order, share) for share in shares if share}
    return Router({account: port for share, port in ports.items() for account in share}).url


def _fork_share(order: Order, accounts: tuple[str, ...]) -> int:
    """The port of a new process, which lives as long as this one."""
    # Nobody writes to the first pipe: it is read to its end, which comes when this process ends.
    alive, _kept_open = os.pipe()
    reading, writing = os.pipe()
    if os.fork():
        os.close(alive)
        os.close(writing)
        with os.fdopen(reading) as address:
            return int(address.read().rpartition(":")[2])
    os.close(_kept_open)
    url = _serve(order, accounts)
    with os.fdopen(writing, "w") as address:
        address.write(url)
    os.read(alive, 1)
    os._exit(0)


def _wake(url: str) -> None:
    """Lets moto load what it loads at the first call of each service. These calls are not recorded."""
    session = boto3.session.Session("bench", "bench", region_name=REGION)
    session.events.register("before-call", lambda params, **_more: params["headers"].update({NOT_RECORDED: "yes"}))
    session.client("sts", endpoint_url=url).get_caller_identity()
    session.client("iam", endpoint_url=url).list_roles()
    session.client("logs", endpoint_url=url).describe_log_groups()
    session.client("ec2", endpoint_url=url).describe_flow_logs()


def _end(alive: int | None) -> None:
    if alive is not None:
        os.close(alive)
        os.wait()


def _make_moto_quicker() -> None:
    """Without this, moto looks through all tags for each resource, which takes minutes for some thousands of VPCs."""

    def get_tags(self: Any) -> list[dict[str, str]]:
        own = self.ec2_backend.tags.get(self.id, {})
        return [{"resource_id": self.id, "key": key, "value": value} for key, value in own.items()]

    TaggedEC2Resource.get_tags = get_tags


def _make_vpcs(account: str, region: str, project: str, count: int) -> list[str]:
    backend: Any = ec2_backends[account][region]
    # moto compares a new VPC's security group with those of all other VPCs.
    backend.get_security_group_from_id = lambda *_arguments, **_options: None
    try:
        return [
            backend.create_vpc(
                "10.0.0.0/16",
                tags=[{"Key": "Name", "Value": f"{project}-{number}"}, {"Key": "project", "Value": project}],
            ).id
            for number in range(count)
        ]
    finally:
        del backend.get_security_group_from_id


def _make_role(account: str) -> None:
    iam_backends[account]["aws"].create_role(ROLE, json.dumps(TRUST), "/", None, "", [], None)


def _what_there_is(accounts: tuple[str, ...]) -> dict[str, int]:
    """covered: VPCs with a flow log; surplus: flow logs beyond one for each of them."""
    logs = [
        log.resource_id
        for account in accounts
        for backend in ec2_backends[account].values()
        for log in backend.flow_logs.values()
    ]
    groups = [
        group
        for account in accounts
        for backend in logs_backends[account].values()
        for group in backend.groups.values()
    ]
    return {
        "covered": len(set(logs)),
        "surplus": len(logs) - len(set(logs)),
        "log_groups": len(groups),
        "log_groups_with_retention": sum(bool(group.retention_in_days) for group in groups),
        "roles": sum(len(iam_backends[account]["aws"].roles) for account in accounts),
    }


if __name__ == "__main__":
    main(Size(*map(int, sys.argv[1:])))
