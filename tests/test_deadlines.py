"""A limit with its start and its due date: how it is counted, extended, explained and recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow import deadlines
from eap_workflow.calendar import BusinessCalendar
from eap_workflow.deadlines import Deadline, Office
from eap_workflow.errors import CoverageError, DefinitionError, InvalidValue
from eap_workflow.local_time import local_day, passes_at
from eap_workflow.machine import Limit, Stage
from eap_workflow.policy import STANDARD, Limits, LimitTerms, Parties, PartyTerms, Policy
from eap_workflow.terms import Term
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys, strategies
from tests.journeys import DAY, MELBOURNE, REMINDING, START, TEAM, TWO_CALENDARS, Journey

VIC, WA = journeys.calendar("AU-VIC"), journeys.calendar("AU-WA")
TABLE = xs.PROCESS.workflow


def stage(state: str, trigger: str) -> Stage:
    """The limit that a row starts, with the sums that start with it."""
    row = TABLE.row(state, trigger)
    assert row is not None
    (started_by_row,) = row.starts
    return started_by_row


DETAILS = stage("submitted", "refer")
REVIEW = stage("further_details", "provide_details")
DECISION = stage("clinical_review", "support")
RELAY = stage("employer_decision", "approve")


def started(limit: Stage, policy: Policy, at: datetime) -> Deadline:
    """Start a limit that the contract sets."""
    return deadlines.start((limit,), policy.limits.terms, journeys.offices(policy), at)[0]


def chained(policy: Policy, at: datetime) -> Deadline:
    """Start the review, and with it the whole path."""
    review, whole = deadlines.start((REVIEW,), policy.limits.terms, journeys.offices(policy), at)
    assert (review.limit, whole.limit) == ("clinical_review", "whole_path")
    return whole


def with_terms(terms: PartyTerms) -> Policy:
    """Make a contract with these terms for the provider."""
    return journeys.contract("terms", parties=Parties(provider=terms))


# --- how a limit is counted -------------------------------------------------------------------------------------------


@given(strategies.instants(), strategies.contracts())
def test_a_limit_is_met_until_the_end_of_its_last_working_day(at: datetime, policy: Policy) -> None:
    """IN-01: the n-th working day after day 0, to midnight in the responsible party's zone, in any contract."""
    for limit, party in ((REVIEW, policy.parties.provider), (DECISION, policy.parties.employer)):
        deadline = started(limit, policy, at)
        calendar = journeys.calendar(str(party.region))
        working_days = policy.limits.terms[limit.limit.name].working_days
        assert working_days is not None
        assert deadline.due_on == calendar.add(deadline.day_zero, working_days)
        assert calendar.is_working_day(deadline.due_on)
        assert deadline.passes_at == passes_at(deadline.due_on, party.zone)
        assert not deadline.has_passed(deadline.passes_at - timedelta(microseconds=1))
        assert deadline.has_passed(deadline.passes_at)
        assert deadline.day_zero >= local_day(at, party.zone)
        assert deadline.started_at == at
        assert deadline.due.last_basis is deadline.due.basis
        assert (deadline.due.basis.party, deadline.due.basis.zone) == (limit.limit.party, party.zone)
        assert deadline.due.basis.calendar == calendar.fingerprint


def test_five_working_days_over_cup_day() -> None:
    """CR-07, IN-01: from a Wednesday, over a weekend and Melbourne Cup Day, five working days end on a Thursday."""
    deadline = started(REVIEW, STANDARD, START)
    assert (deadline.day_zero, deadline.due_on) == (date(2026, 10, 28), date(2026, 11, 5))
    assert deadline.passes_at == datetime(2026, 11, 6, tzinfo=MELBOURNE)


