# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small mistakes that somebody could make in a file, one at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# What a mistake in would change nothing that runs.
_NO_CODE = {"annotation", "returns", "decorator_list", "type_comment"}


@dataclass(frozen=True)
class Mutation:
    """make() changes the tree that it was found in. text is the piece of code, what the mistake."""

    line: int
    text: str
    what: str
    make: Callable[[], None]

    def name(self, source: list[str]) -> str:
        """The same as long as the code is, wherever it moves to: its line, and what becomes of which part of it."""
        text = self.text if len(self.text) < 60 else self.text[:60] + "..."
        return f"{source[self.line - 1].strip()} | {text} => {self.what}"


def mutations(tree: ast.Module) -> list[Mutation]:
    return [mutation for node in _code(tree) for mutation in _of(node)]


def _code(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in _NO_CODE or (isinstance(node, ast.Subscript) and name == "slice" and _is_a_type(node)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _code(child)


def _is_a_type(node: ast.Subscript) -> bool:
    """Dict[str, Any] and the like, as they come in casts and aliases."""
    name = node.value.id if isinstance(node.value, ast.Name) else ""
    return name in ("Callable", "Dict", "FrozenSet", "List", "Mapping", "Optional", "Sequence", "Set", "Tuple", "Union")


def _of(node: ast.AST) -> Iterator[Mutation]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            other = COMPARISONS[type(operator)]
            yield _mutation(node, f"{index + 1}. comparison {other.__name__}", partial(_put, node.ops, index, other()))
    elif isinstance(node, ast.BoolOp):
        other_way = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _mutation(node, type(other_way).__name__.lower(), partial(setattr, node, "op", other_way))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _mutation(node, "without not", partial(_without_not, node))
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _mutation(node, str(not node.value), partial(setattr, node, "value", not node.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield _mutation(node, str(node.value + 1), partial(setattr, node, "value", node.value + 1))
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield _mutation(node, "return None", partial(setattr, node, "value", ast.Constant(None)))
    elif isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for index in range(len(node.elts)):
            yield _mutation(node, f"without element {index + 1}", partial(node.elts.pop, index))
    elif isinstance(node, ast.IfExp):
        yield _mutation(node, "the other way round", partial(_swap, node))


def _mutation(node: Any, what: str, make: Callable[[], Any]) -> Mutation:
    return Mutation(node.lineno, " ".join(ast.unparse(node).split()), what, make)


def _put(items: list[Any], index: int, value: Any) -> None:
    items[index] = value


def _without_not(node: ast.UnaryOp) -> None:
    """not x becomes bool(x), which is not (not x)."""
    node.operand = ast.copy_location(ast.UnaryOp(ast.Not(), node.operand), node)


def _swap(node: ast.IfExp) -> None:
    node.body, node.orelse = node.orelse, node.body


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
