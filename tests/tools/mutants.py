# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make one small mistake at a time in the files that decide, and see whether their unit tests notice.

    tests/tools/run python tests/tools/mutants.py              all files
    tests/tools/run python tests/tools/mutants.py _plan ...    these

A mutant that survives has to be explained in tests/tools/mutants_explained.yml, or it counts as failed. Each mutant is a fork of one
process that has the libraries in memory, so that it costs what its tests cost.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from mutations import mutations

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
EXPLAINED = Path(__file__).with_name("mutants_explained.yml")
RESULTS = CACHE / "quality" / "mutants.json"
PACKAGE = "ansible_collections.netops.flow_logs.plugins"
# The files that decide, pure all of them; each has unit tests of its name.
FILES = (
    "module_utils/_audit/coverage",
    "module_utils/_audit/health",
    "module_utils/_iam/plan",
    "module_utils/_iam/removal",
    "module_utils/_flow_log/destination",
    "module_utils/_audit/info",
    "module_utils/_flow_log/plan",
    "module_utils/_flow_log/removal",
    "module_utils/_core/hints",
    "module_utils/_insights/plan",
    "module_utils/_flow_log/log_format",
    "module_utils/_log_group/plan",
    "module_utils/_log_group/removal",
    "module_utils/_target/template",
    "module_utils/_core/plan",
    "module_utils/_audit/roles",
    "plugin_utils/_hosts/deliveries",
)
TIMEOUT = 60
KILLED, SURVIVED, TOO_LONG = "killed", "survived", "too long"


@dataclass(frozen=True)
class Subject:
    name: str

    @property
    def source(self) -> Path:
        return ROOT / "plugins" / f"{self.name}.py"

    @property
    def module(self) -> str:
        return f"{PACKAGE}.{self.name.replace('/', '.')}"

    @property
    def tests(self) -> str:
        folder, _slash, stem = self.name.partition("/")
        return f"tests/unit/plugins/{folder}/test_{stem.lstrip('_')}.py"


class Planted(importlib.machinery.SourceFileLoader, importlib.abc.MetaPathFinder):
    """Loads one module from a tree in place of its file."""

    def __init__(self, subject: Subject, tree: ast.Module) -> None:
        super().__init__(subject.module, str(subject.source))
        self.tree = tree
        self.loaded = False

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, _name: str) -> Any:
        self.loaded = True
        return compile(ast.fix_missing_locations(self.tree), self.path, "exec")


def main() -> None:
    load_libraries()
    wanted = [Subject(name) for name in FILES if not sys.argv[1:] or name.split("/")[1] in sys.argv[1:]]
    explained = yaml.safe_load(EXPLAINED.read_text()) or {}
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    passed = failed = 0
    for subject in wanted:
        began = time.monotonic()
        result = results[subject.name] = examine(subject, explained.get(subject.name, {}))
        good = result["mutants"] - len(result["unexplained"])
        passed, failed = passed + good, failed + len(result["unexplained"])
        print(
            f"{subject.name:38} {result['mutants']:4} mutants, {result['killed']:4} killed, "
            f"{len(result['explained'])} explained, {len(result['unexplained'])} unexplained, {time.monotonic() - began:.0f} s"
        )
        for survivor in result["unexplained"]:
            print(f"  plugins/{subject.name}.py:{survivor['line']}: {survivor['name']}")
        print("".join(f"  no longer survives: {name}\n" for name in result["stale"]), end="", flush=True)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def load_libraries() -> None:
    """All that the tests import, except what is tested."""
    sys.path[:0] = [str(CACHE), str(ROOT)]
    for name in (
        "ansible.module_utils.basic",
        "ansible_collections.amazon.aws.plugins.module_utils.modules",
        "boto3",
        "botocore.stub",
        "hypothesis.strategies",
        "moto",
        "_pytest.assertion.rewrite",
    ):
        importlib.import_module(name)


def examine(subject: Subject, explained: dict[str, str]) -> dict[str, Any]:
    verdict = attempt(subject, None)
    if verdict != SURVIVED:
        sys.exit(f"ERROR: {subject.tests} does not pass as it is ({verdict})")
    source = subject.source.read_text("utf-8")
    found = mutations(ast.parse(source))
    verdicts = side_by_side(subject, len(found))
    counted = Counter(verdicts)
    survivors = [mutation for mutation, verdict in zip(found, verdicts, strict=True) if verdict == SURVIVED]
    told = [{"line": mutation.line, "name": mutation.name(source.splitlines())} for mutation in survivors]
    names = {str(each["name"]) for each in told}
    return {
        "mutants": len(found),
        "killed": counted[KILLED] + counted[TOO_LONG],
        "explained": [{**each, "why": explained[str(each["name"])]} for each in told if each["name"] in explained],
        "unexplained": [each for each in told if each["name"] not in explained],
        "stale": sorted(set(explained) - names),
    }


def side_by_side(subject: Subject, count: int) -> list[str]:
    """A fork for each mutant, as many at a time as there are processors."""
    verdicts = [""] * count
    running: dict[int, int] = {}
    following = iter(range(count))
    while True:
        while len(running) < (os.cpu_count() or 1) and (number := next(following, None)) is not None:
            running[start(subject, number)] = number
        if not running:
            return verdicts
        pid, status = os.wait()
        verdicts[running.pop(pid)] = verdict_of(status)


def attempt(subject: Subject, number: int | None) -> str:
    _pid, status = os.waitpid(start(subject, number), 0)
    return verdict_of(status)


def start(subject: Subject, number: int | None) -> int:
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            signal.alarm(TIMEOUT)
            code = be_a_mutant(subject, number)
        finally:
            os._exit(code)
    return pid


def be_a_mutant(subject: Subject, number: int | None) -> int:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.chdir(ROOT)
    tree = ast.parse(subject.source.read_text("utf-8"))
    if number is not None:
        mutations(tree)[number].make()
    planted = Planted(subject, tree)
    sys.meta_path.insert(0, planted)
    code = int(pytest.main(["-x", "-q", "--no-header", "--assert=plain", "--tb=no", "-p", "no:xdist", "-p", "no:cov", subject.tests]))
    return code if planted.loaded else 99


def verdict_of(status: int) -> str:
    """pytest ends with 1 when a test failed, with 2 when the tests could not even be imported."""
    if os.WIFSIGNALED(status):
        return TOO_LONG
    code = os.WEXITSTATUS(status)
    if code not in (0, 1, 2, 4):
        sys.exit(f"ERROR: the tests of a mutant ended with {code}")
    return KILLED if code else SURVIVED


if __name__ == "__main__":
    main()
