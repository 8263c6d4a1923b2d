"""How things look on a terminal, and where there is none."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.table import Table

from eap_workflow import deadlines
from eap_workflow.cli import tables
from eap_workflow.policy import STANDARD
from eap_workflow.processes import every_process
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.verdict import Reason
from eap_workflow.views import Status
from tests import lines
from tests.lines import APPROVER, DAY, FAR, MANAGER, PROCESS, TEAM, handle

MELBOURNE = ZoneInfo("Australia/Melbourne")


def printed(*objects: Any) -> str:
    """What is printed where there is no terminal."""
    console = tables.console()
    console.file = io.StringIO()
    console.print(*objects)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("left", "words"), [(None, "-"), (7, "7 left"), (1, "1 left"), (0, "today"), (-1, "1 over"), (-12, "12 over")]
)
def test_days_are_left_or_over(left: int | None, words: str) -> None:
    """A number never has a sign: it is left, today, or over; what is near or over stands out."""
    text = tables.time_left(standing(working_days_left=left))
    assert text.plain == words
    assert ("red" in str(text.style)) == (left is not None and left < 0)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (23, "23 h left"),
        (1, "1 h left"),
        (0, "within the hour"),
        (-1, "< 1 h over"),
        (-2, "1 h over"),
        (-30, "29 h over"),
    ],
)
def test_hours_are_left_or_over(left: int, words: str) -> None:
    """A limit in elapsed hours is told in hours, likewise: in whole ones, so that minutes over are no hour."""
    text = tables.time_left(standing(hours_left=left))
    assert text.plain == words
    assert ("red" in str(text.style)) == (left < 0)


def test_a_column_of_time_says_what_it_counts() -> None:
    """Working days, or hours; where there are both, every cell has its unit."""
    days, one_day, hours = standing(working_days_left=7), standing(working_days_left=-1), standing(hours_left=7)
    nothing = standing()
    assert tables.time_column([nothing]) == tables.time_column([days, nothing]) == ("working days", "")
    assert tables.time_column([nothing, hours]) == ("hours", "")
    heading, unit = tables.time_column([days, hours])
    assert heading == "time"
    said = [tables.time_left(row, days=unit).plain for row in (days, one_day, hours, nothing)]
    assert said == ["7 days left", "1 day over", "7 h left", "-"]
    said_of_all = printed(tables.open_requests([days, hours], MELBOURNE, title="Open"))
    assert "7 days left" in said_of_all
    assert "working days" not in said_of_all


def standing(*, working_days_left: int | None = None, hours_left: int | None = None) -> Status:
    """Make a request that has so much time left."""
    return Status(
        request="XS-1",
        workflow="extra_sessions",
        state="clinical_review",
        turn="clinical_manager",
        due_on=None,
        working_days_left=working_days_left,
        hours_left=hours_left,
        version=3,
        figures={},
        passes_at=None,
    )


def test_names_are_written_as_people_write_them() -> None:
    """States and triggers lose their underscores, and what is not there is a dash."""
    assert tables.words("employer_decision") == "employer decision"
    assert tables.words(None) == tables.day(None) == tables.number(None) == "-"
    assert tables.day(date(2026, 11, 9)) == "Mon 2026-11-09"


def test_a_reason_names_its_fields() -> None:
    """Fields stand behind a sentence in brackets, and nothing where there are none."""
    assert tables.about(Reason(code="c", sentence="S.", fields=("goal", "by"))) == " (goal, by)"
    assert tables.about(Reason(code="c", sentence="S.")) == ""


def test_text_is_shown_as_it_is() -> None:
    """What looks like markup or an emoji to the terminal's library is neither."""
    table = tables.table_of("Title", ("a", "left"))
    table.add_row("XS:fire:1 [bold]x[/bold]")
    assert "XS:fire:1 [bold]x[/bold]" in printed(table)
    assert "[red]:fire:" in printed("[red]:fire:")


