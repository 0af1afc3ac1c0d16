# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-doc says of each module is complete, and what it says of options, groups and AWS is so."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import ansible
import pytest
import yaml

from ansible_collections.amazon.aws.plugins.module_utils.modules import aws_argument_spec
from ansible_collections.netops.flow_logs.plugins.doc_fragments._attributes import ModuleDocFragment
from ansible_collections.netops.flow_logs.plugins.module_utils._log_group import work as _log_group_work
from ansible_collections.netops.flow_logs.tests.pages import modules
from ansible_collections.netops.flow_logs.tests.pages.blocks import CHECKOUT
from ansible_collections.netops.flow_logs.tests.unit.support.clients import real_client

README = (CHECKOUT / "README.md").read_text("utf-8")
ROLE = "P(netops.flow_logs.flow_logs#role)"
# What reads is named after what writes, or was made for the same work.
READERS = {
    **{name.removesuffix("_info"): name for name in modules.NAMES if name.endswith("_info")},
    "converge": "audit",
}
# Neither: passes on what others found out.
OUTCOME = "host_outcome"
WRITERS = [name for name in modules.NAMES if name not in (*READERS.values(), OUTCOME)]
TYPES: dict[str, type] = {"bool": bool, "dict": dict, "int": int, "list": list, "str": str}
GROUP = "netops.flow_logs.aws"


def named(name: str) -> list[str]:
    """The modules of the collection in its seealso."""
    entries = modules.documentation(name)["seealso"]
    return [entry["module"].removeprefix("netops.flow_logs.") for entry in entries if "module" in entry]


def fits(value: Any, name: str) -> bool:
    """To Python, a truth value is a number too."""
    return isinstance(value, TYPES[name]) and isinstance(value, bool) == (name == "bool")


def last_sentence(option: dict[str, Any]) -> str:
    texts = option["description"]
    return re.split(r"(?<=\.) ", (texts if isinstance(texts, str) else texts[-1]).strip())[-1]


@pytest.mark.parametrize(("writer", "reader"), sorted(READERS.items()))
def test_what_writes_and_what_reads_name_each_other(writer: str, reader: str) -> None:
    assert reader in named(writer)
    assert writer in named(reader)


@pytest.mark.parametrize("name", modules.NAMES)
def test_no_module_names_itself_or_one_twice(name: str) -> None:
    assert name not in named(name)
    assert len(set(named(name))) == len(named(name))


@pytest.mark.parametrize("name", [*WRITERS, "audit"])
def test_the_role_is_named_where_it_does_the_same(name: str) -> None:
    """By a link and by a reference: ansible-test takes no role for the plugin of a seealso."""
    (entry,) = [each for each in modules.documentation(name)["seealso"] if ROLE in each.get("description", "")]
    assert entry["name"] == "Role netops.flow_logs.flow_logs"
    assert entry["link"].endswith("/roles/flow_logs/README.md")


EXCLUSIVE = [(name, *pair) for name in modules.NAMES for pair in modules.exclusive_options(name)]


def test_there_are_options_that_exclude_each_other() -> None:
    assert ("flow_log", "flow_log_ids", "log_group_name") in EXCLUSIVE


@pytest.mark.parametrize(("name", "option", "other"), EXCLUSIVE)
def test_what_an_option_excludes_is_its_last_sentence(name: str, option: str, other: str) -> None:
    said = last_sentence(modules.documentation(name)["options"][option])
    assert said.startswith("Mutually exclusive with ")
    assert f"O({other})" in said


@pytest.mark.parametrize("name", modules.NAMES)
def test_no_option_claims_to_exclude_what_it_does_not(name: str) -> None:
    options = modules.documentation(name)["options"]
    claims = {option for option, facts in options.items() if "utually exclusive" in str(facts["description"])}
    assert claims == {option for option, _other in modules.exclusive_options(name)}


@pytest.mark.parametrize("name", [name for name in modules.NAMES if name != OUTCOME])
def test_the_examples_show_defaults_once_for_several_tasks(name: str) -> None:
    (block,) = [task for task in modules.examples(name) if "module_defaults" in task]
    (group,) = block["module_defaults"]
    assert group == f"group/{GROUP}"
    assert name in modules.used([block])
    assert len(block["block"]) > 1


