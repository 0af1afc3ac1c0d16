# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page as markup. What it does in a browser is tested in tests/browser."""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import is_printable
from ansible_collections.netops.flow_logs.plugins.module_utils._core.text import printable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.page import render_page
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.page import shown
from ansible_collections.netops.flow_logs.tests.unit.support import report_model

TEMPLATES = Path(__file__).parents[5] / "roles" / "flow_logs" / "templates"
# Elements that load something, run something or lead away. The page has one style, one script, and an empty icon.
ACTIVE = {
    "iframe",
    "frame",
    "object",
    "embed",
    "img",
    "image",
    "audio",
    "video",
    "source",
    "base",
    "use",
    "foreignobject",
}
MODELS = {
    "estate": report_model.estate(),
    "perfect": report_model.perfect(),
    "empty": report_model.empty(),
    "unread": report_model.unread(),
    "hostile": report_model.hostile(),
    "hostile everywhere": report_model.hostile(everywhere=True),
}
every_page = pytest.mark.parametrize("name", MODELS)
TITLES = ["Could not be read", "Nobody records", "Does not arrive", "Log group is missing", "Recorded in part"]
TITLES += ["Differs from the inventory", "Kept for ever", "In no inventory", "Left over in IAM"]


class Page(HTMLParser):
    """Start tags with their attributes, in order, and the text of what is asked for."""

    def __init__(self, model: dict[str, Any]) -> None:
        super().__init__(convert_charrefs=True)
        self.markup = render_page(model, str(TEMPLATES))
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(self.markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]

    def text(self, *tags: str) -> str:
        """All that a reader sees, or what is directly in the tags."""
        skip = () if tags else ("style", "script")
        return "".join(text for tag, text in self.texts if (tag in tags or not tags) and tag not in skip)


@functools.cache
def page_of(name: str) -> Page:
    return Page(MODELS[name])


@every_page
def test_nothing_is_loaded_and_nothing_leads_away(name: str) -> None:
    page = page_of(name)
    assert not [tag for tag, _attributes in page.tags if tag in ACTIVE]
    assert len(page.all("style")) == len(page.all("script")) == 1
    for tag, attributes in page.tags:
        assert not {"style", "src", "srcset", "action", "formaction", "background", "ping"} & attributes.keys(), tag
        assert not [name for name in attributes if name.startswith("on")], tag
        href = attributes.get("href", attributes.get("xlink:href", "#"))
        assert re.fullmatch(r"#[a-z-]*|data:,", href)
    assert "url(" not in page.text("style").replace("url(#stripes)", "").replace("url(#dots)", "")


@every_page
def test_the_policy_allows_the_pages_own_style_and_script_alone(name: str) -> None:
    page = page_of(name)
    policies = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    directives = dict(directive.split(" ", 1) for directive in policies[0].split("; "))
    for tag in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.text(tag).encode()).digest()).decode()
        assert directives[f"{tag}-src"] == f"'sha256-{digest}'"
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    # A policy counts from where it stands.
    assert [tag for tag, _attributes in page.tags][:4] == ["html", "head", "meta", "meta"]


@every_page
def test_what_the_model_says_is_text_never_markup(name: str) -> None:
    harmless, page = page_of("estate"), page_of(name)
    assert {tag for tag, _rest in page.tags} <= {tag for tag, _rest in harmless.tags} | {"bdi", "strong", "small", "em"}
    classes = {name for _tag, attributes in page.tags for name in attributes.get("class", "").split()}
    known = {name for _tag, attributes in harmless.tags for name in attributes.get("class", "").split()}
    assert classes <= known | {"empty", "good", "blind"}


@pytest.mark.parametrize("hostile", report_model.HOSTILE)
def test_hostile_text_can_be_read_with_its_unseen_characters_as_escapes(hostile: str) -> None:
    model = report_model.estate(98)
    model["targets"][0]["resource_name"] = model["findings"][0]["message"] = hostile
    model["findings"][0]["command"] = hostile
    said = Page(model).text()
    assert said.count(printable(hostile)) == 3


@every_page
def test_no_page_has_a_raw_character_that_is_not_seen(name: str) -> None:
    markup = page_of(name).markup
    markup.encode("utf-8")
    assert [line for line in markup.split("\n") if not is_printable(line)] == []


def test_text_is_kept_apart_from_the_direction_of_what_is_around_it() -> None:
    assert shown("<b>") == "&lt;b&gt;"
    assert shown("שלום <b>") == "<bdi>שלום &lt;b&gt;</bdi>"


@every_page
def test_headings_tables_and_fields_as_screen_readers_need_them(name: str) -> None:
    page = page_of(name)
    levels = [int(tag[1]) for tag, _rest in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.all("html")[0]["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer"):
        assert page.all(landmark)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    ids = [attributes["id"] for _tag, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _tag, attributes in page.tags:
        for reference in ("aria-labelledby", "aria-describedby", "data-for"):
            assert attributes.get(reference, ids[0]) in ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in ids


def test_every_finding_and_its_command_stand_under_the_title_of_their_kind() -> None:
    model, page = MODELS["estate"], page_of("estate")
    headings = page.text("h3")
    assert sorted(TITLES, key=headings.index) == TITLES
    said = page.text()
    for finding in model["findings"]:
        assert finding["message"] in said
        assert (finding["command"] or "") in said
        assert (finding["command_note"] or "") in said


def test_all_that_was_found_is_in_the_tables() -> None:
    model = report_model.estate(280)
    page = Page(model)
    codes = page.text("code")
    for target in model["targets"]:
        assert target["resource_id"] in codes
    for flow_log in model["flow_logs"]:
        assert flow_log["flow_log_id"] in codes
        assert flow_log["delivery"]["message"] in page.text()
        assert flow_log["deliver_logs_permission_arn"] is None or flow_log["deliver_logs_permission_arn"] in codes
    for group in model["log_groups"]:
        assert group["log_group_name"] in codes
    for entry in model["iam"]:
        for thing in (*entry["roles"], *entry["policies"]):
            assert thing["arn"] in codes
    for unread in model["not_read"]:
        assert unread["message"] in page.text()


def test_times_and_sizes_are_said_for_people() -> None:
    model = report_model.estate()
    model["generated_at"] = "2026-11-24T12:30:00+01:00"
    model["log_groups"][0]["stored_bytes"] = 1_234_567_890
    said = Page(model).text()
    assert "as of 2026-11-24 11:30 UTC" in said
    assert "1.2 GB" in said


def test_an_estate_in_order_says_so_plainly() -> None:
    said = page_of("perfect").text()
    assert "All 42 targets are recorded." in said
    assert "There are none. Everything that was read is as it should be." in said
    assert "Everything could be read." in said


def test_an_estate_without_network_says_that_there_is_nothing() -> None:
    page = page_of("empty")
    assert "There are no targets." in page.text("h2")
    assert "No VPC, subnet or network interface was found" in page.text()
    assert not page.all("table", "form")


def test_the_legend_warns_of_success() -> None:
    said = " ".join(page_of("perfect").text().split())
    assert "AWS says SUCCESS of a flow log from the first moment on" in said
    assert "It proves nothing." in said
