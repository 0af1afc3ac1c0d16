# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the README tells a newcomer to type, typed: its inventory, its commands, on an emulator that has the README's network."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import boto3

from tests.emulator import AwsLike

REGION = "eu-west-1"
SHOP_VPC, SHOP_SUBNET, BANK_VPC = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718", "vpc-0f1e2d3c4b5a69788"
RECAP = re.compile(r"^\S+ +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+) ", re.MULTILINE)


class Wrong(Exception):
    """The README promises something else."""


@dataclass
class Readme:
    text: str

    @property
    def inventory(self) -> str:
        return self._block("yaml", "# inventory.yml")

    @property
    def told(self) -> str:
        """What the first real run is said to tell, from the heading of the task on."""
        return self._block("text", "TASK [")

    def command(self, *words: str) -> list[str]:
        """The first ansible-playbook command that has these words and, of the others that matter, none."""
        for line in re.findall(r"^ *\$ (ansible-playbook .*)$", self.text, re.MULTILINE):
            typed = shlex.split(line, comments=True)
            if set(words) <= set(typed) and ("--check" in typed) == ("--check" in words) and "inventory.yml" in typed:
                return typed
        raise Wrong(f"README.md has no ansible-playbook command with {' '.join(words)}")

    def _block(self, language: str, beginning: str) -> str:
        pattern = rf"^( *)```{language}\n(\1{re.escape(beginning)}.*?)^\1```$"
        found = re.search(pattern, self.text, re.MULTILINE | re.DOTALL)
        if found is None:
            raise Wrong(f"README.md has no {language} block that begins with {beginning!r}")
        return textwrap.dedent(found[2])


def follow(readme: Path, directory: Path, programs: Path, collections: Path) -> None:
    """Raises Wrong as soon as something is not as the README says."""
    guide = Readme(readme.read_text("utf-8"))
    (directory / "inventory.yml").write_text(guide.inventory, "utf-8")
    with _network() as aws:
        typist = _Typist(directory, programs, collections, aws)
        apply, remove = "netops.flow_logs.apply", "netops.flow_logs.remove"
        look = typist.types(guide.command(apply, "--check", "--diff"))
        _expect(look.changed > 0 and not look.writes, "apply --check --diff predicts changes and writes nothing")
        done = typist.types(guide.command(apply))
        _expect(done.changed == look.changed, "apply changes what was predicted")
        _expect(_masked(guide.told) in _masked(done.output), f"apply tells what the README shows:\n{done.output}")
        owners = _owners(aws)
        _expect(owners == {SHOP_VPC, SHOP_SUBNET, BANK_VPC}, f"each target has a flow log: {owners}")
        again = typist.types(guide.command(apply))
        _expect(again.changed == 0 and not again.writes, "apply again changes nothing")
        look = typist.types(guide.command(remove, "--check", "--diff"))
        _expect(look.changed > 0 and not look.writes, "remove --check --diff predicts changes and writes nothing")
        typist.types(guide.command(remove))
        _expect(_owners(aws) == {BANK_VPC}, "remove --limit shop leaves the bank alone")
        again = typist.types(guide.command(apply, "--check", "--diff"))
        _expect(again.changed > 0, "and apply would bring them back")


@dataclass
class _Run:
    output: str
    changed: int
    writes: list[str]


@dataclass
class _Typist:
    """Types commands in an empty directory, with nothing on PATH and in the environment but what was installed."""

    directory: Path
    programs: Path
    collections: Path
    aws: AwsLike

    def types(self, command: list[str]) -> _Run:
        print("$", shlex.join(command), flush=True)
        self.aws.forget()
        program = str(self.programs / command[0])
        environment = surroundings(self.directory, self.programs, self.collections) | {
            "AWS_ENDPOINT_URL": self.aws.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing-secret-key",
        }
        done = subprocess.run(
            [program, *command[1:]], cwd=self.directory, env=environment, check=False, capture_output=True, text=True
        )
        recap = [tuple(map(int, counts)) for counts in RECAP.findall(done.stdout)]
        if done.returncode or not recap or any(unreachable or failed for _changed, unreachable, failed in recap):
            raise Wrong(f"ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        if "WARNING" in done.stdout + done.stderr:
            raise Wrong(f"warns:\n{done.stdout}\n{done.stderr}")
        writes = [str(name) for name in self.aws.calls.mutating]
        return _Run(done.stdout, sum(changed for changed, _unreachable, _failed in recap), writes)


def surroundings(directory: Path, programs: Path, collections: Path) -> dict[str, str]:
    """An environment that knows nothing of a checkout."""
    kept = {name: os.environ[name] for name in ("LC_ALL", "NO_PROXY", "no_proxy") if name in os.environ}
    return kept | {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(directory),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def _network() -> Iterator[AwsLike]:
    """Two VPCs and a subnet with the ids that the README has."""
    vpcs, subnets = iter((SHOP_VPC, BANK_VPC)), iter((SHOP_SUBNET,))
    with AwsLike() as aws:
        ec2 = _client(aws)
        ec2.describe_vpcs()  # makes the default VPC, which may have any id
        with (
            mock.patch("moto.ec2.models.vpcs.random_vpc_id", lambda: next(vpcs)),
            mock.patch("moto.ec2.models.subnets.random_subnet_id", lambda: next(subnets)),
        ):
            web = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            ec2.create_vpc(CidrBlock="10.1.0.0/16")
            ec2.create_subnet(VpcId=web, CidrBlock="10.0.1.0/24")
        ec2.create_tags(Resources=[web], Tags=[{"Key": "Name", "Value": "web"}])
        ec2.create_tags(Resources=[BANK_VPC], Tags=[{"Key": "Name", "Value": "payments"}])
        yield aws


def _client(aws: AwsLike) -> Any:
    session = boto3.session.Session(
        aws_access_key_id="testing", aws_secret_access_key="testing-secret-key", region_name=REGION
    )
    return session.client("ec2", endpoint_url=aws.url)


def _owners(aws: AwsLike) -> set[str]:
    return {flow_log["ResourceId"] for flow_log in _client(aws).describe_flow_logs()["FlowLogs"]}


def _masked(output: str) -> str:
    """Without what differs from run to run: ids of flow logs, and the line of stars after a heading."""
    return re.sub(r"\*+", "", re.sub(r"fl-[0-9a-f]{17}", "fl-", output)).replace(" \n", "\n").strip()


def _expect(holds: bool, what: str) -> None:
    if not holds:
        raise Wrong(f"not so: {what}")
