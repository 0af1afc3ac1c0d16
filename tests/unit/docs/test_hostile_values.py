# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/hostile-values.md says of every value that the tests try where it ends."""

from __future__ import annotations

import re

from ansible_collections.netops.flow_logs.tests.functional.support.settings import CHECKOUT
from ansible_collections.netops.flow_logs.tests.support import hostile

PAGE = (CHECKOUT / "docs" / "hostile-values.md").read_text("utf-8")


def test_every_value_has_its_place_in_the_page() -> None:
    rows = re.findall(r"^\| (.+?) \|", PAGE, re.MULTILINE)
    # Without the examples in brackets.
    tried = [f", {re.sub(r' [(].*?[)]', '', row)}," for row in rows]
    names = [value.name for value in (*hostile.VALUES, *hostile.KEYS)]

    assert [name for name in names if not any(f", {name}," in row for row in tried)] == []
