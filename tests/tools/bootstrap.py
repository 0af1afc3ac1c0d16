# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Set up everything the Makefile uses in .cache. Needs nothing but Python's standard library.

    .cache/venv                                  the tools, from tests/locked-LEVEL.txt, each file checked by its hash
    .cache/ansible_collections/amazon/aws        the collection ours builds on
    .cache/ansible_collections/netops/flow_logs  a link to this checkout, so that edits are live

Run again it does nothing, or only what changed.
"""

# Read by old Pythons too, which must get as far as the message that they are too old.
import ast
import configparser
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

OLDEST_PYTHON = (3, 11)
LEVELS = {
    "demo": ["locked-demo.txt"],
    "test": ["locked-demo.txt", "locked-test.txt"],
    "site": ["locked-demo.txt", "locked-test.txt", "locked-site.txt"],
}
# amazon.aws is not on PyPI by itself, but the "ansible" wheel carries it.
ANSIBLE = "14.5.0"
# Of each release that is used here or in the matrix: the hashes of its wheel and its source.
ANSIBLE_HASHES = {
    "11.0.0": (
        "367f6acc8e927575f1ce31c3f3c23f0ed15b1d03086997803226cd948745dce2",
        "d6b3929f9954e49387870a4da290dbfa38a1f56ea6d4bf24c9a2765d2897db79",
    ),
    "11.13.0": (
        "7f1c9c6a6026ff214d9240647e4d2b019b2a9d4c7a2bc733932bcf92af80ab04",
        "c15a046c851c22e8430783bdbcb8f6603c35f0d7c766992ca0a6a9ed975e4a9a",
    ),
    "12.3.0": (
        "02721f6fb432ddd47f1044ac49b04b5e9ae08890bd427def8df3db1607aeec51",
        "cd156f82fa87f7a899212b0efa9f7ca3a24d609212de9f78428a572eb01e5414",
    ),
    "13.8.0": (
        "41793dcd0f1cb4891a80e196e1f1fb16947cb2554d52b25d812cf38548da603c",
        "daf9c9a2850bbc6c098ba3368aeba99d4ae37c90bca47f974dc19342c0571361",
    ),
    "14.5.0": (
        "245623ccc2d31d0f6f4bdb63168d550cad305fb032cc43d96e8f61ce8ab0ba84",
        "daeafe730cb2cf82ebe1a1a30960dcdfc0d624c497eb96d57d81713ec19ef19f",
    ),
}

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
CACHE = ROOT / ".cache"
VENV = CACHE / "venv"
VENV_STAMP = CACHE / "venv.json"
COLLECTIONS = CACHE / "ansible_collections"
HOME = CACHE / "home"  # of the tools: see tests/tools/run
AMAZON_STAMP = CACHE / "amazon.aws.txt"


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        fail("usage: bootstrap.py " + "|".join(LEVELS))
    if sys.version_info < OLDEST_PYTHON:
        oldest, this = (".".join(str(part) for part in version[:2]) for version in (OLDEST_PYTHON, sys.version_info))
        fail(f"Python {oldest} or newer is needed and this is {this}; name another: make PYTHON=python3.12 ...")
    if Path(sys.prefix) == VENV:  # somebody activated it: it cannot rebuild itself
        os.execv(sys._base_executable, [sys._base_executable, __file__, *arguments])
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "setup.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_tools(arguments[0])
        unpack_amazon_aws(ANSIBLE, COLLECTIONS / "amazon" / "aws", AMAZON_STAMP)
        link_checkout()


def install_tools(level):
    """The stamp says what is installed. It is absent while we work, so an interrupted run starts over."""
    installed = json.loads(VENV_STAMP.read_text()) if VENV_STAMP.exists() else {}
    if installed.get(level) == digest(level):
        return
    VENV_STAMP.unlink(missing_ok=True)
    if not installed or any(installed[known] != digest(known) for known in installed):
        make_venv()
    keep_pip_settings()
    say(f"installing tests/locked-{level}.txt into .cache/venv (half a minute)")
    # Everything is in the file, so nothing is left to resolve: pip would take an extra of a package for another, unhashed, release.
    pip("install", "--no-compile", "--no-deps", "--require-hashes", "--requirement", str(TESTS / f"locked-{level}.txt"))
    included = [name for name in LEVELS if set(LEVELS[name]) <= set(LEVELS[level])]
    VENV_STAMP.write_text(json.dumps({name: digest(name) for name in included}))


def digest(level):
    """Changes with the requirements, the Python and the place of the checkout, which scripts in a venv know."""
    seen = hashlib.sha256(f"{sys.version} {VENV}".encode())
    for name in LEVELS[level]:
        seen.update((TESTS / name).read_bytes())
    return seen.hexdigest()


def make_venv():
    # Debian and Ubuntu leave it out of python3.
    if not all(importlib.util.find_spec(name) for name in ("ensurepip", "venv")):
        fail("this Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv")
    import venv

    say(f"making .cache/venv with {sys.executable}")
    venv.create(VENV, clear=True, symlinks=True, with_pip=True)


def keep_pip_settings():
    """For ansible-test, which installs with pip too but drops the environment that may say from where."""
    listing = subprocess.check_output([str(VENV / "bin" / "python"), "-m", "pip", "config", "list"], text=True)
    # lines such as global.cert='..' from files, then :env:.cert='..', which wins
    settings = re.findall(r"^(?:global|:env:)\.([\w-]+)=('.*')$", listing, re.MULTILINE)
    configuration = configparser.RawConfigParser()
    configuration["global"] = {name: ast.literal_eval(value) for name, value in settings} | {"quiet": "2"}
    file = HOME / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)  # an index address may hold a password
    with file.open("w") as stream:
        configuration.write(stream)


def unpack_amazon_aws(ansible, target, stamp):
    """The amazon.aws of a release of the "ansible" package, which the stamp remembers."""
    if target.exists() and stamp.exists() and stamp.read_text() == ansible:
        return
    say(f"fetching amazon.aws out of ansible {ansible}")
    stamp.unlink(missing_ok=True)
    work = CACHE / "unpack"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    wanted = work / "wanted.txt"
    wanted.write_text(" ".join([f"ansible=={ansible}", *(f"--hash=sha256:{value}" for value in ANSIBLE_HASHES[ansible])]))
    # The collection runs on older Pythons than the package that carries it admits.
    pip(
        *("download", "--no-deps", "--ignore-requires-python", "--python-version", "3.13", "--only-binary", ":all:"),
        *("--dest", str(work), "--require-hashes", "--requirement", str(wanted)),
    )
    with zipfile.ZipFile(next(work.glob("ansible-*.whl"))) as wheel:
        members = [name for name in wheel.namelist() if name.startswith("ansible_collections/amazon/aws/")]
        wheel.extractall(work, members)
    remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(work / "ansible_collections" / "amazon" / "aws", target)
    shutil.rmtree(work)
    stamp.write_text(ansible)


def link_checkout():
    link = COLLECTIONS / "netops" / "flow_logs"
    goal = os.path.join("..", "..", "..")
    if link.is_symlink() and os.readlink(link) == goal:
        return
    remove(link)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(goal)


def remove(path):
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def pip(*arguments):
    """In quiet mode pip still reports errors."""
    settings = {name: value for name, value in os.environ.items() if name not in ("PIP_USER", "PYTHONHOME", "PYTHONPATH")}
    command = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--quiet", "--no-input", "--disable-pip-version-check"]
    if subprocess.call([*command, *arguments], env=settings, stdin=subprocess.DEVNULL):
        fail(f"pip {arguments[0]} failed; is the package index reachable?")


def say(message):
    print("setup: " + message, flush=True)


def fail(message):
    sys.exit("setup: " + message)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        fail("interrupted; the next run starts over")
