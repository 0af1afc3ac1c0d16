# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run "ansible-test sanity" on a copy of this checkout, and fail too when it passes without having looked.

    tests/tools/run python tests/tools/sanity.py                every test, with the Python of .cache/venv
    tests/tools/run python tests/tools/sanity.py --all-pythons  what differs between Pythons, with the others found on PATH

The copy holds what git does not ignore, because ansible-test takes caches for content when there is no git, and finds no content
at all when a path above it is git-ignored - with a warning and exit code 0.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import ansible_test
import interpreters

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ["HOME"])  # set by tests/tools/run: ansible-test keeps its virtual environments there
EXPECTED_TESTS = 24
THIS_PYTHON = "{}.{}".format(*sys.version_info)
OTHER_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")

# ansible-test makes ten virtual environments with a get-pip.py from a server of its own, which not every network can reach.
# This one copies the pip of .cache/venv, in a tenth of the time.
GET_PIP = """\
import os
import shutil
import sysconfig

for path in {paths}:
    shutil.copytree(path, os.path.join(sysconfig.get_path("purelib"), os.path.basename(path)))
"""


def main() -> None:
    provide_get_pip()
    with tempfile.TemporaryDirectory(prefix="sanity-") as directory:
        content = copy_checkout(Path(directory))
        if "--all-pythons" in sys.argv[1:]:
            outcomes = [
                run(content, python, interpreter, ["--test", "compile", "--test", "import"], expected=2)
                for python, interpreter in other_pythons()
            ]
        else:
            outcomes = [run(content, THIS_PYTHON, sys.executable, [], EXPECTED_TESTS)]
    passed, failed = (sum(counts) for counts in zip(*outcomes, strict=True)) if outcomes else (0, 0)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


def provide_get_pip() -> None:
    """Put get-pip.py where ansible-test looks before it downloads one."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    packages = Path(sysconfig.get_path("purelib"))
    script = GET_PIP.format(paths=[str(path) for path in (packages / "pip", *packages.glob("pip-*.dist-info"))])
    internals = Path(ansible_test.__file__).parent / "_internal" / "python_requirements.py"
    for version in re.findall(r"pip='([\d.]+)'", internals.read_text()):
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(script)


def copy_checkout(directory: Path) -> Path:
    collections = directory / "ansible_collections"
    content = collections / "netops" / "flow_logs"
    for name in checkout_files():
        target = content / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    (collections / "amazon").mkdir()
    beside = Path(os.environ["ANSIBLE_COLLECTIONS_PATH"]) / "ansible_collections" / "amazon" / "aws"
    (collections / "amazon" / "aws").symlink_to(beside.resolve())
    return content


def checkout_files() -> list[str]:
    """Without git (an unpacked release) everything but what the tools have made."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if listing.returncode == 0:
        names = listing.stdout.rstrip("\0").split("\0")
    else:
        made = {".cache", ".venv", ".git", "__pycache__"}
        paths = (path.relative_to(ROOT) for path in ROOT.rglob("*"))
        names = [str(path) for path in paths if not made.intersection(path.parts)]
    return [name for name in names if os.path.isfile(ROOT / name)]  # git still lists a file that was just deleted


def other_pythons() -> list[tuple[str, str]]:
    """Each as version and path."""
    found = [(python, interpreters.find(python)) for python in OTHER_PYTHONS if python != THIS_PYTHON]
    return [(python, interpreter) for python, interpreter in found if interpreter]


def run(content: Path, python: str, interpreter: str, selection: list[str], expected: int) -> tuple[int, int]:
    """Returns how many tests passed and failed."""
    print(f"-- ansible-test sanity on Python {python}", flush=True)
    environment = os.environ | {
        "ANSIBLE_TEST_CONTENT_ROOT": str(content),
        "PATH": f"{os.path.dirname(interpreter)}:{os.environ['PATH']}",
    }
    command = ["ansible-test", "sanity", "--local", "--color", "no", "--python", python, *selection]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seen = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        seen.append(line)
    return_code = process.wait()
    output = "".join(seen)
    ran = len(re.findall(r"^Running sanity test", output, re.MULTILINE))
    skipped = re.findall(r"^.*Skipping sanity test.*$", output, re.MULTILINE)
    verdict = re.search(r"(\d+) sanity test\(s\) listed below", output)
    failed = int(verdict[1]) if verdict else int(return_code != 0)
    if ran < expected or "All targets skipped" in output:
        print(f"ERROR: {expected} sanity tests should have run, {ran} did")
        failed += 1
    if skipped:
        print("ERROR: these should have run:", *skipped, sep="\n  ")
        failed += len(skipped)
    return max(ran - failed, 0), failed


if __name__ == "__main__":
    main()
