# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.netops.flow_logs.plugins.plugin_utils._report import files as _report_files
from ansible_collections.netops.flow_logs.plugins.plugin_utils._report.files import replace


def test_a_link_in_the_reports_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    precious, report = tmp_path / "precious", tmp_path / "report.html"
    precious.write_text("precious")
    report.symlink_to(precious)

    replace(report, "new")

    assert not report.is_symlink()
    assert report.read_text() == "new"
    assert precious.read_text() == "precious"


def test_a_link_to_nowhere_makes_nothing_there(tmp_path: Path) -> None:
    elsewhere, report = tmp_path / "elsewhere", tmp_path / "report.json"
    report.symlink_to(elsewhere)

    replace(report, "new")

    assert report.read_text() == "new"
    assert not elsewhere.exists()


def test_a_second_name_of_the_old_file_keeps_the_old_text(tmp_path: Path) -> None:
    precious, report = tmp_path / "precious", tmp_path / "report.json"
    precious.write_text("precious")
    os.link(precious, report)

    replace(report, "new")

    assert (precious.read_text(), report.read_text()) == ("precious", "new")


def test_the_directory_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "latest").symlink_to("2026")

    replace(_report_files.paths(str(tmp_path / "latest"), ["html"])[0], "new")

    assert (tmp_path / "2026" / "report.html").read_text() == "new"
    assert (tmp_path / "latest").is_symlink()


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_the_file_is_readable_for_those_for_whom_the_users_files_are(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        replace(tmp_path / "report.html", "new")
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == mode


def test_a_run_that_breaks_off_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.html"
    report.write_text("old")

    def interrupted(_source: str, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace(report, "new")

    assert report.read_text() == "old"
    assert list(tmp_path.iterdir()) == [report]


def test_a_directory_that_can_not_be_written_to_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        replace(tmp_path / "missing" / "report.html", "new")
