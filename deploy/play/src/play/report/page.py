"""The report as one page that stands alone: pictures, tables and laws, readable on a desk and on a phone."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from play.report.charts import area_chart, column_chart, line_chart
from play.report.scales import short
from play.summary import Receivables, Summary, WeekFound

TEMPLATES = Path(__file__).parent / "templates"
BARS_MAX = 10

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["short"] = lambda text: short(float(text))
_environment.filters["words"] = lambda text: str(text).replace("-", " ")


@dataclass(frozen=True, slots=True)
class EntityPicture:
    """One legal entity: what it is owed in the end, and how that came."""

    code: str
    currency: str
    open: str
    overdue: str
    overdue_percent: int
    unheard: str
    dso: str
    dso_before: str
    chart: Markup


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    count: int
    percent: int


def page(summary: Summary) -> str:
    """The HTML of the report."""
    template = _environment.get_template("page.html.j2")
    return template.render(
        summary=summary,
        css=Markup((TEMPLATES / "page.css").read_text(encoding="utf-8")),
        entities=_entities(summary),
        dso_chart=_dso_chart(summary),
        words_chart=_words_chart(summary),
        silences=_bars(summary.totals.silences),
        not_sent=_bars(summary.totals.not_sent_by_reason),
        events=_bars({_kind(type_): n for type_, n in summary.totals.events_by_type.items()}),
        messages_sent=sum(summary.totals.messages_by_channel.values()),
        silences_sum=sum(summary.totals.silences.values()),
        held=sum(check.holds for check in summary.checks),
    )


def write_page(summary: Summary, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(summary), encoding="utf-8")


def _entities(summary: Summary) -> list[EntityPicture]:
    if not summary.days:
        return []
    first_week, last_week = summary.weeks[0], summary.weeks[-1]
    return [
        EntityPicture(
            code=owed.legal_entity,
            currency=owed.currency,
            open=owed.open,
            overdue=owed.overdue,
            overdue_percent=_percent(float(owed.overdue), float(owed.open)),
            unheard=summary.unheard[-1].overdue[owed.legal_entity],
            dso=_dso(last_week, owed.legal_entity) or "–",
            dso_before=_dso(first_week, owed.legal_entity) or "–",
            chart=_owed_chart(summary, owed),
        )
        for owed in last_week.receivables
    ]


def _owed_chart(summary: Summary, owed: Receivables) -> Markup:
    overdue, not_due, labels = [], [], []
    for n, day in enumerate(summary.days):
        mine = next(r for r in day.receivables if r.legal_entity == owed.legal_entity)
        overdue.append(float(mine.overdue))
        not_due.append(float(mine.open) - float(mine.overdue))
        labels.append(_day_label(summary, n))
    silent = [float(day.overdue[owed.legal_entity]) for day in summary.unheard]
    title = f"{owed.legal_entity}: open and overdue by day, {owed.currency}"
    layers = [("overdue", overdue), ("current", not_due)]
    return Markup(area_chart(title, labels, layers, outlines=[("unheard", silent)]))


def _dso_chart(summary: Summary) -> Markup:
    labels = [_week_label(summary, week) for week in summary.weeks]
    codes = [one.legal_entity for one in summary.weeks[-1].dso] if summary.weeks else []
    series = [
        (f"entity-{n}", code, [_number(_dso(week, code)) for week in summary.weeks])
        for n, code in enumerate(codes)
    ]
    return Markup(line_chart("Days sales outstanding by week", labels, series))


def _words_chart(summary: Summary) -> Markup:
    labels = [_week_label(summary, week) for week in summary.weeks]
    layers = [
        (channel, [float(week.messages.get(channel, 0)) for week in summary.weeks])
        for channel in ("email", "sms")
    ]
    layers.append(("escalation", [float(week.escalations) for week in summary.weeks]))
    return Markup(column_chart("Messages and escalations by week", labels, layers))


def _bars(counts: Mapping[str, int]) -> list[Bar]:
    largest = max(counts.values(), default=1)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [Bar(name, count, _percent(count, largest)) for name, count in ranked[:BARS_MAX]]
    rest = sum(count for _, count in ranked[BARS_MAX:])
    return [*shown, Bar("others", rest, _percent(rest, largest))] if rest else shown


def _kind(event_type: str) -> str:
    """`erp.credit-note.posted.v1` → `credit-note posted`."""
    return " ".join(event_type.split(".")[1:-1])


def _dso(week: WeekFound, code: str) -> str | None:
    return next((one.days for one in week.dso if one.legal_entity == code), None)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _day_label(summary: Summary, n: int) -> str:
    """Every second Monday or so has its date; long plays have fewer."""
    every = 14 if len(summary.days) <= 70 else 28
    return f"{summary.days[n].day:%-d %b}" if n % every == 0 else ""


def _week_label(summary: Summary, week: WeekFound) -> str:
    every = 1 if len(summary.weeks) <= 14 else 4
    return str(week.number) if (week.number - 1) % every == 0 else ""


def _percent(part: float, whole: float) -> int:
    return round(100 * part / whole) if whole else 0