@pytest.mark.parametrize(
    ("received", "plain", "next_working", "cut_off"),
    [
        # A Saturday: day 0 whether or not it is worked, or else the Monday after it.
        (datetime(2026, 10, 24, 12, 0, tzinfo=MELBOURNE), date(2026, 10, 24), date(2026, 10, 26), date(2026, 10, 26)),
        # A Friday, exactly at the cut-off: in time.
        (datetime(2026, 10, 23, 17, 0, tzinfo=MELBOURNE), date(2026, 10, 23), date(2026, 10, 23), date(2026, 10, 23)),
        # A moment later: as if on the Monday.
        (
            datetime(2026, 10, 23, 17, 0, 1, tzinfo=MELBOURNE),
            date(2026, 10, 23),
            date(2026, 10, 23),
            date(2026, 10, 26),
        ),
        # On the eve of Cup Day, late: as if on the day after it.
        (datetime(2026, 11, 2, 23, 59, tzinfo=MELBOURNE), date(2026, 11, 2), date(2026, 11, 2), date(2026, 11, 4)),
    ],
)
def test_each_reading_of_receipt_has_its_own_day_zero(
    received: datetime, plain: date, next_working: date, cut_off: date
) -> None:
    """IN-01: the day of receipt; or the next working day; or that for what comes after the cut-off hour too."""
    assert started(REVIEW, STANDARD, received).day_zero == plain
    assert started(REVIEW, with_terms(PartyTerms(reading="next_working_day")), received).day_zero == next_working
    late = PartyTerms(reading="next_working_day", cutoff=time(17))
    deadline = started(REVIEW, with_terms(late), received)
    assert deadline.day_zero == cut_off
    assert (deadline.due.basis.reading, deadline.due.basis.cutoff) == ("next_working_day", time(17))


def test_the_day_is_that_of_the_responsible_partys_zone() -> None:
    """IN-01: late in the evening in Melbourne it is still the same day in Perth, and long before midnight there."""
    at = datetime(2026, 10, 28, 1, 30, tzinfo=MELBOURNE)
    assert started(REVIEW, TWO_CALENDARS, at).day_zero == date(2026, 10, 28)
    deadline = started(DECISION, TWO_CALENDARS, at)
    assert deadline.day_zero == date(2026, 10, 27)
    assert deadline.due.basis.zone == "Australia/Perth"
    assert deadline.passes_at.utcoffset() == timedelta(0)
    assert deadline.passes_at.hour == 16


def test_an_optional_limit_runs_where_a_contract_sets_it() -> None:
    """IN-08: the standard contract sets none for the further details, another one does."""
    assert deadlines.start((DETAILS,), STANDARD.limits.terms, journeys.offices(STANDARD), START) == ()
    assert started(DETAILS, REMINDING, START).due.working_days == 10


def test_the_clock_is_told_what_to_do_and_when() -> None:
    """IN-13: reminder and warning at the start of their day, so many working days before the due date; then the end."""
    deadline = started(DETAILS, REMINDING, START)
    assert [(move.trigger, local_day(move.due_at, MELBOURNE)) for move in deadline.schedule] == [
        ("remind", VIC.add(deadline.due_on, -5)),
        ("warn", VIC.add(deadline.due_on, -2)),
        ("lapse", deadline.due_on + DAY),
    ]
    assert deadline.schedule[-1].due_at == deadline.passes_at
    assert [move.trigger for move in started(DECISION, journeys.DEEMING, START).schedule] == [
        "overdue",
        "deem_approved",
    ]
    told_at_once = started(RELAY, STANDARD, START).schedule[0]
    assert (told_at_once.trigger, told_at_once.due_at) == ("relay", START)
    assert [move.trigger for move in started(RELAY, journeys.TOLD_BY_THE_TEAM, START).schedule] == ["overdue"]


@given(strategies.instants(), strategies.contracts())
def test_what_the_clock_does_lies_between_start_and_end(at: datetime, policy: Policy) -> None:
    """IN-13: nothing is scheduled before the limit starts or after it passes."""
    for limit in (DETAILS, REVIEW, DECISION, RELAY):
        deadline = next(iter(deadlines.start((limit,), policy.limits.terms, journeys.offices(policy), at)), None)
        for move in () if deadline is None else deadline.schedule:
            assert deadline is not None
            assert at <= move.due_at <= deadline.passes_at
            assert move.limit == limit.limit.name


def test_what_cannot_be_counted_is_an_error() -> None:
    """Outside the calendar, and without a party's office, there is no due date."""
    with pytest.raises(CoverageError):
        started(REVIEW, STANDARD, datetime(2032, 12, 29, 9, tzinfo=MELBOURNE))
    with pytest.raises(DefinitionError, match="no office of the provider"):
        deadlines.start((REVIEW,), STANDARD.limits.terms, {}, START)


