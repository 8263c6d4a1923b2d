"""The sheet of a limit: every day once, with its number or its reason, checked against the calendar day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from eap_workflow.dossier.sheet_contents import Day, Sheet
from eap_workflow.dossier.sheets import MOST_DAYS_OVER, NO_CALENDAR, NOT_KEPT, Counted, sheet_of
from eap_workflow.processes import process_named
from eap_workflow.views.limit_runs import LimitRun, limit_runs
from tests.dossier import samples

WORKFLOW = process_named("extra_sessions").workflow


def sheet(request: str, limit: str) -> Sheet:
    """The last sheet of a limit."""
    return [each for each in samples.dossier(request).sheets if each.limit == limit][-1]


def run_of(request: str, limit: str) -> LimitRun:
    """The last run of a limit of extra sessions."""
    steps = samples.service().trail(request)
    return [run for run in limit_runs(WORKFLOW, steps, samples.AT) if run.limit == limit][-1]


def days(given: Sheet) -> dict[date, Day]:
    """The days of a sheet."""
    return {day.day: day for month in given.months for week in month.weeks for day in week if day is not None}


def test_a_sheet_says_of_every_day_what_it_is() -> None:
    """Worked out by hand: seven working days from Monday 2 November, with Cup Day on Tuesday, answered two days late (XS-07)."""
    found = days(sheet("XS-0009", "employer decision"))
    numbers = {on.day: (day.kind, day.number, day.reason, day.marks) for on, day in found.items() if 2 <= on.day <= 16}
    assert numbers == {
        2: ("start", None, "day of receipt", ("day 0",)),
        3: ("off", None, "Melbourne Cup Day", ()),
        4: ("counted", 1, "", ()),
        5: ("counted", 2, "", ()),
        6: ("counted", 3, "", ()),
        7: ("off", None, "weekend", ()),
        8: ("off", None, "weekend", ()),
        9: ("counted", 4, "", ()),
        10: ("counted", 5, "", ()),
        11: ("counted", 6, "", ()),
        12: ("counted", 7, "", ("last day",)),
        13: ("over", 1, "", ()),
        14: ("off", None, "weekend", ()),
        15: ("off", None, "weekend", ()),
        16: ("over", 2, "", ("approve",)),
    }
    assert sheet("XS-0009", "employer decision").off == ("Tue 2026-11-03, Melbourne Cup Day",)


def test_months_are_whole_weeks_from_monday_and_hold_their_own_days_alone() -> None:
    """A week that two months share stands in both, each with its own days (IN-01)."""
    october, november = sheet("XS-0014", "employer decision").months
    assert (october.title, november.title) == ("October 2026", "November 2026")
    for month, number in ((october, 10), (november, 11)):
        for week in month.weeks:
            assert len(week) == 7
            for weekday, day in enumerate(week):
                assert day is None or (day.day.month, day.day.weekday()) == (number, weekday)


@pytest.mark.parametrize("request_", samples.requests())
def test_every_sheet_agrees_with_the_calendar(request_: str) -> None:
    """On every sheet, days that count are the calendar's working days, numbered from 1 without a gap to the last (IN-01)."""
    service = samples.service()
    found = samples.dossier(request_).sheets
    workflow = process_named(service.snapshot(request_).workflow).workflow
    for run, given in zip(limit_runs(workflow, service.trail(request_), samples.AT), found, strict=True):
        due = run.deadline.due
        if not due.is_counted_in_days or due.stated_elsewhere is not None:
            continue
        counted = {on: day.number for on, day in days(given).items() if day.kind == "counted"}
        assert list(counted.values()) == list(range(1, len(counted) + 1))
        assert max(counted) == run.deadline.due_on
        calendars = service.counted_on(run.deadline)
        if len(calendars) == 1:
            (office,) = calendars.values()
            day = due.day_zero
            while (day := day + timedelta(days=1)) <= run.deadline.due_on:
                assert (day in counted) == office.calendar.is_working_day(day)


def test_a_date_that_was_stated_elsewhere_stands_beside_our_count() -> None:
    """Both dates are on the sheet, and which of them holds (IN-12)."""
    given = sheet("OLD-0003", "clinical review")
    marks = {day.day: day.marks for day in days(given).values()}
    assert marks[date(2026, 11, 18)] == ("stated by another system", "last day")
    assert days(given)[date(2026, 11, 16)].number == 5
    assert given.stated[0].remark == "as another system had stated it"
    assert given.remarks == (
        "Our count gives Mon 2026-11-16 as the last day; the date that another system had stated holds.",
    )


def test_days_between_our_count_and_a_later_stated_day_are_a_kind_of_their_own() -> None:
    """Tuesday 17 and Wednesday 18 November lie in time, and have no number in our count (IN-12)."""
    found = {
        on.day: (day.kind, day.number)
        for on, day in days(sheet("OLD-0003", "clinical review")).items()
        if on.month == 11
    }
    assert [found[on] for on in (16, 17, 18)] == [("counted", 5), ("elsewhere", None), ("elsewhere", None)]
    assert found[19][0] == "over"


