# Copyright (c) The netops.flow_logs contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""insights_queries: what it finds, what must hold whatever happens, and what must come out."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ansible_collections.netops.flow_logs.tests.scenarios.support.stage import Stage
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import HOUR
from ansible_collections.netops.flow_logs.tests.scenarios.support.subjects import Subject

FOLDER = "flow-logs/aws/shop"
WRONG, TWICE, THEIRS = (f"{FOLDER}/{name}" for name in ("top_talkers", "busiest_ports", "mine"))
# Few enough to be saved at once without AWS's request rates in the way.
WISHED = ["top_talkers", "busiest_ports", "rejected_traffic", "skipped_records"]
OTHER, GONE = "/aws/shop/other", "/aws/shop/gone"


class QueriesSubject(Subject):
    """One query differs, one is there twice, the others are missing, and one is somebody else's.

    Besides its own log groups, one stays that others have put into the queries, and one does not, as it is gone.
    """

    module = "insights_queries"
    template = "/aws/shop/{resource_id}"

    def arrange(self, stage: Stage) -> None:
        stage.targets = [f"vpc-{number:08x}" for number in range(2)]
        logs = stage.cloud.client("logs")
        for name in (*self.groups(stage), OTHER):
            logs.create_log_group(logGroupName=name)
        for name in (WRONG, TWICE, TWICE, THEIRS):
            logs.put_query_definition(name=name, queryString="limit 1", logGroupNames=[OTHER, GONE])
        stage.clock.advance(HOUR)
        stage.options = {
            "resource_ids": stage.targets,
            "log_group_name": self.template,
            "purge_log_group_names": False,
            "queries": WISHED,
        }

    def groups(self, stage: Stage) -> list[str]:
        return [self.template.format(resource_id=target) for target in stage.targets]

    def remember(self, stage: Stage) -> Any:
        return stage.cloud.all_queries()

    def no_harm(self, stage: Stage, before: Any) -> None:
        now = stage.cloud.all_queries()
        (theirs,) = [entry for entry in before if entry["name"] == THEIRS]
        assert [entry for entry in now if entry["name"] == THEIRS] == [theirs], "a query of others was touched"
        counts, had = Counter(entry["name"] for entry in now), Counter(entry["name"] for entry in before)
        assert set(had) <= set(counts), "a query was lost"
        assert all(count <= max(1, had[name]) for name, count in counts.items()), "a query is there twice"

    def as_wished(self, stage: Stage) -> None:
        queries = stage.cloud.queries()
        del queries[THEIRS]
        assert set(queries) == {f"{FOLDER}/{name}" for name in WISHED}
        assert {tuple(entry["logGroupNames"]) for entry in queries.values()} == {(OTHER, *self.groups(stage))}
        assert all("stats" in entry["queryString"] for entry in queries.values())


class QueriesRemoval(QueriesSubject):
    """The same queries; all of ours go."""

    def arrange(self, stage: Stage) -> None:
        super().arrange(stage)
        stage.options = {"resource_ids": stage.targets, "log_group_name": self.template, "state": "absent"}

    def no_harm(self, stage: Stage, before: Any) -> None:
        now = stage.cloud.all_queries()
        assert all(entry in before for entry in now), "a query was changed"
        assert [entry["name"] for entry in now].count(THEIRS) == 1, "a query of others was deleted"

    def as_wished(self, stage: Stage) -> None:
        assert [entry["name"] for entry in stage.cloud.all_queries()] == [THEIRS]
