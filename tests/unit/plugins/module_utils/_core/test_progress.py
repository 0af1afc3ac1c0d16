# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Progress
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import Voice
from ansible_collections.netops.flow_logs.plugins.module_utils._core.progress import voice_of


def test_it_tells_every_few_seconds_and_not_at_the_end() -> None:
    lines: list[str] = []
    now = [0.0]
    progress = Progress(10, "log groups", Voice(lines.append), lambda: now[0])
    for second in (1.0, 4.0, 6.0, 7.0, 12.0):
        now[0] = second
        progress.step(2)
    assert lines == ["6 of 10 log groups"]


def test_work_that_is_done_soon_is_not_told() -> None:
    lines: list[str] = []
    progress = Progress(3, "log groups", Voice(lines.append))
    for _number in range(2):
        progress.step()
    assert lines == []


def test_a_module_of_its_own_process_has_nobody_to_tell() -> None:
    lines: list[str] = []
    voice_of(SimpleNamespace(tell=lines.append))("here")
    voice_of(SimpleNamespace(tell=None))("nowhere")
    voice_of(SimpleNamespace())("nowhere")
    assert lines == ["here"]


def test_what_is_counted_only_grows_also_when_work_is_done_again() -> None:
    lines: list[str] = []
    voice = voice_of(SimpleNamespace(tell=Voice(lines.append)))
    for done in (40, 90, 10, 91):
        voice.count(done, 100, "log groups")
    voice.count(1, 5, "flow logs created")

    assert lines == [
        "40 of 100 log groups",
        "90 of 100 log groups",
        "91 of 100 log groups",
        "1 of 5 flow logs created",
    ]