@pytest.mark.parametrize(
    ("due_on", "kinds"),
    [
        ("2026-11-09", {9: "counted 5", 10: "counted 8", 11: "counted 9", 12: "counted 10", 13: "over 1"}),
        ("2026-11-13", {11: "counted 7", 12: "elsewhere", 13: "elsewhere", 16: "counted 8", 18: "counted 10"}),
    ],
)
def test_where_days_were_added_to_a_stated_day_it_is_said_where_the_count_goes_on(
    due_on: str, kinds: dict[int, str]
) -> None:
    """Our seven days end on 11 November; another system had stated less or more, and three days were added (IN-12)."""
    given = next(each for each in samples.extended(due_on).sheets if each.limit == "employer decision")
    found = {on.day: day for on, day in days(given).items() if on.month == 11}
    said = {on: " ".join(filter(None, (found[on].kind, str(found[on].number or "")))) for on in kinds}
    assert said == kinds
    stated = date.fromisoformat(due_on)
    assert given.remarks[1] == (
        f"Days were added later: they are counted on from {stated:%a} {stated}, and numbered on from the 7 working days of the"
        " limit's own count."
    )


def test_no_day_counts_after_the_day_that_was_stated() -> None:
    """Where another system had stated an earlier day than our count gives, our count stops there (IN-12)."""
    given = sheet("OLD-0003", "clinical review")
    due = given.stated[-1].due
    assert isinstance(due, date)
    assert not [on for on, day in days(given).items() if day.kind in {"counted", "elsewhere"} and on > due]


@pytest.mark.parametrize("request_", samples.requests())
def test_the_days_that_are_said_not_to_count_are_those_of_the_sheet(request_: str) -> None:
    """The sentence and the sheet name the same days, from day 0 to the last that is drawn (IN-01)."""
    for given in samples.dossier(request_).sheets:
        drawn = [on for on in given.days if on.kind == "off" and not on.reason.startswith("weekend")]
        # A note, such as that a date was an estimate, stands on the sheet alone.
        assert [each.split(", ")[0][4:] for each in given.off] == [on.day.isoformat() for on in drawn]


def test_a_holiday_among_the_days_over_is_said_too() -> None:
    """Cup Day lies in the count, and Christmas among the days over (IN-04)."""
    said = sheet("SC-0103", "absence update").off
    assert said[:2] == ("Tue 2026-11-03, Melbourne Cup Day", "Fri 2026-12-25, Christmas Day")


def test_every_statement_of_an_extended_limit_is_there() -> None:
    """The first date, and the later one, which was stated after the first had passed (IN-12)."""
    given = sheet("XS-0028", "clinical review")
    assert [each.what for each in given.stated] == ["provide details", "extend limit"]
    assert given.stated[1].remark == "the date before it had passed by then"
    first, last = (each.due for each in given.stated)
    marks = {day.day: day.marks for day in days(given).values()}
    assert marks[first] == (f"last day, as stated in step {given.stated[0].version}",)
    assert marks[last] == ("last day", "decline")
    assert given.length == "5 working days and then 4 working days"


def test_a_limit_in_hours_is_an_account_and_no_sheet() -> None:
    """Nothing is counted by days; each day says how many of the hours ran through it (CM-05)."""
    given = sheet("OC-0003", "contact")
    assert given.months == ()
    assert [line.label for line in given.account] == ["Fri 2026-10-30", "Sat 2026-10-31"]
    assert given.account[0].value == "day of receipt: from 19:45, 24 hours"


def test_a_limit_to_a_stated_day_says_when_that_was_stated() -> None:
    """Its account is the day of stating, and the day itself (TC-03)."""
    given = sheet("SC-0103", "rebooking")
    assert given.months == ()
    assert "stated" in str(given.account[-1].value)


def test_what_passed_years_ago_is_not_drawn_to_this_day() -> None:
    """The sheet ends some months after the last day; the words say how long ago it is (IN-04)."""
    at = samples.AT + timedelta(days=1500)
    late = [each for each in samples.dossier("XS-0047", at).sheets if each.limit == "clinical review"][-1]
    found = days(late)
    due = late.stated[-1].due
    assert isinstance(due, date)
    assert max(on for on, day in found.items() if day.kind == "over") <= due + MOST_DAYS_OVER
    assert len(late.months) <= 5
    assert "working days over" in late.in_short


def test_without_a_calendar_the_dates_stand_alone() -> None:
    """No day can be shown, the date that was stated holds, and the page says why (IN-12)."""
    run = run_of("XS-0009", "employer_decision")
    given = sheet_of(WORKFLOW, run, Counted(offices={}, remark=NO_CALENDAR), samples.AT)
    assert given.months == ()
    assert given.remarks == (NO_CALENDAR,)
    assert given.verdict == "It passed at the end of Thu 2026-11-12; “approve” ended it on Mon 2026-11-16."
    assert given.calendars[0].source == "not at hand"


def test_on_a_calendar_of_today_the_page_says_so() -> None:
    """Days that are counted on another calendar than then are marked as such (IN-12)."""
    run = run_of("XS-0009", "employer_decision")
    service = samples.service()
    policy = service.policy_of(service.snapshot("XS-0009"))
    assert policy is not None
    given = sheet_of(WORKFLOW, run, Counted(offices=service.offices_of(policy), remark=NOT_KEPT), samples.AT)
    assert given.remarks == (NOT_KEPT,)
    assert days(given)