@given(st.lists(st.tuples(strategies.instants(), strategies.contracts()), min_size=1, max_size=8))
def test_what_an_office_remembers_is_what_it_would_count(asked: list[tuple[datetime, Policy]]) -> None:
    """IN-12: an office that was asked before, about any day and any contract, answers like one that never was."""
    used = {policy: journeys.offices(policy) for _, policy in asked}
    for at, policy in asked:
        fresh = {party: attrs.evolve(office) for party, office in used[policy].items()}
        for limit in (DETAILS, REVIEW, DECISION, RELAY):
            assert deadlines.start((limit,), policy.limits.terms, used[policy], at) == deadlines.start(
                (limit,), policy.limits.terms, fresh, at
            )


def test_an_office_notices_that_the_other_one_changed() -> None:
    """IN-03: where a caller puts another calendar for the employer into its own mapping, the path is counted on that."""
    offices = dict(journeys.offices(TWO_CALENDARS))
    before = deadlines.start((REVIEW,), TWO_CALENDARS.limits.terms, offices, START)[1]
    closed = WA.with_closures({before.due_on: "Closed"})
    offices["employer"] = Office.of("employer", TWO_CALENDARS.parties.employer, closed)
    after = deadlines.start((REVIEW,), TWO_CALENDARS.limits.terms, offices, START)[1]
    assert after.due_on == WA.add(before.due_on, 1)


def test_an_office_tells_two_versions_of_a_contract_apart() -> None:
    """IN-11: the same office, the same day, another contract: other dates, whichever was asked first."""
    offices = journeys.offices(STANDARD)
    longer = journeys.contract("longer", limits=Limits(clinical_review=LimitTerms(working_days=6)))
    dates = [
        deadlines.start((REVIEW,), policy.limits.terms, offices, START)[0].due_on
        for policy in (STANDARD, longer, STANDARD)
    ]
    assert dates == [date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 5)]


# --- several limits, one after the other ------------------------------------------------------------------------------


@given(strategies.instants())
def test_on_one_calendar_five_and_seven_are_twelve(at: datetime) -> None:
    """CR-09, IN-03: the whole path is the twelfth working day after the start of the review."""
    whole = chained(STANDARD, at)
    assert whole.due_on == VIC.add(whole.day_zero, 12)
    assert whole.day_zero == local_day(at, MELBOURNE)
    assert [part.working_days for part in whole.due.parts] == [5, 7]
    assert whole.schedule == ()


@given(strategies.instants())
def test_on_two_calendars_the_stages_are_chained(at: datetime) -> None:
    """IN-03: each stage is counted on its own party's calendar, the second from the day on which the first is due."""
    whole = chained(TWO_CALENDARS, at)
    review = started(REVIEW, TWO_CALENDARS, at)
    assert whole.due_on == WA.add(review.due_on, 7)
    assert whole.passes_at == passes_at(whole.due_on, "Australia/Perth")
    assert [part.basis.party for part in whole.due.parts] == ["provider", "employer"]


def test_a_stage_that_the_contract_does_not_set_adds_nothing() -> None:
    """IN-03: a chain is the sum of what is set."""
    review = started(REVIEW, STANDARD, START).due
    chain = deadlines.chain(review, (DETAILS.limit,), STANDARD.limits.terms, journeys.offices(STANDARD))
    assert (chain.due_on, chain.further, chain.schedule) == (review.due_on, (), ())


# --- a later date -----------------------------------------------------------------------------------------------------


@given(strategies.instants(), st.integers(1, 20), st.sampled_from((STANDARD, REMINDING, TWO_CALENDARS)))
def test_an_extension_counts_from_the_stated_date_and_shortens_nothing(at: datetime, days: int, policy: Policy) -> None:
    """IN-12: the new date lies so many working days after the old one, and what the clock has to do moves along."""
    offices = journeys.offices(policy)
    for limit in (REVIEW, DECISION):
        before = started(limit, policy, at)
        after = deadlines.extend(before, days, offices, before.schedule)
        assert after.due_on == offices[limit.limit.party].calendar.add(before.due_on, days)
        assert after.passes_at == passes_at(after.due_on, before.due.basis.zone)
        assert (after.day_zero, after.started_at, after.due.working_days) == (
            before.day_zero,
            before.started_at,
            before.due.working_days,
        )
        assert [move.trigger for move in after.schedule] == [move.trigger for move in before.schedule]
        for old, new in zip(before.schedule, after.schedule, strict=True):
            assert new.due_at > old.due_at
        assert after.schedule[-1].due_at == after.passes_at


