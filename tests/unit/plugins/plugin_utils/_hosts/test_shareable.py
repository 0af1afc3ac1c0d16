# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What two hosts may share: values whose templates are known to depend on nothing but variables that are written alike."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.utils.unsafe_proxy import wrap_var
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import as_template
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts import shareable
from ansible_collections.netops.flow_logs.plugins.plugin_utils._hosts.variables import fingerprint


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("plain", ""),
        ("/aws/{resource_name}", ""),
        ("{{ a }}-{{ b | default('x') }}", "a b"),
        ("{{ a | lower | regex_replace('x','y') }}", "a"),
        ("{{ a | ansible.builtin.regex_replace('x', 'y') }}", "a"),
        ("{{ a.split('/')[0] if a is defined else b }}", "a b"),
        ("{{ a | map('upper') | list }}", "a"),
        ("{{ a | map(attribute='id') | list }}", "a"),
        ("{{ a | selectattr('stage', 'equalto', b) | list }}", "a b"),
        ("{{ a | rejectattr('stage') | list }}", "a"),
        ("{{ 'lookup' ~ a }}", "a"),
        ("{# now #}{{ a }}", "a"),
        ("{% if a == 'x' %}{{ b }}{% else %}{{ c }}{% endif %}", "a b c"),
        ("{{ {'k': a, b: [c, (d,)]} }}", "a b c d"),
        ("{{ a[1:] + b[c] }}", "a b c"),
        ("{{ -a + 2 ** b // 3 and not c in [1] }}", "a b c"),
        ("{{ a | combine(b, recursive=c) }}", "a b c"),
        ("{{ omit }}", "omit"),
        ("{% for i in a if i != b %}{{ i }}{% else %}{{ c }}{% endfor %}", "a b c i"),
        ("{% set x = a %}{{ x }}", "a x"),
    ],
)
def test_a_template_of_known_parts_depends_on_what_it_names(text: str, names: str) -> None:
    assert shareable.plain_names(text) == frozenset(names.split())


@pytest.mark.parametrize(
    "text",
    [
        "{{ lookup('env','X') }}",
        "{{ query('env', 'X') }}",
        "{{ q('x') }}",
        "{{ a | password_hash }}",
        "{{ a | to_uuid_of_my_own }}",
        "{{ hostvars['h'].x }}",
        "{{ hostvars }}",
        "{{ vars['a'] }}",
        "{{ now() }}",
        "{{ range(3) }}",
        "{{ a() }}",
        "{{ a.pop() }}",
        "{{ [1,2] | random }}",
        "{{ [1,2] | ansible.builtin.shuffle }}",
        "{{ a | map('random') | list }}",
        "{{ a | map('map', 'random') | list }}",
        "{{ a | map(b) | list }}",
        "{{ a | select(b) | list }}",
        "{{ a | select('file') | list }}",
        "{{ a | selectattr('path', 'exists') | list }}",
        "{{ a | join(*b) }}",
        "{{ a | default(**b) }}",
        "{{ a.format(**b) }}",
        "{{ a is file }}",
        "{% for i in a recursive %}{{ loop(i) }}{% endfor %}",
        "{% for i in a %}{{ now() }}{% endfor %}",
        "{% set vars = a %}{{ vars }}",
        "{% set x %}{{ a }}{% endset %}",
        "{% macro m() %}{{ now() }}{% endmacro %}{{ m() }}",
        "{% call a() %}{% endcall %}",
        "{% filter random %}{{ a }}{% endfilter %}",
        "{% include 'file.j2' %}",
        "{% import 'file.j2' as x %}",
        "{% with x = a %}{{ x }}{% endwith %}",
        "{% raw %}{{ a }}",
        "{{ a.__class__ }}",
        "{{ a._private }}",
        "{{ '{{ now() }}' }}",
        "{{ a",
        "{% unheard_of %}",
        "#jinja2: variable_start_string:'[%'\n[% now() %]",
        "#jinja2: trim_blocks:true\nplain",
    ],
)
def test_a_template_with_anything_else_may_depend_on_more(text: str) -> None:
    assert shareable.plain_names(text) is None


@pytest.mark.parametrize(
    ("condition", "names", "settled"),
    [
        ("stage == 'x'", "stage", True),
        ("stage is defined and not skipped", "skipped stage", True),
        (True, "", True),
        ("lookup('env', 'X')", "lookup", False),
        ("hostvars[inventory_hostname].x", "hostvars inventory_hostname", False),
        # It would be worked out twice.
        ("{{ stage }}", "stage", False),
        ("stage ==", "stage", False),
    ],
)
def test_a_condition_is_an_expression(condition: Any, names: str, settled: bool) -> None:
    found = shareable.of_conditions([condition])
    assert found.settled is settled
    assert found.names >= set(names.split())


