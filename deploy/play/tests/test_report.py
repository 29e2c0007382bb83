"""The summary keeps its schema; the page stands alone; the table fits a terminal."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from play.errands import Answer
from play.report.charts import column_chart, line_chart
from play.report.page import page, write_page
from play.report.scales import scale, short
from play.report.terminal import table, verdict
from play.run import Plan
from play.summary import SCHEMA_FILE, Check, Summary, summary_schema, write_summary


@pytest.fixture
async def summary(plan: Plan, play: Callable[..., Any]) -> Summary:
    _, found = await play(plan)
    return Summary.model_validate(found)


class TestSummary:
    def test_schema_is_the_committed_one(self) -> None:
        assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == summary_schema()

    async def test_written_file_keeps_the_schema(self, summary: Summary, tmp_path: Path) -> None:
        write_summary(summary, tmp_path / "summary.json")
        written = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(summary_schema()).validate(written)

    async def test_weeks_add_up_to_the_totals(self, summary: Summary) -> None:
        assert len(summary.weeks) == 4
        assert sum(week.events for week in summary.weeks) == summary.totals.events
        by_week = sum(sum(week.messages.values()) for week in summary.weeks)
        assert by_week == sum(summary.totals.messages_by_channel.values()) > 0
        silences = sum(sum(week.silences.values()) for week in summary.weeks)
        assert silences == sum(summary.totals.silences.values()) > 0

    async def test_dso_has_its_formula(self, summary: Summary) -> None:
        assert {one.formula_id for week in summary.weeks for one in week.dso} == {"dso-balance-28d"}
        assert all(one.days for one in summary.weeks[-1].dso)


class TestPage:
    async def test_stands_alone(self, summary: Summary, tmp_path: Path) -> None:
        write_page(summary, tmp_path / "report.html")
        html = (tmp_path / "report.html").read_text(encoding="utf-8")
        assert html.count("<svg") == 5
        assert '<span class="chip">declined first <b>1</b></span>' in html
        assert not re.search(r"<script|<link|@import|url\(|\ssrc=", html)

    async def test_shows_what_does_not_hold(self, summary: Summary) -> None:
        broken = Check(name="law", says="A law.", holds=False, looked_at=1, wrong=("<b>here</b>",))
        html = page(summary.model_copy(update={"checks": (broken,)}))
        assert "1 of 1 laws do not hold" in html
        assert "&lt;b&gt;here&lt;/b&gt;" in html


class TestTerminal:
    async def test_shows_every_week(self, summary: Summary) -> None:
        lines = table(summary).splitlines()
        assert len(lines) == 2 * (2 + len(summary.weeks)) + 2 + 2 + len(Answer)
        assert "DSO" in lines[0]

    async def test_shows_what_came_of_what_customers_said(self, summary: Summary) -> None:
        lines = {
            line.split()[0]: line.split(maxsplit=2)[1:]
            for line in table(summary).splitlines()
            if line
        }
        assert lines["promises"] == ["2", "1 kept, 1 broken"]
        assert lines["disputes"] == ["2", "1 upheld, 1 rejected"]
        assert lines["plans"] == ["0", "–"]
        assert lines["payments"] == ["3", "3 paid, 1 declined first"]

    def test_says_which_law_is_broken(self) -> None:
        broken = Check(name="law", says="A law.", holds=False, looked_at=3, wrong=("DE01: off",))
        assert verdict([broken]) == "  ✗ A law. (3 looked at)\n      DE01: off"


class TestCharts:
    @pytest.mark.parametrize(
        ("largest", "top"), [(0, 0), (7, 10), (950, 1000), (1_230_000, 1_500_000)]
    )
    def test_axes_end_at_round_numbers(self, largest: float, top: float) -> None:
        assert scale(largest, floor=100, ceiling=0).top == pytest.approx(top, abs=1e-6)

    @pytest.mark.parametrize(
        ("number", "text"),
        [(0, "0"), (950, "950"), (45_600, "46 k"), (999_600, "1.0 m"), (1_234_567, "1.2 m")],
    )
    def test_axis_numbers_are_short(self, number: float, text: str) -> None:
        assert short(number) == text

    def test_nothing_is_a_chart_too(self) -> None:
        assert column_chart("empty", [], []).startswith("<svg")
        assert line_chart("empty", ["1"], [("a", "A", [None])]).startswith("<svg")