def test_modules_of_the_group_have_the_defaults_that_examples_show() -> None:
    """Ansible hands them to every module of the group, known there or not."""
    groups = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text("utf-8"))["action_groups"]
    assert groups[GROUP.rpartition(".")[2]] == [{"metadata": {"extend_group": ["amazon.aws.aws", "flow_logs"]}}]
    blocks = [task for name in modules.NAMES for task in modules.examples(name) if "module_defaults" in task]
    shown = {option for block in blocks for options in block["module_defaults"].values() for option in options}
    assert shown
    for name in groups["flow_logs"]:
        assert shown <= {*aws_argument_spec(), *modules.options(name)}


@pytest.mark.parametrize("name", modules.NAMES)
def test_each_returned_key_is_described(name: str) -> None:
    for path, facts in modules.every_returned(modules.returned(name)):
        assert {"description", "returned", "type"} <= facts.keys(), path
        assert facts["type"] in TYPES, path
        assert facts["type"] != "list" or facts.get("elements") in TYPES, path
        # What contains others shows theirs.
        assert ("contains" in facts) != (facts.get("sample") is not None), path


@pytest.mark.parametrize("name", modules.NAMES)
def test_samples_are_of_the_type_that_is_returned(name: str) -> None:
    for path, facts in modules.every_returned(modules.returned(name)):
        if "contains" in facts:
            continue
        assert fits(facts["sample"], facts["type"]), path
        if facts["type"] == "list":
            assert all(fits(entry, facts["elements"]) for entry in facts["sample"]), path


@pytest.mark.parametrize(
    ("part", "module"),
    [
        ("iam", "flow_log_iam"),
        ("iam_removal", "flow_log_iam"),
        ("iam_info", "flow_log_iam_info"),
        ("log_groups", "log_group"),
        ("flow_logs", "flow_log"),
        ("insights_queries", "insights_queries"),
    ],
)
def test_samples_of_outcomes_have_what_the_modules_return(part: str, module: str) -> None:
    outcome = modules.returned("converge")["outcomes"]["contains"][part]
    assert f"M(netops.flow_logs.{module})" in outcome["description"]
    assert outcome["sample"].keys() - modules.returned(module).keys() <= {"changed", "unchanged"}
    for key, value in outcome["sample"].items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            assert value[0].keys() <= modules.returned(module)[key]["contains"].keys()


def test_the_group_of_all_aws_modules_does_not_reach_this_collection() -> None:
    """As ansible-core has it, and as the README, the modules and the page on estates say."""
    runtime = Path(ansible.__file__).parent / "config" / "ansible_builtin_runtime.yml"
    (group,) = yaml.safe_load(runtime.read_text("utf-8"))["action_groups"]["aws"]
    reached = [name.removesuffix(".aws") for name in group["metadata"]["extend_group"]]
    assert reached == ["amazon.aws", "community.aws"]

    attribute = yaml.safe_load(ModuleDocFragment.ACTIONGROUP_FLOW_LOGS)["attributes"]["action_group"]
    assert "Plain C(group/aws) does not reach this module" in " ".join(attribute["description"])
    for page in (README, (CHECKOUT / "docs" / "estates.md").read_text("utf-8")):
        told = " ".join(page.split())
        assert "Plain `group/aws` does not reach this collection's modules" in told
        assert "fixed list of collections" in told


def test_the_botocore_that_deletion_protection_needs_is_the_same_everywhere() -> None:
    (needed,) = re.findall(r"deletion_protection needs botocore ([\d.]+) or later", inspect.getsource(_log_group_work))
    description = " ".join(modules.documentation("log_group")["options"]["deletion_protection"]["description"])
    assert f"Needs botocore {needed} or later." in description
    assert f"`deletion_protection` of log groups needs {needed}" in README


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in ("converge", "insights_queries")])
def test_what_writes_takes_tags(name: str) -> None:
    assert "amazon.aws.tags" in modules.documentation(name)["extends_documentation_fragment"]


def test_saved_queries_have_no_tags_and_the_module_says_why() -> None:
    model = real_client("logs").meta.service_model
    assert "tags" not in model.operation_model("PutQueryDefinition").input_shape.members

    documentation = modules.documentation("insights_queries")
    assert "amazon.aws.tags" not in documentation["extends_documentation_fragment"]
    assert any(note.startswith("Saved queries have no tags") for note in documentation["notes"])