def test_templates_are_found_however_deep() -> None:
    value = {as_template("{{ key }}"): [1, None, (as_template("{{ a }}"), {"x": as_template("{{ now() }}")})]}

    found = shareable.of_value(value)

    assert (found.names, found.settled) == ({"key", "a", "now"}, False)


@pytest.mark.parametrize("text", ["{{ now() }}", "#jinja2: x", "{{ a }}"])
def test_what_others_wrote_is_no_template(text: str) -> None:
    found = shareable.of_value({"tags": [wrap_var(text)]})

    assert (found.names, found.settled) == (frozenset(), True)


def test_dates_depend_on_nothing_and_what_is_not_known_on_anything() -> None:
    assert shareable.of_value([datetime.date(2026, 1, 1), 1.5]).settled
    assert not shareable.of_value([object()]).settled
    assert not shareable.closure({"a": object()}, ["a"])[1]


class EncryptedString:
    """As ansible-vault's: no text, but one by str()."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


def test_what_a_vault_has_encrypted_is_looked_into() -> None:
    assert shareable.of_value(EncryptedString("123456789012")) == shareable.Dependencies()
    assert shareable.of_value([EncryptedString("{{ a }}")]).names == {"a"}
    assert not shareable.of_value(EncryptedString("{{ now() }}")).settled


def test_variables_lead_to_others_also_in_a_circle() -> None:
    raw = {"a": as_template("{{ b }}"), "b": as_template("{{ c ~ a }}"), "c": 1, "d": 2}

    assert shareable.closure(raw, ["a"]) == ({name: repr(raw[name]) + _data(raw[name]) for name in "abc"}, True)


def _data(value: Any) -> str:
    return ", of which data: []" if isinstance(value, str) else ""


# Small templates over three variables, of parts that are on the list and of others.
TEXTS = st.sampled_from(
    [
        "plain",
        "{{ a }}",
        "{{ b | default('none') | upper }}",
        "{{ a ~ c.k }}",
        "{{ c['k'] if c is mapping else a }}",
        "{{ vars['b'] }}",
        "{{ lookup('ansible.builtin.vars', 'b', default='none') }}",
        "{% set x = b %}{{ x }}",
        "{% for x in [b] %}{{ x }}{% endfor %}{{ x | default('none') }}",
        "{% if a == 'one' %}{% set b = a %}{% endif %}{{ b | default('none') }}",
        "{% for a in [b] %}{% endfor %}{{ a }}",
        "{{ [a, b] | map('upper') | join }}",
        "#jinja2: variable_start_string:'[%', variable_end_string:'%]'\n[% b %]",
        "{{ a in ['one', b] }}",
        "{{ 10**15 | random }}",
        "{{ [a, b, c] | map('random') | list }}",
    ]
)
PLAIN = st.sampled_from(["one", "two", "three"])
VALUES = st.one_of(PLAIN, TEXTS)
RAW = st.fixed_dictionaries(
    {"flow_logs_project": TEXTS},
    optional={
        "a": VALUES,
        "b": PLAIN,
        "c": st.one_of(PLAIN, st.fixed_dictionaries({"k": st.sampled_from(["{{ b }}", "x"])})),
    },
)


@settings(max_examples=400, deadline=None)
@given(one=RAW, other=RAW, same=st.booleans(), change=st.sampled_from(["a", "b", "c", ""]))
def test_hosts_whose_values_differ_are_never_merged(
    one: dict[str, Any], other: dict[str, Any], same: bool, change: str
) -> None:
    if same:
        # Most differences are of one variable.
        other = {**one, **{name: value for name, value in other.items() if name == change}}
    first, second = (_trusted(raw) for raw in (one, other))
    prints = [fingerprint(raw, ["flow_logs_project"]) for raw in (first, second)]
    if None not in prints and prints[0] == prints[1]:
        assert _worth(first) == _worth(second)


def _trusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _trusted(inner) for name, inner in value.items()}
    return as_template(value)


def _worth(raw: dict[str, Any]) -> str:
    """What Ansible makes of it, or that it makes nothing of it."""
    templar = Templar(loader=DataLoader(), variables={**raw, "vars": raw})
    try:
        return repr(templar.template(raw["flow_logs_project"]))
    except AnsibleError:
        return "an error"