def test_an_extension_schedules_only_what_is_left() -> None:
    """IN-13: what the clock has done about a limit it does not do again because the limit is extended."""
    one = Journey(REMINDING).to("clinical_review")
    deadline = one.stands.deadlines[0]
    one.wait(deadline.schedule[0].due_at)
    one.do(xs.ExtendLimit(working_days=3), TEAM)
    assert [move.trigger for move in one.stands.clock] == ["warn", "overdue"]
    one.wait(one.now + 60 * DAY)
    assert one.triggers.count("remind") == 1
    one.do(xs.ExtendLimit(working_days=60), TEAM)
    assert one.stands.clock == ()


def test_extending_a_stage_moves_the_whole_path_with_it() -> None:
    """IN-03, IN-12: the review ends three working days later, and so does the path as a whole."""
    one = Journey().to("clinical_review")
    before = {line.limit: line.due_on for line in one.stands.deadlines}
    one.do(xs.ExtendLimit(working_days=3), TEAM)
    after = {line.limit: line.due_on for line in one.stands.deadlines}
    assert after == {limit: VIC.add(due_on, 3) for limit, due_on in before.items()}


@given(st.integers(1, 30), strategies.instants())
def test_an_extended_path_is_the_chained_one(days: int, at: datetime) -> None:
    """IN-03, IN-12: on two calendars the path is chained anew from the extended stage."""
    one = Journey(TWO_CALENDARS, now=at).to("clinical_review")
    one.do(xs.ExtendLimit(working_days=days), TEAM)
    stage, whole = one.stands.deadline("clinical_review"), one.stands.deadline("whole_path")
    assert stage is not None
    assert whole is not None
    assert whole.due_on == WA.add(stage.due_on, 7)


def test_a_path_that_reaches_beyond_its_stage_stays() -> None:
    """IN-12: where the employer was asked early, a small extension of its limit leaves the stated path as it is."""
    one = Journey().to("clinical_review")
    one.do(xs.Support(), journeys.MANAGER)
    whole = one.stands.deadline("whole_path")
    one.do(xs.ExtendLimit(working_days=1), TEAM)
    assert one.stands.deadline("whole_path") == whole
    one.do(xs.ExtendLimit(working_days=9), TEAM)
    stage, later = one.stands.deadline("employer_decision"), one.stands.deadline("whole_path")
    assert whole is not None
    assert stage is not None
    assert later is not None
    assert later.due_on == stage.due_on > whole.due_on


def test_nothing_shortens_a_limit() -> None:
    """IN-12: an extension of no day, or of less, is refused before and behind the command."""
    deadline = started(REVIEW, STANDARD, START)
    for days in (0, -1):
        with pytest.raises(InvalidValue, match="only ever extended"):
            deadlines.extend(deadline, days, journeys.offices(STANDARD), ())
        with pytest.raises(InvalidValue):
            xs.ExtendLimit(working_days=days)


# --- accounting for a date --------------------------------------------------------------------------------------------


@given(strategies.instants(), st.lists(st.integers(1, 8), max_size=3), st.sampled_from((STANDARD, TWO_CALENDARS)))
def test_an_account_ends_on_the_due_date(at: datetime, extensions: list[int], policy: Policy) -> None:
    """IN-03, IN-12: stage by stage and extension by extension, every day from day 0 to the due date has one row."""
    offices = journeys.offices(policy)
    for deadline in (started(REVIEW, policy, at), started(DECISION, policy, at), chained(policy, at)):
        extended = deadline
        for days in extensions:
            extended = deadlines.extend(extended, days, offices, ())
        rows = deadlines.explain(extended, offices)
        assert rows[0].day == local_day(at, extended.due.basis.zone)
        assert (rows[-1].day, rows[-1].number) == (
            extended.due_on,
            sum(part.working_days for part in extended.due.parts),
        )
        assert [row.day for row in rows] == [rows[0].day + place * DAY for place in range(len(rows))]
        numbers = [row.number for row in rows if row.number is not None]
        assert numbers == list(range(1, len(numbers) + 1))


def _offices_with(calendar: Any) -> Mapping[str, Office]:
    return {party: Office.of(party, getattr(STANDARD.parties, party), calendar) for party in ("provider", "employer")}