def test_no_table_is_cut_where_there_is_no_terminal() -> None:
    """A table is as wide as its longest names need, text that folds stays readable, and others are not widened."""
    wide = tables.table_of("Wide", ("a", "left"), ("b", "left"), ("text", "fold"), ("rules", "narrow"))
    wide.add_row("x" * 64, "y" * 64, "some words " * 20, "XS-01 XS-02 XS-03")
    said = printed(wide)
    assert "x" * 64 + "   " + "y" * 64 in said
    assert said.count("some words") >= 10
    assert max(len(line) for line in said.splitlines() if "words" in line) >= 2 * 64 + tables.READABLE
    console = tables.console()
    console.file = io.StringIO()
    console.print(wide)
    assert console.width == tables.NARROWEST


def test_a_terminal_keeps_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal nothing is wider than it is."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    console = tables.console()
    console.file = io.StringIO()
    table = tables.table_of("Wide", ("a", "left"))
    table.add_row("x" * 90)
    console.print(table)
    assert (console.is_terminal, console.width) == (True, 60)
    assert "x" * 61 not in console.file.getvalue()


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ([*lines.told("XS-1"), lines.tick(4)], ""),
        (lines.told("XS-1", contract="team"), "not relayed yet"),
        (
            [*lines.filed("XS-1"), lines.line("decline", "XS-1", 1, APPROVER, reason="not_funded"), lines.tick(4)],
            "not funded, in employer decision",
        ),
        (
            [
                *lines.reviewed("XS-1"),
                lines.line("decline", "XS-1", 2, MANAGER, reason="not_short_term"),
                lines.tick(4),
            ],
            "not short term, in clinical review",
        ),
        ([*lines.filed("XS-1", contract="deeming"), lines.tick(90 * DAY)], "deemed"),
        ([*lines.reviewed("XS-1", contract="deeming"), lines.tick(90 * DAY)], "deemed, in clinical review"),
        ([*lines.filed("XS-1", contract="advance"), lines.tick(4)], "in advance"),
        ([*lines.filed("XS-1"), lines.line("withdraw", "XS-1", 1)], ""),
    ],
)
def test_how_a_request_ended_is_said_in_few_words(path: list[lines.Line], outcome: str) -> None:
    """The reason, the stage of a decline, whether it was deemed or approved in advance, and whether it was relayed."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, path)
    snapshot = service.snapshot("XS-1")
    listing = PROCESS.listing(snapshot)
    assert ", ".join(listing.how) == outcome
    assert listing.ended_at is not None
    assert listing.ended_at <= snapshot.at
    said = printed(tables.ended_requests([(service.status(snapshot, FAR), listing)], MELBOURNE, title="Ended"))
    assert outcome in said
    assert snapshot.state in said


def test_a_request_ended_when_it_was_decided_and_not_when_that_was_relayed() -> None:
    """A relay a week later does not move the day of the decision."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.told("XS-1", contract="team"), lines.line("relay", "XS-1", 7 * DAY, TEAM))
    assert PROCESS.listing(service.snapshot("XS-1")).ended_at == lines.START + timedelta(hours=3)


def test_limits_steps_and_days_are_tables() -> None:
    """Each has a row for each of its things, with an extension and a chain that binds nobody noted."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.reviewed("XS-1"), lines.line("extend_limit", "XS-1", 2, TEAM, working_days=2))
    snapshot = service.snapshot("XS-1")
    limits = service.deadlines(snapshot, FAR)
    late = [(service.status(snapshot, FAR), limits[0])]
    drawn: list[tuple[Table, int, tuple[str, ...]]] = [
        (tables.deadlines(limits), 2, ("extended by 2", "stated only", "Australia/Melbourne")),
        (tables.trail(service.trail("XS-1"), MELBOURNE), 5, ("now clinical review", "extend limit", "case team ct-1")),
        (tables.overdue(late, MELBOURNE, title="Late"), 1, ("over", "clinical manager")),
        (tables.account(service.explain(snapshot, snapshot.deadlines[0]), title="Days"), 13, ("Melbourne Cup Day",)),
    ]
    for table, rows, words in drawn:
        assert table.row_count == rows
        assert all(word in printed(table) for word in words)


# --- limits in hours, and stated days ---------------------------------------------------------------------------------

ASKED = {"contract": "standard", "partner": "pt-1", "with_whom": "participant", "person": "pa-1"}
THERAPIST = {"role": "therapist", "id": "th-7"}
FRIDAY = "2026-10-30T19:45:00+11:00"


def of_outreach(**change: Any) -> Service:
    """An e-mail that came in on a Friday evening, and has its three limits of 24 hours."""
    service = lines.service(MemoryStore(every_process()))
    opened = {"do": "open_contact", "request": "OC-1", "at": FRIDAY, "by": TEAM, "reason": "email_received"}
    handle(service, opened | ASKED | change)
    return service


def test_hours_are_shown_with_their_hour() -> None:
    """CM-05: due when, and not only on which day: in the zone asked for, and beside the party's zone in that one."""
    service = of_outreach()
    snapshot = service.snapshot("OC-1")
    row = service.status(snapshot, snapshot.at)
    shown = printed(tables.open_requests([row], MELBOURNE, title="Open"))
    assert "Sat 2026-10-31 19:45" in shown
    assert "hours" in shown
    assert "Sat 2026-10-31 16:45" in printed(tables.open_requests([row], lines.PERTH, title="Open"))
    limits = service.deadlines(snapshot, snapshot.at)
    assert printed(tables.deadlines(limits)).count("Sat 2026-10-31 19:45") == 3
    late = [(row, each) for each in service.deadlines(snapshot, snapshot.at + timedelta(hours=26))]
    shown = printed(tables.overdue(late, MELBOURNE, title="Late"))
    assert shown.count("Sat 2026-10-31 19:45") == shown.count("2 h over") == 3


