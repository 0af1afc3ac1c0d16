# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ansible-playbook and tells what came of it."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Calls
from ansible_collections.netops.flow_logs.tests.functional.support.emulator import Emulator
from ansible_collections.netops.flow_logs.tests.functional.support.settings import BIN
from ansible_collections.netops.flow_logs.tests.functional.support.settings import environment
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import asked_for_stacks
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import ended
from ansible_collections.netops.flow_logs.tests.functional.support.stuck import stacks_of

TIMEOUT = 600
# Module -> where the role's action keeps what it returned.
MODULES = {
    "flow_log_iam": ("iam", "iam_removal"),
    "log_group": ("log_groups",),
    "flow_log": ("flow_logs",),
    "flow_log_iam_info": ("iam_info",),
    "insights_queries": ("insights_queries",),
}


@dataclass(frozen=True)
class Run:
    """output is all that the user sees; tasks and recap are what the record callback wrote."""

    code: int
    output: str
    tasks: list[dict[str, Any]]
    recap: dict[str, dict[str, int]]
    calls: Calls = field(default_factory=Calls)
    # What Ansible wrote to its log: progress is there where there is no terminal.
    log: str = ""

    @property
    def changed(self) -> int:
        return sum(host["changed"] for host in self.recap.values())

    @property
    def failed_hosts(self) -> list[str]:
        return [name for name, host in self.recap.items() if host["failures"] or host["unreachable"]]

    def of(self, module: str) -> list[dict[str, Any]]:
        """What the collection's module of this name returned, by itself or within the role, in their order."""
        results = [task["result"] for task in self.tasks if task["action"] == f"netops.flow_logs.{module}"]
        return results + [
            outcome[part]
            for outcome in self.outcomes
            for part in MODULES[module]
            if outcome.get(part) and not (part == "iam" and ("delivery" in outcome or "folder" in outcome))
        ]

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What the role did, for each account and delivery."""
        done = [task["result"] for task in self.tasks if task["action"] == "netops.flow_logs.converge"]
        return [outcome for result in done for outcome in result.get("outcomes", [])]

    @property
    def actions(self) -> list[str]:
        """What the modules did, or in check mode would do."""
        return [action for module in MODULES for result in self.of(module) for action in result.get("actions", [])]

    @property
    def module_runs(self) -> int:
        return sum(len(self.of(module)) for module in MODULES)

    def registered(self, name: str) -> dict[str, Any]:
        """The result of the task of this name."""
        (result,) = [task["result"] for task in self.tasks if task["task"] == name]
        return dict(result)

    def failures_of(self, host: str) -> str:
        """The messages with which Ansible failed the host."""
        failed = [task for task in self.tasks if task["host"] == host and task["status"] == "failed"]
        return "\n".join(str(task["result"].get("msg", "")) for task in failed)

    @property
    def failures(self) -> str:
        """The messages of all hosts that failed."""
        return "\n".join(filter(None, map(self.failures_of, self.failed_hosts)))

    def succeeded(self) -> Run:
        assert self.code == 0, self.output
        assert "Traceback" not in self.output, self.output
        return self

    def failed(self) -> Run:
        assert self.code not in (0, 4), self.output
        assert "Traceback" not in self.output, self.output
        return self


class Running:
    """A playbook that was started."""

    def __init__(self, process: subprocess.Popen[str], record: Path, emulator: Emulator, log: Path | None = None) -> None:
        self.process = process
        self.record = record
        self.emulator = emulator
        self.log = log

    def wait(self) -> Run:
        output, _none = ended(self.process, TIMEOUT, stacks_of(self.record))
        lines = (
            [json.loads(line) for line in self.record.read_text("utf-8").splitlines()] if self.record.exists() else []
        )
        recap: dict[str, dict[str, int]] = next((line["recap"] for line in lines if "recap" in line), {})
        tasks = [line for line in lines if "task" in line]
        log = self.log.read_text("utf-8") if self.log and self.log.exists() else ""
        return Run(self.process.returncode, output, tasks, recap, self.emulator.calls, log)


class Ansible:
    """Playbooks in an empty directory of their own."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self.emulator = emulator
        self.directory = directory
        self._numbers = itertools.count(1)
        self._settings = self.write("ansible.cfg", "[defaults]\npipelining = true\n")

    def write(self, name: str, content: Any) -> Path:
        """YAML (JSON is YAML) or text."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), "utf-8")
        return path

    def start(
        self,
        play: str | Sequence[Mapping[str, Any]],
        inventory: Any = None,
        arguments: Sequence[str] = (),
        env: Mapping[str, str | None] | None = None,
    ) -> Running:
        """play: the name of a playbook of a collection, or plays. An env value of None removes the variable."""
        number = next(self._numbers)
        playbook = play if isinstance(play, str) else str(self.write(f"play{number}.yml", list(play)))
        where = self.write(f"inventory{number}.json", inventory or {"all": {}})
        record = self.directory / f"record{number}.jsonl"
        log = self.directory / f"log{number}.txt"
        variables: dict[str, str | None] = {
            **environment(self.emulator.url),
            "ANSIBLE_CONFIG": str(self._settings),
            "ANSIBLE_HOME": str(self.directory / "ansible"),
            "FLOW_LOGS_TEST_RECORD": str(record),
            "ANSIBLE_LOG_PATH": str(log),
            **(env or {}),
        }
        process = subprocess.Popen(
            [str(BIN / "ansible-playbook"), "-i", str(where), playbook, *arguments],
            cwd=self.directory,
            env=asked_for_stacks({name: value for name, value in variables.items() if value is not None}, stacks_of(record)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        return Running(process, record, self.emulator, log)

    def run(
        self,
        play: str | Sequence[Mapping[str, Any]],
        inventory: Any = None,
        arguments: Sequence[str] = (),
        env: Mapping[str, str | None] | None = None,
    ) -> Run:
        """Runs to the end; only the calls of this run count."""
        self.emulator.forget()
        return self.start(play, inventory, arguments, env).wait()
