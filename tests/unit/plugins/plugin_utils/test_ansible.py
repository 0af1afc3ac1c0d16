# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.netops.flow_logs.plugins.plugin_utils._ansible import environments_around


def test_environments_are_found_on_the_role_and_all_around_it() -> None:
    play = SimpleNamespace(_environment=[{"of": "play"}], _parent=None)
    block = SimpleNamespace(_environment=[{"of": "block"}], _parent=play, get_dep_chain=lambda: None)
    task = SimpleNamespace(_role=SimpleNamespace(_environment={"of": "role"}), _parent=block)

    assert environments_around(task) == [{"of": "role"}, [{"of": "block"}], [{"of": "play"}]]


def test_an_ansible_core_that_keeps_them_elsewhere_leaves_none() -> None:
    assert environments_around(SimpleNamespace()) == []
