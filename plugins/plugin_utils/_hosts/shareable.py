# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Private to this collection: may change without notice.

"""Which variables a value depends on, read from the syntax trees of its templates. Nothing is evaluated.

Two hosts have the same value where all that it depends on is written alike. That is known only for templates made of what is
listed here; a template with anything else may depend on more than the variables that it names.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from jinja2 import TemplateSyntaxError
from jinja2 import nodes

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import decrypted
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import foreign_texts
from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import is_foreign


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Filters and tests whose result depends on nothing but their input and arguments.
_FILTERS = _words(
    """abs b64decode b64encode basename bool capitalize combine count d default dict2items difference dirname e escape extract
    first flatten float format from_json from_yaml hash indent int intersect items items2dict join last length list lower max min
    product quote regex_escape regex_findall regex_replace regex_search replace reverse round slice sort split splitext string
    sum symmetric_difference ternary title to_json to_nice_json to_nice_yaml to_yaml trim truncate type_debug union unique upper
    urlencode wordcount zip"""
)
_TESTS = _words(
    """all any boolean contains defined divisibleby eq equalto even false falsy float ge gt in integer iterable le lower lt
    mapping match ne none number odd regex search sequence string subset superset true truthy undefined upper version"""
)
# They name another filter or test by text: at which of their arguments.
_NAME_A_FILTER = {"map": 0}
_NAME_A_TEST = {"select": 0, "reject": 0, "selectattr": 1, "rejectattr": 1}
# Methods of text, lists and dictionaries.
_METHODS = _words(
    """capitalize count endswith find format get index isalnum isalpha isdigit items join keys lower lstrip partition
    removeprefix removesuffix replace rpartition rsplit rstrip split splitlines startswith strip title upper values"""
)
_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Getitem,
    nodes.Concat,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.CondExpr,
    nodes.If,
    # What they set has a value of its own only in the template; a variable of that name counts as named all the same.
    nodes.For,
    nodes.Assign,
    nodes.List,
    nodes.Tuple,
    nodes.Dict,
    nodes.Pair,
    nodes.Keyword,
    nodes.Slice,
)
# They lead to any variable of any host, whatever their own text is.
_NEVER = frozenset({"hostvars", "vars", "varnames", "lookup", "query", "q", "now", "self", "undef"})
_MARKS = ("{{", "{%", "{#")
_HEADER = "#jinja2:"
_FQCN = "ansible.builtin."
_SETTLED = (bool, int, float, datetime.date, type(None))
_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_ENVIRONMENT = Environment(autoescape=False)  # Parses only, and renders nothing.


@dataclass(frozen=True)
class Dependencies:
    """names: the variables that a value names. settled: it depends on these and nothing else."""

    names: frozenset[str] = frozenset()
    settled: bool = True

    def __or__(self, other: Dependencies) -> Dependencies:
        if not other.names and other.settled:
            return self
        return Dependencies(self.names | other.names, self.settled and other.settled)


_NOTHING = Dependencies()
_ANYTHING = Dependencies(settled=False)


@functools.lru_cache(maxsize=4096)
def of_template(text: str) -> Dependencies:
    """Of a text that Ansible takes for a template."""
    if text.startswith(_HEADER):
        return _ANYTHING
    if not any(mark in text for mark in _MARKS):
        return _NOTHING
    return _of_source(text)


@functools.lru_cache(maxsize=1024)
def of_condition(text: str) -> Dependencies:
    """Of a condition as "when" has it: an expression without braces."""
    if any(mark in text for mark in _MARKS):
        # Worked out twice: what comes of the template is an expression again.
        return _of_source(text) | _ANYTHING
    return _of_source("{% if " + text + " %}{% endif %}")


def of_value(value: Any) -> Dependencies:
    """Of any value of a variable, however deep; text that is data is no template."""
    if isinstance(value, str):
        return _NOTHING if is_foreign(value) else of_template(str(value))
    secret = decrypted(value)
    if secret is not None:
        return of_template(secret)
    if isinstance(value, Mapping):
        return _all_of(each for pair in value.items() for each in pair)
    if isinstance(value, (list, tuple)):
        return _all_of(value)
    return _NOTHING if isinstance(value, _SETTLED) else _ANYTHING


def of_conditions(conditions: Iterable[Any]) -> Dependencies:
    found = _NOTHING
    for condition in conditions:
        found |= of_condition(str(condition)) if isinstance(condition, str) else of_value(condition)
    return found


def closure(
    raw: Mapping[str, Any], names: Iterable[str], common: frozenset[str] = frozenset()
) -> tuple[dict[str, str], bool]:
    """The variables of these names and all that their templates name, as they are written; and whether the values depend on nothing else.

    common: what is the same for all hosts.
    """
    seen: dict[str, str] = {}
    settled = True
    left = [name for name in names if name not in common]
    while left:
        name = left.pop()
        settled = settled and name not in _NEVER
        if name in seen or name not in raw:
            continue
        value = raw[name]
        seen[name] = text = _written(value)
        if "{" in text or _HEADER in text or not isinstance(value, (str, *_SETTLED)):
            found = of_value(value)
            settled = settled and found.settled
            left += [each for each in found.names if each not in common]
    return seen, settled


def _written(value: Any) -> str:
    """Equal for values that are written alike. The same letters are a template where a user wrote them, and data where a tag has them."""
    text = repr(value)
    return f"{text}, of which data: {list(foreign_texts(value))!r}" if "{" in text or "#" in text else text


def _all_of(values: Iterable[Any]) -> Dependencies:
    return functools.reduce(lambda found, value: found | of_value(value), values, _NOTHING)


def _of_source(source: str) -> Dependencies:
    try:
        tree = _ENVIRONMENT.parse(source)
    except (TemplateSyntaxError, RecursionError):
        # What it says can't be known, but which words are in it.
        words = re.findall(r"[A-Za-z_]\w*", " ".join(_EXPRESSION.findall(source)))
        return Dependencies(frozenset(words), False)
    every = [tree, *tree.find_all(nodes.Node)]
    names = frozenset(node.name for node in every if isinstance(node, nodes.Name))
    return Dependencies(names, all(_is_plain(node) for node in every))


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Name):
        return node.name not in _NEVER
    if isinstance(node, nodes.Const):
        # Text that is a template by itself could be taken for one later.
        return not (isinstance(node.value, str) and any(mark in node.value for mark in (*_MARKS, _HEADER)))
    if isinstance(node, nodes.Getattr):
        return not node.attr.startswith("_")
    if isinstance(node, nodes.Call):
        return isinstance(node.node, nodes.Getattr) and node.node.attr in _METHODS and not _has_dynamic(node)
    if isinstance(node, nodes.Filter):
        return _is_plain_filter(node)
    if isinstance(node, nodes.Test):
        return _short(node.name) in _TESTS and not _has_dynamic(node)
    return type(node) in _NODES or isinstance(node, (nodes.BinExpr, nodes.UnaryExpr))


def _is_plain_filter(node: nodes.Filter) -> bool:
    name = _short(node.name)
    if _has_dynamic(node):
        return False
    if name in _NAME_A_FILTER:
        return _names_one_of(node.args, _NAME_A_FILTER[name], _FILTERS)
    if name in _NAME_A_TEST:
        return _names_one_of(node.args, _NAME_A_TEST[name], _TESTS)
    return name in _FILTERS


def _names_one_of(arguments: Sequence[nodes.Expr], place: int, known: frozenset[str]) -> bool:
    """True where the argument that names a filter or a test is left out or a text of these; what would be filter's filters is refused."""
    if len(arguments) <= place:
        return True
    named = arguments[place]
    return isinstance(named, nodes.Const) and isinstance(named.value, str) and _short(named.value) in known


def _has_dynamic(node: Any) -> bool:
    return bool(node.dyn_args or node.dyn_kwargs)


def _short(name: str) -> str:
    return name.removeprefix(_FQCN)


def plain_names(text: str) -> frozenset[str] | None:
    """The variables that a template's value depends on; None where it may depend on more."""
    found = of_template(text)
    return found.names if found.settled else None