def test_a_recomputation_says_was_is_now_because_and_moves_nothing() -> None:
    """IN-12: a holiday that was proclaimed late would move the date by a day; the stated date stays."""
    deadline = started(REVIEW, STANDARD, START)
    newer = VIC.with_closures({date(2026, 10, 30): "Day of Mourning"})
    stated = attrs.evolve(deadline)
    restated = deadlines.restate(deadline, journeys.offices(STANDARD), _offices_with(newer))
    assert (restated.limit, restated.was, restated.is_now) == (
        "clinical_review",
        date(2026, 11, 5),
        date(2026, 11, 6),
    )
    assert restated.moved
    assert [row.day for row in restated.because] == [date(2026, 10, 30)]
    assert deadline == stated


@given(strategies.instants(), st.sets(st.integers(0, 40), max_size=5), st.lists(st.integers(1, 5), max_size=2))
def test_a_recomputation_is_what_would_be_stated_today(at: datetime, closed: set[int], extensions: list[int]) -> None:
    """IN-12: "is now" is what the same limit would get on the newer calendar, and each reason is a day in between."""
    first = local_day(at, MELBOURNE)
    newer = VIC.with_closures({first + place * DAY: "Closed" for place in closed})
    then, now = journeys.offices(STANDARD), _offices_with(newer)
    deadline, again = started(REVIEW, STANDARD, at), deadlines.start((REVIEW,), STANDARD.limits.terms, now, at)[0]
    assert again is not None
    for days in extensions:
        deadline = deadlines.extend(deadline, days, then, ())
        again = deadlines.extend(again, days, now, ())
    restated = deadlines.restate(deadline, then, now)
    assert (restated.was, restated.is_now) == (deadline.due_on, again.due_on)
    assert restated.moved == bool([row for row in restated.because if row.counts_differently])
    assert all(deadline.day_zero < row.day <= max(restated.was, restated.is_now) for row in restated.because)


def test_a_late_holiday_does_not_stop_an_extension() -> None:
    """IN-12: the due date has become a holiday, with a reminder the day before; the case team extends all the same."""
    policy = journeys.contract("late", limits=Limits(employer_decision=LimitTerms(working_days=7, remind_before=1)))
    deadline = started(DECISION, policy, START)
    newer = _offices_with(VIC.with_closures({deadline.due_on: "Day of Mourning"}))
    extended = deadlines.extend(deadline, 1, newer, deadline.schedule)
    assert extended.due_on == VIC.add(deadline.due_on, 1)
    assert [move.trigger for move in extended.schedule] == ["remind", "overdue"]
    assert extended.schedule[0].due_at >= deadline.schedule[0].due_at


@given(strategies.instants(), st.sampled_from(("day_of_receipt", "next_working_day")), st.none() | st.just(time(12)))
def test_a_recomputation_counts_from_receipt_again(at: datetime, reading: Any, cutoff: time | None) -> None:
    """IN-01, IN-12: day 0 depends on the calendar too, so a recomputation says what starting the limit now would."""
    terms = PartyTerms(reading=reading, cutoff=cutoff)
    policy = with_terms(terms)
    received = local_day(at, terms.zone)
    newer = VIC.with_closures(
        {received + DAY: "proclaimed late", received: "proclaimed late", received + 4 * DAY: "too"}
    )
    now = {party: Office.of(party, terms, newer) for party in ("provider", "employer")}
    restated = deadlines.restate(started(REVIEW, policy, at), journeys.offices(policy), now)
    fresh = deadlines.start((REVIEW,), policy.limits.terms, now, at)[0]
    assert restated.is_now == fresh.due_on
    assert restated.because or not restated.moved


def test_an_account_begins_on_the_day_of_receipt() -> None:
    """IN-01: what counts as received later is accounted for from the day on which it was received."""
    saturday = datetime(2026, 12, 26, 10, tzinfo=MELBOURNE)
    policy = with_terms(PartyTerms(reading="next_working_day"))
    rows = deadlines.explain(started(REVIEW, policy, saturday), journeys.offices(policy))
    assert [(row.day.day, row.reason) for row in rows[:4]] == [
        (26, "day of receipt"),
        (27, "weekend"),
        (28, "Boxing Day (observed)"),
        (29, "counts as received"),
    ]
    assert (rows[4].day, rows[4].number) == (date(2026, 12, 30), 1)


