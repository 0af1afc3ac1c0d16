# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.errors import InvalidInput
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import PLACEHOLDERS
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import beginning
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import common_prefix
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import illegal_name
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import is_legal
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import placeholders
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import policy_pattern
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import render
from ansible_collections.netops.flow_logs.plugins.module_utils._target.template import require_scoped

FACTS = {
    "resource_id": "vpc-00000001",
    "resource_name": "web",
    "resource_type": "vpc",
    "vpc_id": "vpc-00000001",
    "vpc_name": "web",
    "account_id": "123456789012",
    "region": "eu-west-1",
}


@pytest.mark.parametrize(
    ("template", "named"),
    [
        pytest.param("/aws/shop/vpc/flowlogs", set(), id="none in a plain name"),
        pytest.param("/aws/shop/vpc/{resource_name}/flowlogs", {"resource_name"}, id="one"),
        pytest.param("{region}.{region}", {"region"}, id="one, twice"),
        pytest.param("".join(f"{{{name}}}" for name in PLACEHOLDERS), set(PLACEHOLDERS), id="all"),
    ],
)
def test_placeholders_that_a_template_names(template: str, named: set[str]) -> None:
    assert placeholders(template) == named


def test_these_placeholders_there_are() -> None:
    assert set(PLACEHOLDERS) == set(FACTS)


def test_a_name_that_gets_too_long_is_no_matter_of_the_template_alone() -> None:
    """It is refused with the targets whose name it would be."""
    assert placeholders("x" * 513) == frozenset()


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        pytest.param("/aws/{name}", r"\{name\}", id="an unknown placeholder is named"),
        pytest.param("/aws/{resource-name}", r"\{resource-name\}", id="a misspelt placeholder is named"),
        pytest.param("/aws/{}", r"\{\}", id="an empty placeholder"),
        pytest.param("/aws/{resource_name", "brace", id="an opening brace alone"),
        pytest.param("/aws/resource_name}", "brace", id="a closing brace alone"),
        pytest.param("/aws/{{resource_name}}", "brace", id="doubled braces, as Jinja has them"),
        pytest.param("/aws/my group", "not a valid", id="a blank"),
        pytest.param("/aws/*", "not a valid", id="a wildcard"),
        pytest.param("aws/shop", "not a valid", id="AWS's own beginning"),
        pytest.param("", "not a valid", id="nothing"),
    ],
)
def test_a_template_that_can_never_be_right_is_refused(template: str, complaint: str) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        placeholders(template)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        pytest.param("/aws/shop/vpc/{resource_name}/flowlogs", "/aws/shop/vpc/web/flowlogs", id="the convention"),
        pytest.param("/{account_id}/{region}/{vpc_id}", "/123456789012/eu-west-1/vpc-00000001", id="several"),
        pytest.param("/flat", "/flat", id="a plain name"),
    ],
)
def test_the_name_that_a_template_becomes(template: str, name: str) -> None:
    assert render(template, FACTS) == name


def test_a_name_tag_that_looks_like_a_placeholder_is_taken_as_it_is() -> None:
    name = render("/aws/{resource_name}", {**FACTS, "resource_name": "{region}"})

    assert (name, is_legal(name)) == ("/aws/{region}", False)


@pytest.mark.parametrize("name", ["/aws/my web", "/aws/a\nPLAY RECAP", "/aws/\x9b2J", "/aws/\u202e", "/aws/" + "x" * 5000])
def test_an_illegal_name_is_a_failure_of_its_target_in_one_visible_line_that_says_what_to_do(name: str) -> None:
    failure = illegal_name("vpc-00000001", name)

    assert failure.resource_id == "vpc-00000001"
    assert failure.message.startswith("'/aws/")
    assert "Name tag" in failure.hint
    assert failure.message.isprintable()
    assert len(failure.message) < 1000


@pytest.mark.parametrize(
    ("name", "legal"),
    [
        pytest.param("a", True, id="one character"),
        pytest.param("/aws/vpc/flowlogs", True, id="slashes"),
        pytest.param("a.b-c_d/e#F0", True, id="every kind of character"),
        pytest.param("x" * 512, True, id="512 characters"),
        pytest.param("x" * 513, False, id="513 characters"),
        pytest.param("", False, id="none"),
        pytest.param("aws/vpc", False, id="AWS's own beginning"),
        pytest.param("a b", False, id="a blank"),
        pytest.param("a:b", False, id="a colon"),
        pytest.param("a\n", False, id="a line end"),
        pytest.param("ä", False, id="an umlaut"),
    ],
)
def test_names_that_cloudwatch_logs_takes(name: str, legal: bool) -> None:
    assert is_legal(name) is legal


def test_a_policy_has_a_wildcard_for_each_placeholder() -> None:
    assert policy_pattern("/aws/shop/{vpc_name}/{resource_name}/flowlogs") == "/aws/shop/*/*/flowlogs"


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        pytest.param(["/aws/shop/b", "/aws/shop/a"], "/aws/shop/", id="what all begin with"),
        pytest.param(["/aws/shop"], "/aws/shop", id="the whole of a single name"),
        pytest.param(["/a", "/a/b"], "/a", id="a name that another one continues"),
        pytest.param(["x", "/a"], "", id="nothing in common"),
        pytest.param([], "", id="no names"),
    ],
)
def test_common_prefix(names: list[str], prefix: str) -> None:
    assert common_prefix(names) == prefix


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("/aws/shop/vpc/{resource_name}/x", "/aws/shop/vpc/", id="up to the resource"),
        pytest.param("/{account_id}/{region}/{vpc_id}/{region}", "/123456789012/eu-west-1/", id="account and region"),
        pytest.param("/aws/{region}", "/aws/eu-west-1", id="all of it"),
        pytest.param("{resource_id}", "", id="nothing"),
    ],
)
def test_what_all_names_of_a_template_begin_with(template: str, expected: str) -> None:
    assert beginning(template, {"account_id": FACTS["account_id"], "region": FACTS["region"]}) == expected


@pytest.mark.parametrize(
    ("template", "region"),
    [
        pytest.param("{resource_name}", None, id="only a placeholder"),
        pytest.param("/{resource_name}", None, id="a slash and a placeholder"),
        pytest.param("//{vpc_id}/x", None, id="slashes and a placeholder"),
        pytest.param("{vpc_name}/flowlogs", None, id="a placeholder first"),
        pytest.param("{resource_type}{resource_id}", None, id="two placeholders"),
        pytest.param("{region}/{resource_name}", None, id="a region that is not known"),
    ],
)
def test_a_template_that_scopes_nothing_is_refused_with_what_to_do(template: str, region: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"Put a fixed beginning before the placeholder, such as /aws/shop/") as refused:
        require_scoped(template, region)
    assert repr(template) in str(refused.value)


@pytest.mark.parametrize(
    ("template", "region"),
    [
        pytest.param("/aws/shop/{resource_name}/flowlogs", None, id="a fixed beginning"),
        pytest.param("flowlogs", None, id="no placeholder"),
        pytest.param("/{account_id}/{resource_name}", None, id="the account"),
        pytest.param("{region}/{resource_name}", "eu-west-1", id="a region that is known"),
    ],
)
def test_a_template_with_a_fixed_beginning_is_taken(template: str, region: str | None) -> None:
    require_scoped(template, region)


def test_what_is_known_is_no_wildcard_in_a_pattern() -> None:
    assert policy_pattern("/{account_id}/{region}/{vpc_id}", {"account_id": "123456789012"}) == "/123456789012/*/*"
