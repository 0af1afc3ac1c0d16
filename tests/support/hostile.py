# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody who may tag a VPC could write into a tag to run something, forge something or stop something.

Each value that could run something would write a canary file. docs/hostile-values.md says where each ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# As long as it gets through EC2's XML: AWS itself ends a tag at 256 characters.
LONG = 5000


@dataclass(frozen=True)
class Hostile:
    """text has {canary} where a command names the file that it would write.

    runs: whether it writes the canary as the value of a variable that is not kept as data: before ansible-core 2.19 every text
    that is not marked as unsafe, later every text that is marked as trusted. only_before_2_19: the second does not run it.
    """

    name: str
    text: str
    runs: bool = False
    only_before_2_19: bool = False
    # EC2 answers in XML, which has no C0 controls.
    in_xml: bool = True

    def at(self, canary: Path) -> str:
        return self.text.replace("{canary}", str(canary))


_PIPE = "lookup('pipe', 'echo ran >> {canary}; echo shop')"
# Without an end of line, core before 2.19 reads the header and then takes all of it for the template. No comma or colon may follow.
_HEADER = "#jinja2:variable_start_string:'[[',variable_end_string:']]',keep_trailing_newline:"

VALUES = (
    Hostile("a lookup", "{{ " + _PIPE + " }}", True),
    Hostile("a lookup within text", "shop {{ " + _PIPE + " }} shop", True),
    Hostile("a lookup on several lines", "shop\n{{\n" + _PIPE + "\n}}\n", True),
    Hostile("a lookup by query", "{{ query('pipe', 'echo ran >> {canary}') | first }}", True),
    Hostile("a statement", "{% set x = " + _PIPE + " %}shop", True),
    Hostile("a loop", "{% for x in [" + _PIPE + "] %}{{ x }}{% endfor %}", True),
    Hostile("a comment and a lookup", "{# shop #}{{ " + _PIPE + " }}", True),
    Hostile("a comment that never ends", "{# shop"),
    Hostile("a template that never ends", "{{ shop"),
    Hostile("a template that divides by zero", "{{ 1 // 0 }}"),
    Hostile(
        "other delimiters, by a header",
        "#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[ " + _PIPE + " ]]",
        True,
    ),
    Hostile(
        "other delimiters for statements",
        "#jinja2:block_start_string:'<%',block_end_string:'%>',variable_start_string:'<<',variable_end_string:'>>'\n"
        "<% set x = " + _PIPE + " %><< x >>",
        True,
    ),
    Hostile(
        "a header on one line",
        _HEADER + "\"[[ lookup(*['pipe']+['echo ran >> {canary}']) ]]\" ",
        True,
        only_before_2_19=True,
    ),
    Hostile("a header that is wrong", "#jinja2:nonsense"),
    Hostile("an expression without delimiters", _PIPE),
    Hostile("quotes and a shell's command", "'; touch {canary}; '\"`touch {canary}`$(touch {canary})"),
    Hostile("a new line and a false recap", "shop\n\nPLAY RECAP ****\nvpc-0 : ok=1 changed=0 unreachable=0 failed=0"),
    Hostile("C0 controls", "shop\x00\x07\x08\x1b[2J\x1b]0;owned\x07", in_xml=False),
    Hostile("C1 controls", "shop\x85\x9b2J\x9d"),
    Hostile("bidi overrides", "shop\u202ecod.exe\u202c\u2066x\u2069"),
    Hostile("all hosts", "*"),
    Hostile("an option", "-e"),
    Hostile("a long option", "--extra-vars=@/etc/passwd"),
    Hostile("a file", "@/etc/passwd"),
    Hostile("a path", "../../../../etc/passwd"),
    Hostile("a YAML tag", "!unsafe x"),
    Hostile("a YAML tag of a vault", "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3061"),
    Hostile("YAML", "shop: [a, b]\n- c: {d: e}\n# f"),
    Hostile("a link in Markdown", "[shop](https://example.com/)"),
    Hostile("a placeholder", "{0}"),
    Hostile("a placeholder of ours", "{region}"),
    Hostile("markup", "<script>alert(1)</script>"),
    Hostile("a truth value", "True"),
    Hostile("a number", "0123"),
    Hostile("a list", "['shop', 'bank']"),
    Hostile("a mapping", "{'shop': 'bank'}"),
    Hostile("a mapping with odd keys", "{(1, 2): 3, 'a': {0}, None: [b'x', 1j]}"),
    Hostile("many brackets", "[" * 60 + "]" * 60),
    Hostile("5 kB", "x" * LONG),
    Hostile("blanks", " \t "),
    Hostile("all", "all"),
    Hostile("ungrouped", "ungrouped"),
    Hostile("localhost", "localhost"),
    Hostile("the listing's own key", "_meta"),
    Hostile("the plugin's group", "flow_logs_uncovered"),
    Hostile("the plugin's group, nearly", "flow-logs broken"),
)

# Keys that mean something to what reads dictionaries: Ansible's JSON, its loops, and its own variables.
KEYS = (
    *(value for value in VALUES if value.name != "blanks"),
    Hostile("a marked text in JSON", "__ansible_unsafe"),
    Hostile("a vault in JSON", "__ansible_vault"),
    Hostile("a type in JSON", "__ansible_type"),
    Hostile("a connection", "ansible_connection"),
    Hostile("a method of a dictionary", "items"),
)


def values(canary: Path, *, in_xml: bool = False) -> dict[str, str]:
    """Name -> text; in_xml: only what EC2 can answer with."""
    return {value.name: value.at(canary) for value in VALUES if value.in_xml or not in_xml}


def keys(canary: Path, *, in_xml: bool = False) -> dict[str, str]:
    return {value.name: value.at(canary) for value in KEYS if value.in_xml or not in_xml}