@pytest.mark.parametrize(
    ("at", "cutoff", "note"),
    [
        (datetime(2026, 12, 18, 16, 30, tzinfo=MELBOURNE), time(16), "after the cut-off at 16:00"),
        (datetime(2026, 12, 18, 16, 0, 2, tzinfo=MELBOURNE), time(16, 0, 1), "after the cut-off at 16:00:01"),
        (
            datetime(2026, 12, 26, 16, 30, tzinfo=MELBOURNE),
            time(16),
            "weekend (Boxing Day); after the cut-off at 16:00",
        ),
        (datetime(2026, 12, 26, 9, tzinfo=MELBOURNE), time(16), "weekend (Boxing Day)"),
    ],
)
def test_an_account_says_that_something_came_after_the_cutoff(at: datetime, cutoff: time, note: str) -> None:
    """IN-01: whoever reads that a working day is not day 0 reads why, and after which hour nothing arrives on its day."""
    policy = with_terms(PartyTerms(reading="next_working_day", cutoff=cutoff))
    received, *_ = deadlines.explain(started(REVIEW, policy, at), journeys.offices(policy))
    assert (received.day, received.reason, received.note) == (at.date(), "day of receipt", note)


# --- elapsed hours, and days that are stated --------------------------------------------------------------------------

ANSWER = Stage(Limit("answer", "provider", "Somebody answers.", ("CM-05",)), ())
TWO_CLOCK_CHANGES = (datetime(2026, 10, 3, 18, 30, tzinfo=MELBOURNE), datetime(2027, 4, 3, 18, 30, tzinfo=MELBOURNE))


def started_by(term: Term, at: datetime, policy: Policy = STANDARD) -> Deadline:
    """Start a limit of a length."""
    (deadline,) = deadlines.start((ANSWER,), {"answer": term}, journeys.offices(policy), at)
    return deadline


@given(strategies.instants() | st.sampled_from(TWO_CLOCK_CHANGES), st.integers(1, 200))
def test_hours_run_through_everything(at: datetime, hours: int) -> None:
    """CM-05: so many hours after its start, whatever days, nights and changes of the clocks lie between."""
    deadline = started_by(Term(elapsed_hours=hours), at)
    assert deadline.passes_at - at.astimezone(UTC) == timedelta(hours=hours)
    assert not deadline.has_passed(deadline.passes_at - timedelta(microseconds=1))
    assert deadline.has_passed(deadline.passes_at)
    assert deadline.due_on == local_day(deadline.passes_at - timedelta(microseconds=1), MELBOURNE)
    assert [(move.trigger, move.due_at) for move in deadline.schedule] == [("overdue", deadline.passes_at)]
    assert (deadline.due.is_counted_in_days, deadline.due.is_in_hours) == (False, True)


def test_24_hours_over_a_change_of_the_clocks_end_an_hour_later_on_the_wall() -> None:
    """CM-05: in the night in which Melbourne's clocks go forward, 24 hours are not the same time of the next day."""
    forward, back = (started_by(Term(elapsed_hours=24), at).passes_at.astimezone(MELBOURNE) for at in TWO_CLOCK_CHANGES)
    assert (forward.day, forward.hour, forward.minute) == (4, 19, 30)
    assert (back.day, back.hour, back.minute) == (4, 17, 30)


def test_24_hours_from_midnight_are_due_on_that_day() -> None:
    """CM-05: what ends at midnight is due on the day that ends there."""
    deadline = started_by(Term(elapsed_hours=24), datetime(2026, 11, 2, tzinfo=MELBOURNE))
    assert (deadline.day_zero, deadline.due_on) == (date(2026, 11, 2), date(2026, 11, 2))
    (row,) = deadlines.explain(deadline, journeys.offices(STANDARD))
    assert (row.reason, row.note) == ("day of receipt", "from 00:00, 24 hours, to the end of the day")


def test_the_clock_reminds_hours_before() -> None:
    """IN-13: in a limit in elapsed hours, what comes before its end is told in hours."""
    deadline = started_by(Term(elapsed_hours=24, remind_before=4, warn_before=1), START)
    assert [(move.trigger, move.due_at - START) for move in deadline.schedule] == [
        ("remind", 20 * journeys.HOUR),
        ("warn", 23 * journeys.HOUR),
        ("overdue", 24 * journeys.HOUR),
    ]


def test_a_stated_day_has_passed_at_its_end() -> None:
    """TC-03: the day that somebody was told counts whole, in the party's zone, whether or not it is worked."""
    sunday = date(2026, 11, 1)
    deadline = started_by(Term(stated_on=sunday, remind_before=1), START)
    assert (deadline.due_on, deadline.due.stated_on, deadline.due.working_days) == (sunday, sunday, 0)
    assert deadline.passes_at == datetime(2026, 11, 2, tzinfo=MELBOURNE)
    assert deadline.schedule[0].due_at == datetime(2026, 10, 30, tzinfo=MELBOURNE)