def test_a_trail_says_which_limit_a_step_of_the_clock_is_about() -> None:
    """CM-05: three limits run at once, and each is named; what the clock's other moves mean is said, and who acted."""
    service = of_outreach()
    service.tick(datetime(2026, 11, 1, tzinfo=UTC))
    table = tables.trail(service.trail("OC-1"), MELBOURNE)
    by, told = (list(table.columns[at].cells) for at in (3, 4))
    assert by == ["case team ct-1", *["system"] * 4]
    assert told[1:] == [
        "acknowledgement: the limit has passed",
        "first attempt: the limit has passed",
        "contact: the limit has passed",
        "contact: nobody was reached in time, WPO is told",
    ]
    opened = (
        "now received; acknowledgement due Sat 2026-10-31 19:45; first attempt due Sat 2026-10-31 19:45; contact due"
    )
    assert str(told[0]).startswith(opened)


def test_an_account_in_hours_is_hour_by_hour() -> None:
    """CM-05: its title says so, and each of its rows has both what the day is and which of its hours count."""
    service = of_outreach()
    snapshot = service.snapshot("OC-1")
    (deadline, *_) = snapshot.deadlines
    shown = printed(tables.explained(deadline, service.explain(snapshot, deadline)))
    assert " ".join(shown.split()).startswith("The acknowledgement limit, hour by hour (Australia/Melbourne)")
    assert "why not" not in shown
    assert "counts as" not in shown
    assert "day of receipt: from 19:45, 24 hours" in shown
    assert "the last hour: to 19:45" in shown
    extended = deadlines.extend(deadline, 2, service.offices_of(STANDARD), ())
    shown = printed(tables.explained(extended, service.explain(snapshot, extended)))
    assert "hour by hour, and then day by day" in shown


def test_the_account_of_a_stated_day_says_that_it_was_stated() -> None:
    """TC-03: on which day it was stated and at which hour, and that no day is counted."""
    service = lines.service(MemoryStore(every_process()))
    session = {"contract": "standard", "session": "ses-1", "session_at": "2026-10-28T14:00:00+11:00", "client": "cl-1"}
    session |= {"therapist": "th-7", "reason": "illness", "preferred_method": "telephone"}
    for minute, command in enumerate(
        (
            {"do": "cancel"} | session,
            {"do": "tell_client", "method": "telephone"},
            {"do": "state_contact_day", "on": "2026-11-02"},
        )
    ):
        at = f"2026-10-28T08:2{minute}:00+11:00"
        handle(service, command | {"request": "SC-1", "at": at, "by": THERAPIST})
    snapshot = service.snapshot("SC-1")
    (deadline,) = snapshot.deadlines
    shown = printed(tables.explained(deadline, service.explain(snapshot, deadline)))
    assert " ".join(shown.split()).startswith("The rebooking limit, to a day that was stated (Australia/Melbourne)")
    assert "the day on which it was stated: at 08:22" in shown
    assert "no day is counted" in shown
