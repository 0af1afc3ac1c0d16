# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection at work on an AWS emulator, from nothing to a second run that changes nothing.

Run by "make demo". Needs no AWS account and reaches none.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import estate
import screen
import tables
from checks import DemoFailed
from checks import check
from emulator import let_traffic_flow
from emulator import running_emulator
from inventory import write_inventory
from isolation import isolated
from playbook import APPLY
from playbook import REPORT
from playbook import run_playbook
from survey import Survey
from survey import survey

CHECKOUT = Path(__file__).resolve().parents[2]
STATE = CHECKOUT / ".cache" / "demo"
SERVICE = "vpc-flow-logs.amazonaws.com"


def main() -> int:
    """Returns the exit code. However the demo ends, it leaves no process behind."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda number, _frame: sys.exit(128 + number))
    began = time.monotonic()
    try:
        demonstrate()
        screen.title(f"Done in {time.monotonic() - began:.0f} seconds; the emulator is gone.")
    except BrokenPipeError:  # "make demo | head"
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except DemoFailed as error:
        screen.bad(str(error))
        return 1
    except KeyboardInterrupt:
        screen.bad("interrupted")
        return 128 + signal.SIGINT
    return 0


def demonstrate() -> None:
    """Sets the stage in .cache/demo. Raises DemoFailed as soon as something is not as told."""
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    settings = isolated(os.environ, CHECKOUT, STATE)
    os.environ.clear()
    os.environ.update(settings)
    os.chdir(CHECKOUT)
    with running_emulator(STATE / "emulator.log") as url:
        os.environ["AWS_ENDPOINT_URL"] = url
        _tell(url)


def _tell(url: str) -> None:
    screen.headline("1. An estate without flow logs")
    screen.say(
        "An AWS emulator on this machine now holds two accounts with three projects: VPCs, subnets and network"
        " interfaces, some with a Name tag and some without. Somebody began to set up flow logs in the console of"
        " one account, and left a role that trusts EC2. This is the inventory:"
    )
    projects = estate.build()
    inventory = STATE / "inventory"
    for file in write_inventory(inventory, projects):
        screen.file(file, _short(file))
    untouched = survey(projects)

    screen.headline("2. What would change")
    screen.say(
        "Ansible's check mode predicts and writes nothing. The collection's role makes one delivery of all targets with"
        " the same settings, and runs its tasks once for all hosts, on this machine: hence the single line of the"
        " recap. Tasks that change nothing are left out here."
    )
    predicted = run_playbook(APPLY, _short(inventory), STATE / "1-check.log", "--check")
    check(survey(projects) == untouched, "nothing was written")

    screen.headline("3. The change")
    changed = run_playbook(APPLY, _short(inventory), STATE / "2-change.log")
    applied = survey(projects)
    check(changed == predicted, f"{changed} tasks changed something, as predicted")
    _check_applied(applied)

    screen.headline("4. The same again")
    check(run_playbook(APPLY, _short(inventory), STATE / "3-again.log") == 0, "the second run reports changed=0")
    check(survey(projects) == applied, "and it changed nothing")

    screen.headline("5. Who is recorded, by whom, and does it arrive?")
    screen.say(
        "Traffic flows now. The report reads both accounts, whoever made what is there, and writes nothing in them. It"
        " finds what was forgotten, too."
    )
    let_traffic_flow(url)
    files = STATE / "report"
    run_playbook(REPORT, _short(inventory), STATE / "4-report.log", "-e", f"flow_logs_report_directory={_short(files)}")
    check((files / "report.html").exists(), f"the page is {_short(files / 'report.html')}")

    screen.headline("6. What there is now")
    screen.say("Asked of the emulator by boto3 alone, without the collection.")
    tables.show(untouched, applied)

    screen.headline("7. Where to look")
    screen.table(
        [
            (_short(files / "report.html"), "the report as a page, for a browser"),
            (_short(files / "report.json"), "the same as data"),
            (_short(STATE / "*.log"), "all that Ansible said"),
            ("tests/tools/run ansible-doc -t role netops.flow_logs.flow_logs", "the variables of the role"),
            ("tests/tools/run ansible-doc netops.flow_logs.flow_log", "the manual of a module"),
        ]
    )


def _check_applied(applied: Survey) -> None:
    records = applied.records
    check(all(len(record.flow_logs) == 1 for record in records), f"each of {len(records)} targets has one flow log")
    trusted = [role.trust["Statement"] if role.trust else [] for role in applied.roles]
    check(
        all([statement["Principal"] for statement in statements] == [{"Service": SERVICE}] for statements in trusted),
        f"the role of each account trusts {SERVICE} alone",
    )


def _short(path: Path) -> str:
    return os.path.relpath(path, CHECKOUT)


if __name__ == "__main__":
    sys.exit(main())