@pytest.mark.parametrize(
    ("ahead", "expected"), [(0, ()), (1, ()), (2, ("remind",)), (6, ("remind",)), (8, ("warn", "remind"))]
)
def test_what_lies_behind_a_stated_day_when_it_is_stated_is_left_out(ahead: int, expected: tuple[str, ...]) -> None:
    """TC-03, IN-13: nobody is reminded at once of what they have just said, and the day itself still passes."""
    term = Term(stated_on=START.date() + ahead * DAY, remind_before=1, warn_before=4)
    schedule = started_by(term, START).schedule
    assert tuple(move.trigger for move in schedule) == (*expected, "overdue")
    assert all(move.due_at > START for move in schedule)


def test_a_reminder_that_is_due_as_the_day_is_stated_is_left_out() -> None:
    """TC-03, IN-13: at the very instant it says nothing new; a moment before, it is made."""
    midnight = datetime(2026, 10, 29, tzinfo=MELBOURNE)
    term = Term(stated_on=date(2026, 10, 30), remind_before=1)
    for at, expected in ((midnight, ["overdue"]), (midnight - timedelta(microseconds=1), ["remind", "overdue"])):
        assert [move.trigger for move in started_by(term, at).schedule] == expected


def test_hours_are_accounted_for_on_every_day() -> None:
    """CM-05: the day of the first hour, every day between, and the day of the last, each with the hours that count."""
    friday = datetime(2026, 10, 30, 19, 45, tzinfo=MELBOURNE)
    rows = deadlines.explain(started_by(Term(elapsed_hours=36), friday), journeys.offices(STANDARD))
    assert [(row.day, row.weekday, row.number, row.reason, row.note) for row in rows] == [
        (date(2026, 10, 30), "Friday", None, "day of receipt", "from 19:45, 36 hours"),
        (date(2026, 10, 31), "Saturday", None, "24 hours, all of them count", None),
        (date(2026, 11, 1), "Sunday", None, "the last hour", "to 07:45"),
    ]
    (row,) = deadlines.explain(started_by(Term(elapsed_hours=1), START), journeys.offices(STANDARD))
    assert (row.reason, row.note) == ("day of receipt", "from 09:30, 1 hour, to 10:30")


def test_a_day_with_a_change_of_the_clocks_has_its_own_hours() -> None:
    """CM-05: the day on which clocks go forward has 23 hours and the one on which they go back 25, and all of them count."""
    for at, hours in zip(TWO_CLOCK_CHANGES, ("23 hours", "25 hours"), strict=True):
        _, change, last = deadlines.explain(started_by(Term(elapsed_hours=48), at), journeys.offices(STANDARD))
        assert (change.day, change.reason) == (at.date() + DAY, f"{hours}, all of them count")
        assert last.day == at.date() + 2 * DAY


@given(strategies.instants() | st.sampled_from(TWO_CLOCK_CHANGES), st.integers(1, 400))
def test_the_days_of_an_account_in_hours_leave_none_out(at: datetime, hours: int) -> None:
    """CM-05: its rows follow each other from day 0 to the due date, and no number of days is counted on any."""
    deadline = started_by(Term(elapsed_hours=hours), at)
    rows = deadlines.explain(deadline, journeys.offices(STANDARD))
    assert [row.day for row in rows] == [deadline.day_zero + n * DAY for n in range(len(rows))]
    assert rows[-1].day == deadline.due_on
    assert not any(row.number for row in rows)


def test_a_day_that_clocks_skip_is_no_day_of_an_account() -> None:
    """CM-05: where a zone left a day out, as Apia did on 30 December 2011, there is no row for it."""
    calendar = BusinessCalendar.for_region("WS", years=(2011, 2012))
    offices = {"provider": Office.of("provider", PartyTerms(zone="Pacific/Apia"), calendar)}
    began = datetime(2011, 12, 28, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    (deadline,) = deadlines.start((ANSWER,), {"answer": Term(elapsed_hours=72)}, offices, began.astimezone(UTC))
    rows = deadlines.explain(deadline, offices)
    assert [(row.day.day, row.reason) for row in rows] == [
        (28, "day of receipt"),
        (29, "24 hours, all of them count"),
        (31, "24 hours, all of them count"),
        (1, "the last hour"),
    ]


def test_a_stated_day_is_accounted_for() -> None:
    """TC-03: when it was stated, the day itself, and that no day is counted; also where both are the same."""
    offices = journeys.offices(STANDARD)
    rows = deadlines.explain(started_by(Term(stated_on=date(2026, 11, 3)), START), offices)
    assert [(row.day, row.number, row.reason, row.note) for row in rows] == [
        (date(2026, 10, 28), None, "the day on which it was stated", "at 09:30"),
        (date(2026, 11, 3), None, "the day that was stated", "it holds to its end; no day is counted"),
    ]
    (row,) = deadlines.explain(started_by(Term(stated_on=date(2026, 10, 28)), START), offices)
    assert (row.reason, row.note) == (
        "the day that was stated",
        "stated on the day itself, at 09:30; no day is counted",
    )


@pytest.mark.parametrize("term", [Term(elapsed_hours=24), Term(stated_on=date(2026, 10, 29))])
def test_an_extension_counts_working_days_from_what_was_stated(term: Term) -> None:
    """IN-12: whatever the limit was counted in, the later date is so many working days on, and passes at its end."""
    offices = journeys.offices(STANDARD)
    deadline = started_by(term, START)
    extended = deadlines.extend(deadline, 2, offices, deadline.schedule)
    assert extended.due_on == VIC.add(date(2026, 10, 29), 2) == date(2026, 11, 2)
    assert extended.passes_at == passes_at(extended.due_on, MELBOURNE)
    assert extended.schedule[-1].due_at == extended.passes_at
    assert not extended.due.is_in_hours
    rows = deadlines.explain(extended, offices)
    assert [row.day.day for row in rows] == [28, 29, 30, 31, 1, 2]
    assert [row.number for row in rows if row.number] == [1, 2]
    assert rows[:2] == deadlines.explain(deadline, offices)


@pytest.mark.parametrize("term", [Term(elapsed_hours=24), Term(stated_on=date(2026, 10, 29))])
def test_newer_holidays_move_nothing_that_was_not_counted_on_them(term: Term) -> None:
    """IN-12: hours and stated days are what they were; only an extension of them is counted on a calendar."""
    newer = _offices_with(VIC.with_closures({date(2026, 10, 29): "proclaimed", date(2026, 10, 30): "proclaimed"}))
    deadline = started_by(term, START)
    then = journeys.offices(STANDARD)
    assert not deadlines.restate(deadline, then, newer).moved
    restated = deadlines.restate(deadlines.extend(deadline, 2, then, ()), then, newer)
    assert (restated.was, restated.is_now) == (date(2026, 11, 2), date(2026, 11, 4))
    assert [row.day for row in restated.because] == [date(2026, 10, 30)]


def test_a_limit_has_one_length() -> None:
    """A term without a length, or with two, is a mistake of the program."""
    for working_days, elapsed_hours in ((None, None), (1, 24)):
        with pytest.raises(DefinitionError, match="one of the three"):
            Term(working_days=working_days, elapsed_hours=elapsed_hours)


def test_a_sum_of_limits_is_made_of_working_days() -> None:
    """IN-03: hours cannot be part of a sum."""
    terms = dict(STANDARD.limits.terms) | {"employer_decision": Term(elapsed_hours=24)}
    with pytest.raises(DefinitionError, match="employer_decision is not in working days"):
        deadlines.start((REVIEW,), terms, journeys.offices(STANDARD), START)


def test_a_stated_day_lies_within_the_calendar() -> None:
    """TC-03: a slip of the pen is refused when the day is stated, and not whenever somebody asks for it later."""
    with pytest.raises(CoverageError):
        started_by(Term(stated_on=date(2099, 11, 3)), START)


def test_an_instant_is_stated_for_hours_alone() -> None:
    """A limit in working days passes at the end of a day, and one that the contract does not set does not run (CM-05, IN-01)."""
    limit, offices = TABLE.limit("employer_decision"), journeys.offices(STANDARD)
    terms = STANDARD.limits.terms
    with pytest.raises(DefinitionError, match="not in elapsed hours"):
        deadlines.stated(
            limit, (limit,), started_at=START, due_on=None, passes_at=START + DAY, done=(), terms=terms, offices=offices
        )
    with pytest.raises(DefinitionError, match="does not set"):
        deadlines.stated(
            limit, (limit,), started_at=START, due_on=date(2026, 11, 9), done=(), terms={}, offices=offices
        )
