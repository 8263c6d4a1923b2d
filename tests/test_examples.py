"""The main job: a practice's spring and summer, against what was worked out by hand from the rules and the holidays.

Nothing in the tables below was copied from what the program says. The dates were counted on plain lists of holidays,
and the first test counts them again, without a calendar of ours.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from jsonschema import Draft202012Validator, FormatChecker

from eap_workflow.envelope import Tick, read_envelope_or_tick
from eap_workflow.errors import EapWorkflowError, Refused
from eap_workflow.plain.json_text import parse_object
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.schemas import command_schema
from eap_workflow.service import Service
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Step
from eap_workflow.store.sql import SqlStore
from eap_workflow.terms.extra_sessions import DECLINE_REASONS
from eap_workflow.workflows.extra_sessions import PROCESS

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PRACTICE = EXAMPLES / "practice.jsonl"
CONTRACTS = EXAMPLES / "contracts.toml"
LAST_TICK = datetime.fromisoformat("2027-02-05T18:00:00+11:00")
# Melbourne and Sydney keep the same hours in these months.
MELBOURNE = ZoneInfo("Australia/Melbourne")

# --- what was worked out by hand ---------------------------------------------------------------------------------------

BOTH_STATES = {
    date(2026, 12, 25): "Christmas Day",
    date(2026, 12, 26): "Boxing Day",
    date(2026, 12, 28): "Boxing Day, substitute",
    date(2027, 1, 1): "New Year's Day",
    date(2027, 1, 26): "Australia Day",
}
VICTORIA = BOTH_STATES | {date(2026, 11, 3): "Melbourne Cup Day"}
# New South Wales has no holiday of its own between October and February; the closures are the employer's.
NORTHLINE = BOTH_STATES | {date(2026, 12, day): "shutdown" for day in (24, 29, 30, 31)}

# Each request where the last tick leaves it: the sessions it stands at, and for each stage that had a limit its
# day 0 > its last day, with +n > the later day where the case team extended it. Years follow from the months.
TABLE = """
request  contract    state              sessions  further_details     clinical_review     employer_decision
XS-0001  standard    approved                  4  -                   -                   10-14>10-23
XS-0002  standard    approved                  4  -                   10-15>10-22         10-20>10-29
XS-0003  harbour-26  approved                  2  10-15>10-29         10-19>10-26         10-22>11-02
XS-0004  standard    declined                  3  -                   -                   10-15>10-26
XS-0005  standard    withdrawn                 4  -                   -                   10-16>10-27
XS-0006  -           withdrawn                 -  -                   -                   -
XS-0007  standard    further_details           4  -                   -                   -
XS-0008  harbour-26  lapsed                    4  10-20>11-04         -                   -
XS-0009  standard    approved                  3  -                   10-22>10-29         11-02>11-12
XS-0010  northline   declined                  2  -                   10-22>10-29         10-28>11-06
XS-0011  standard    declined                  4  -                   10-23>10-30         -
XS-0012  standard    approved                  2  -                   10-27>11-04         10-30>11-11
XS-0013  standard    approved                  4  -                   -                   10-28>11-09
XS-0014  northline   approved                  4  -                   -                   10-28>11-06
XS-0015  standard    approved                  3  -                   -                   11-04>11-13
XS-0016  harbour-26  approved                  3  -                   -                   11-05>11-16
XS-0017  standard    declined                  4  -                   11-06>11-13         11-12>11-23
XS-0018  harbour-26  approved                  4  11-09>11-23+5>11-30 11-27>12-04         12-01>12-10
XS-0019  -           draft                     4  -                   -                   -
XS-0020  standard    approved                  4  -                   -                   11-10>11-19
XS-0021  standard    approved                  4  -                   11-11>11-18         11-17>11-26
XS-0022  civic-26    approved                  4  -                   -                   11-12>11-23
XS-0023  civic-26    declined                  2  -                   -                   11-30>12-09
XS-0024  standard    approved                  4  -                   -                   11-16>11-25+3>11-30
XS-0025  northline   approved                  3  -                   -                   11-18>11-27
XS-0026  northline   declined                  3  -                   -                   11-17>11-26
XS-0027  standard    withdrawn                 4  -                   -                   -
XS-0028  harbour-26  declined                  4  11-19>12-03         11-23>11-30+4>12-04 -
XS-0029  northline   approved                  4  -                   -                   11-23>12-02
XS-0030  standard    approved                  4  -                   -                   11-21>12-01
XS-0031  meridian    approved                  3  -                   11-24>12-01         11-26>12-07
XS-0032  standard    withdrawn                 3  -                   11-25>12-02         -
XS-0033  civic-26    approved                  3  -                   -                   12-01>12-10
XS-0034  standard    declined                  4  -                   12-04>12-11         -
XS-0035  standard    approved                  4  -                   -                   12-07>12-16
XS-0036  civic-26    declined                  3  -                   12-17>12-24         -
XS-0037  harbour-26  approved                  4  12-16>01-04         12-21>12-30         12-29>01-08
XS-0038  standard    approved                  4  -                   -                   12-18>12-31
XS-0039  northline   approved                  4  -                   -                   12-18>01-07
XS-0040  harbour-26  declined                  4  -                   -                   12-31>01-12
XS-0041  harbour-27  approved                  2  01-01>01-13         01-04>01-11         01-07>01-14
XS-0042  standard    employer_decision         4  -                   -                   01-11>01-20
XS-0043  meridian    approved                  2  -                   01-13>01-20         01-18>01-28
XS-0044  meridian    declined                  3  -                   01-14>01-21         -
XS-0045  -           withdrawn                 4  -                   -                   -
XS-0046  standard    approved                  3  -                   -                   01-20>02-01
XS-0047  standard    clinical_review           4  -                   01-22>02-01         -
XS-0048  standard    employer_decision         4  -                   -                   01-27>02-05
XS-0049  civic-27    approved                  2  -                   -                   01-27>02-04
XS-0050  harbour-27  further_details           3  01-28>02-09         -                   -
XS-0051  northline   clinical_review           4  -                   02-03>02-10         -
XS-0052  standard    further_details           4  -                   -                   -
XS-0053  northline   employer_decision         4  -                   -                   02-04>02-15
XS-0054  -           draft                     2  -                   -                   -
"""

# Working days from Friday, 5 February 2027 to the last day of the limit that runs.
DAYS_LEFT = {"XS-0042": -11, "XS-0047": -4, "XS-0048": 0, "XS-0050": 2, "XS-0051": 3, "XS-0053": 6}
TURNS = {
    "draft": "consultant",
    "further_details": "consultant",
    "clinical_review": "clinical_manager",
    "employer_decision": "employer",
}

# Which limits passed, with the first day after; and what the clock did besides recording it.
PASSED = {
    ("XS-0008", "further_details", "11-05", "lapse"),
    ("XS-0009", "clinical_review", "10-30", "overdue"),
    ("XS-0009", "employer_decision", "11-13", "overdue"),
    ("XS-0023", "employer_decision", "12-10", "overdue"),
    ("XS-0023", "employer_decision", "12-10", "deem_declined"),
    ("XS-0023", "declined", "12-12", "overdue"),
    ("XS-0028", "clinical_review", "12-01", "overdue"),
    ("XS-0033", "approved", "12-10", "overdue"),
    ("XS-0036", "clinical_review", "12-25", "overdue"),
    ("XS-0036", "clinical_review", "12-25", "deem_declined"),
    ("XS-0038", "employer_decision", "01-01", "overdue"),
    ("XS-0042", "employer_decision", "01-21", "overdue"),
    ("XS-0043", "employer_decision", "01-29", "overdue"),
    ("XS-0043", "employer_decision", "01-29", "deem_approved"),
    ("XS-0047", "clinical_review", "02-02", "overdue"),
}

# Pending sessions of the same Assist Case, the total with this request, and where that leads (12 or more: a review).
TOTALS = {
    "XS-0001": (0, 11, "forward"),
    "XS-0002": (0, 12, "refer"),
    "XS-0003": (0, 13, "refer"),
    "XS-0015": (0, 8, "forward"),
    "XS-0016": (0, 11, "forward"),  # 15 if the sessions of XS-0008, which lapsed at midnight, still counted
    "XS-0017": (3, 12, "refer"),  # 9 without the pending sessions of XS-0015
    "XS-0020": (0, 11, "forward"),  # 15 if the draft XS-0019 counted
    "XS-0040": (0, 10, "forward"),  # harbour's threshold is 12 on 31 December,
    "XS-0041": (0, 10, "refer"),  # and 10 on 1 January
}

# Line by line: the request, what was asked, and the codes of the refusal.
REFUSED = """
  7  XS-0002  support          not_in_state
  9  XS-0004  submit           form_complete
 13  XS-0005  draft            form_in_range
 21  XS-0003  provide_details  details_complete
 28  XS-0001  approve          not_in_state
 31  XS-0005  withdraw         invalid_value
 40  XS-0003  reduce           fewer_sessions
 44  XS-0002  approve          role own_employer decider_not_requestor
 48  XS-0009  overdue          due
 49  XS-0011  support          short_term
 50  XS-0011  reduce           short_term
 53  XS-0012  support          decider_not_requestor
 60  -        -                invalid_value
 62  XS-0012  support          decider_not_requestor
 65  XS-0007  provide_details  own_request
 74  XS-0012  approve          own_employer
 88  XS-0020  submit           not_in_state
 94  XS-0021  withdraw         own_request
 98  XS-0022  submit           consent_given
101  XS-0015  withdraw         not_in_state
104  XS-0023  submit           consent_given within_the_allocation
106  XS-0024  draft            filed_for_a_consultant
118  XS-0028  draft            unknown
125  XS-0022  relay            outcome_not_relayed
130  XS-0030  submit           tally_of_the_window
135  XS-0031  submit           tally_of_the_window
140  XS-0032  draft            invalid_type
146  XS-0032  cancel           invalid_value
149  XS-0026  decline          command_id_reused
157  XS-0019  reassign         within_the_practice
168  XS-0034  decline          out_of_order
172  XS-0035  submit           form_complete
177  XS-0034  decline          reason_listed
184  XS-0035  reassign         another_consultant
200  XS-0038  approve          own_employer
208  XS-0041  submit           form_still_allowed
218  XS-0042  draft            form_in_range
224  XS-0007  extend_limit     limit_runs
233  XS-0045  submit           within_the_allocation
236  XS-0044  support          short_term
245  XS-0048  draft            invalid_value
260  XS-0099  approve          not_opened
265  XS-0054  submit           invalid_value
"""
REPEATED = {85: "XS-0013", 175: "XS-0035"}
MALFORMED = {31, 60, 140, 146, 245, 265}
NO_JSON = 60
OUT_OF_ORDER = 168

STAGES = ("further_details", "clinical_review", "employer_decision")
LIMITS = {
    "standard": (None, 5, 7),
    "harbour-26": (10, 5, 7),
    "harbour-27": (8, 5, 5),
    "northline": (None, 5, 7),
    "civic-26": (None, 5, 7),
    "civic-27": (None, 5, 6),
    "meridian": (None, 5, 7),
}
VERSIONS = {
    "standard": ("standard", "1"),
    "harbour-26": ("harbour", "2026-07"),
    "harbour-27": ("harbour", "2027-01"),
    "northline": ("northline", "2026-02"),
    "civic-26": ("civic", "2026-10"),
    "civic-27": ("civic", "2027-01"),
    "meridian": ("meridian", "2026-05"),
}
# Working days before the last day: when the party is reminded, and when the case team is warned.
AHEAD = {
    "harbour-26": {"further_details": (4, 2), "clinical_review": (2, 1), "employer_decision": (3, 1)},
    "harbour-27": {"further_details": (4, 2), "clinical_review": (2, 1), "employer_decision": (2, 1)},
    "civic-26": {"employer_decision": (3, 2)},
    "civic-27": {"employer_decision": (3, 2)},
}


# Working days that the case team has to relay, where it is not one; and the reminder, with the first instant of its day.
RELAY = {"civic-27": 2}
REMINDED_TO_RELAY = [("XS-0049", "approved", "remind", "02-05")]


class Stated(NamedTuple):
    """A stage's limit: its day 0, its last day, and where it was extended by how many working days to which day."""

    day_zero: date
    due_on: date
    extended_by: int = 0
    extended_to: date | None = None

    @property
    def binding(self) -> date:
        """The last day that counts in the end."""
        return self.extended_to or self.due_on


@frozen(kw_only=True)
class Expected:
    """A request as it has to stand after the last tick."""

    contract: str | None
    state: str
    sessions: int | None
    limits: Mapping[str, Stated]


def in_season(text: str) -> date:
    """Read a month and a day of the example's seven months."""
    month, day = map(int, text.split("-"))
    return date(2026 if month > 6 else 2027, month, day)


def stated(text: str) -> Stated:
    """Read a cell of the table."""
    first, _, later = text.partition("+")
    day_zero, due_on = map(in_season, first.split(">"))
    if not later:
        return Stated(day_zero, due_on)
    more, _, until = later.partition(">")
    return Stated(day_zero, due_on, int(more), in_season(until))


def expectations() -> Iterator[tuple[str, Expected]]:
    """Read the table."""
    for row in TABLE.strip().splitlines()[1:]:
        request, contract, state, sessions, *cells = row.split()
        yield (
            request,
            Expected(
                contract=None if contract == "-" else contract,
                state=state,
                sessions=None if sessions == "-" else int(sessions),
                limits={stage: stated(cell) for stage, cell in zip(STAGES, cells, strict=True) if cell != "-"},
            ),
        )


EXPECTED = dict(expectations())
REFUSALS = {
    int(number): (None if request == "-" else request, None if trigger == "-" else trigger, tuple(codes))
    for number, request, trigger, *codes in map(str.split, REFUSED.strip().splitlines())
}


def counted(day: date, working_days: int, closed: Mapping[date, str]) -> date:
    """Count working days after a day, or before it, one day at a time."""
    one = timedelta(days=1 if working_days > 0 else -1)
    left = abs(working_days)
    while left:
        day += one
        left -= day.weekday() < 5 and day not in closed
    return day


def closed_for(contract: str, stage: str) -> Mapping[date, str]:
    """Say on which days the party of a stage does not work."""
    return NORTHLINE if (contract, stage) == ("northline", "employer_decision") else VICTORIA


def midnight(day: date) -> datetime:
    """Give the instant at which a day begins in Melbourne and Sydney."""
    return datetime.combine(day, time(), MELBOURNE).astimezone(UTC)


# --- running it ----------------------------------------------------------------------------------------------------------


@cache
def lines() -> tuple[str, ...]:
    """Read the example's lines; the first is line 1."""
    return tuple(PRACTICE.read_text(encoding="utf-8").splitlines())


def plain(number: int) -> dict[str, Any]:
    """Read one line of the example as an object."""
    command: dict[str, Any] = json.loads(lines()[number - 1])
    return command


@frozen(kw_only=True)
class Season:
    """What a run of the example came to."""

    service: Service
    refused: Mapping[int, tuple[str, ...]]
    repeated: frozenset[int]
    ticks: int

    @property
    def trails(self) -> dict[str, tuple[Step, ...]]:
        """All steps of all requests."""
        return {each.request: self.service.trail(each.request) for each in self.service.snapshots()}


def run(service: Service, *, keep: Callable[[Tick], bool] = lambda _: True) -> Season:
    """Act on every line of the example, but for the ticks that are not kept."""
    refused: dict[int, tuple[str, ...]] = {}
    repeated, ticks = set(), 0
    for number, line in enumerate(lines(), start=1):
        try:
            envelope = read_envelope_or_tick(PROCESS, parse_object(line))
            if not isinstance(envelope, Tick):
                if service.handle(envelope).repeated:
                    repeated.add(number)
            elif keep(envelope):
                ticks += 1
                service.tick(envelope.at)
        except Refused as refusal:
            refused[number] = refusal.verdict.codes
        except EapWorkflowError as error:
            refused[number] = (error.code,)
    return Season(service=service, refused=refused, repeated=frozenset(repeated), ticks=ticks)


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    """Give the contracts that the example falls under."""
    return PolicyBook.standard() | load_policies(CONTRACTS)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, book: PolicyBook) -> Iterator[Season]:
    """Run the whole example once, into a database."""
    path = tmp_path_factory.mktemp("season") / "practice.db"
    with SqlStore(f"sqlite:///{path}", PROCESS) as store:
        yield run(Service(store, policies=book))


@pytest.fixture(scope="module")
def trails(season: Season) -> dict[str, tuple[Step, ...]]:
    """Give all steps of all requests."""
    return season.trails


# --- the dates -----------------------------------------------------------------------------------------------------------


def test_every_date_of_the_table_is_counted_again() -> None:
    """IN-01, IN-12: each last day in the table is the n-th working day after its day 0, one day at a time."""
    for request, expected in EXPECTED.items():
        for stage, limit in expected.limits.items():
            assert expected.contract is not None
            closed = closed_for(expected.contract, stage)
            working_days = LIMITS[expected.contract][STAGES.index(stage)]
            assert working_days is not None
            assert limit.due_on == counted(limit.day_zero, working_days, closed), (request, stage)
            if limit.extended_to is not None:
                assert limit.extended_to == counted(limit.due_on, limit.extended_by, closed), (request, stage)


def test_every_stated_date_is_the_one_in_the_table(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """XS-07, CR-07, CR-08, IN-02, IN-12: each stage's limit has the day 0 and the last day that were worked out."""
    found: dict[str, dict[str, Stated]] = {request: {} for request in EXPECTED}
    for request, steps in trails.items():
        for step in steps:
            for deadline in step.started:
                if deadline.limit not in STAGES:
                    continue
                if step.trigger == "extend_limit":
                    first = found[request][deadline.limit]
                    assert deadline.day_zero == first.day_zero
                    more = plain_extension(request)
                    found[request][deadline.limit] = first._replace(extended_by=more, extended_to=deadline.due_on)
                else:
                    found[request][deadline.limit] = Stated(deadline.day_zero, deadline.due_on)
                assert deadline.passes_at == midnight(deadline.due_on + timedelta(days=1))
    assert found == {request: dict(expected.limits) for request, expected in EXPECTED.items()}


def plain_extension(request: str) -> int:
    """Say by how many working days the file extends a request's limit."""
    sent = [plain(number) for number in range(1, len(lines()) + 1) if number != NO_JSON]
    (days,) = [each["working_days"] for each in sent if each["do"] == "extend_limit" and each["request"] == request]
    return int(days)


def test_the_stages_together_are_chained(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """CR-09, IN-03: the whole-path date is the stages' limits, one after the other, each on its party's calendar."""
    seen = 0
    for request, steps in trails.items():
        contract = EXPECTED[request].contract
        for step in steps:
            for deadline in step.started:
                if deadline.limit != "whole_path" or step.trigger == "extend_limit":
                    continue
                assert contract is not None
                _, review, employer = LIMITS[contract]
                due_on = deadline.day_zero
                if step.trigger == "provide_details":
                    due_on = counted(due_on, review, VICTORIA)
                assert deadline.due_on == counted(due_on, employer, closed_for(contract, "employer_decision")), request
                seen += 1
    assert seen == sum(1 for each in EXPECTED.values() if {"clinical_review", "employer_decision"} & each.limits.keys())


def test_the_limit_of_every_relay_is_the_contracts(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """XS-08, IN-05: it ends on the next working day of Victoria after the day of the decision, or where the contract says the second."""
    decided = set()
    for request, steps in trails.items():
        for step in steps:
            for deadline in step.started:
                if deadline.limit == "relay":
                    day = step.at.astimezone(MELBOURNE).date()
                    due_on = counted(day, RELAY.get(EXPECTED[request].contract or "", 1), VICTORIA)
                    assert (deadline.day_zero, deadline.due_on) == (day, due_on), request
                    decided.add(request)
    assert decided == {request for request, each in EXPECTED.items() if each.state in {"approved", "declined"}}


def test_cup_day_sets_melbourne_and_sydney_a_day_apart() -> None:
    """Of two requests of one day, the one in Victoria is due a working day later for a holiday of that state alone."""
    melbourne, sydney = (EXPECTED[request].limits["employer_decision"] for request in ("XS-0013", "XS-0014"))
    assert melbourne.day_zero == sydney.day_zero == date(2026, 10, 28)
    assert melbourne.due_on == counted(sydney.due_on, 1, VICTORIA)
    assert counted(sydney.day_zero, 7, VICTORIA) == melbourne.due_on


# --- the requests --------------------------------------------------------------------------------------------------------


def standing(request: str) -> dict[str, Any]:
    """Say how a request has to stand, in the keys of the command line."""
    expected = EXPECTED[request]
    running = expected.limits.get(expected.state)
    return {
        "request": request,
        "state": expected.state,
        "turn": TURNS.get(expected.state),
        "due_on": None if running is None else running.binding.isoformat(),
        "working_days_left": DAYS_LEFT.get(request),
        "sessions": expected.sessions,
    }


def test_every_request_ends_as_it_should(season: Season) -> None:
    """XS-11: state, turn, due date, working days left and sessions of every request are those that were worked out."""
    found = []
    for snapshot in season.service.snapshots():
        status = season.service.status(snapshot, LAST_TICK)
        found.append(
            {
                "request": status.request,
                "state": status.state,
                "turn": status.turn,
                "due_on": None if status.due_on is None else status.due_on.isoformat(),
                "working_days_left": status.working_days_left,
                **status.figures,
            }
        )
    assert found == [standing(request) for request in EXPECTED]


def test_every_request_keeps_the_contract_of_its_day(season: Season) -> None:
    """IN-11: a submitted request keeps the version of the day of submission, in the contract's own zone."""
    for snapshot in season.service.snapshots():
        submission, contract = snapshot.body.submission, EXPECTED[snapshot.request].contract
        if submission is None:
            assert contract is None
        else:
            assert contract is not None
            assert (submission.policy.contract, submission.policy.version) == VERSIONS[contract]


def test_totals_lead_where_they_should(season: Season, trails: Mapping[str, tuple[Step, ...]]) -> None:
    """XS-04, XS-05, IN-06: under, at and over the threshold, and with what is pending in the same Assist Case."""
    for request, (pending, total, route) in TOTALS.items():
        submission = season.service.snapshot(request).body.submission
        triggers = [step.trigger for step in trails[request]]
        assert (submission.pending, submission.total) == (pending, total), request
        assert triggers[triggers.index("submit") + 1] == route, request


def test_each_limit_that_passed_is_recorded_once(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """IN-04, IN-08, IN-13: each passed limit is one step at the midnight after its last day, with what the contract deems."""
    found = [
        (request, step.source, step.at, step.trigger)
        for request, steps in trails.items()
        for step in steps
        if step.trigger in {"overdue", "lapse", "deem_approved", "deem_declined"}
    ]
    assert Counter(found) == Counter(
        (request, state, midnight(in_season(day)), trigger) for request, state, day, trigger in PASSED
    )


def test_reminders_and_warnings_come_on_their_day(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """IN-13: what is still open so many working days before its first date is reminded of, once; a relay that is owed as well."""
    expected = []
    for request, each in EXPECTED.items():
        for stage, ahead in AHEAD.get(each.contract or "", {}).items():
            if stage not in each.limits:
                continue
            entered = next(step.at for step in trails[request] if any(line.limit == stage for line in step.started))
            left = next((step.at for step in trails[request] if stage in step.stopped), LAST_TICK)
            for trigger, working_days in zip(("remind", "warn"), ahead, strict=True):
                at = midnight(counted(each.limits[stage].due_on, -working_days, VICTORIA))
                if entered < at <= left:
                    expected.append((request, stage, trigger, at))
    expected += [
        (request, state, trigger, midnight(in_season(day))) for request, state, trigger, day in REMINDED_TO_RELAY
    ]
    found = [
        (request, step.source, step.trigger, step.at)
        for request, steps in trails.items()
        for step in steps
        if step.trigger in {"remind", "warn"}
    ]
    assert Counter(found) == Counter(expected)
    assert {(state, trigger) for _, state, trigger, _ in found} == {
        *((stage, trigger) for stage in STAGES for trigger in ("remind", "warn")),
        ("approved", "remind"),
    }


def test_late_decisions_stand(season: Season) -> None:
    """IN-04: what was decided after its limit had passed counts as decided."""
    for request, stage in (("XS-0009", "employer_decision"), ("XS-0038", "employer_decision")):
        snapshot = season.service.snapshot(request)
        assert snapshot.state == "approved"
        assert snapshot.body.decision.at > midnight(EXPECTED[request].limits[stage].due_on + timedelta(days=1))


def test_a_later_request_names_the_one_it_follows(season: Season) -> None:
    """A request that follows another names it, and shares its Assist Case."""
    for later, earlier in (("XS-0016", "XS-0008"), ("XS-0021", "XS-0011")):
        form = season.service.snapshot(later).body.form
        assert form.follows == earlier
        assert form.assist_case == season.service.snapshot(earlier).body.form.assist_case


# --- what the example covers ---------------------------------------------------------------------------------------------


def test_every_row_of_the_table_is_taken(trails: Mapping[str, tuple[Step, ...]]) -> None:
    """There is no trigger that the example does not show, and no row but three about a relay: of one reminder the others are twins."""
    taken = {(step.source, step.trigger) for steps in trails.values() for step in steps}
    twins = {("approved", "warn"), ("declined", "remind"), ("declined", "warn")}
    assert taken == {(move.source, move.trigger) for move in EXTRA_SESSIONS.moves} - twins


def test_requests_rest_in_every_state() -> None:
    """At the end there is a request in every state in which one can rest, and several in each open one."""
    states = Counter(each.state for each in EXPECTED.values())
    assert states.keys() == {state.name for state in EXTRA_SESSIONS.states if not state.passing}
    assert all(states[state] > 1 for state in TURNS)


def test_requests_are_declined_at_both_stages_for_every_reason(season: Season) -> None:
    """CR-03, CR-08: every reason of the list is given, the clinical managers and the employers each give several."""
    decisions = [each.body.decision for each in season.service.snapshots() if each.body.decision is not None]
    given = {(each.stage, each.reason) for each in decisions if each.trigger == "decline"}
    assert {reason for _, reason in given} == set(DECLINE_REASONS)
    assert min(Counter(stage for stage, _ in given).values()) > 1


def test_the_file_reads_like_a_case_systems() -> None:
    """Commands come in order of time but for one that is refused for it, in the documented order of keys, a few a day."""
    sent = [(number, plain(number)) for number in range(1, len(lines()) + 1) if number != NO_JSON]
    instants = [
        datetime.fromisoformat(command["at"]) for number, command in sent if number not in {OUT_OF_ORDER, *MALFORMED}
    ]
    assert instants == sorted(instants)
    assert instants[0].date() == date(2026, 10, 14)
    assert instants[-1] == LAST_TICK
    for number, command in sent:
        assert list(command)[:4] == ["do", "request", "at", "by"] or list(command) == ["do", "at"], number
    requests = {command["request"] for _, command in sent if command["do"] == "draft"}
    assert requests == EXPECTED.keys()
    assert sum(command["do"] == "tick" for _, command in sent) >= 25
    assert 0.12 <= len(REFUSALS) / len(lines()) <= 0.18


def test_the_story_names_every_request() -> None:
    """The page beside the example has a row for every request, with the lines of it that are refused or repeated."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (XS-\d{4}) \| (.+) \|$", page, flags=re.MULTILINE))
    assert list(rows) == list(EXPECTED)
    rows["XS-0099"] = page[page.index("XS-0099") :].partition("\n# ")[0]
    expected = {number: request for number, (request, _, _) in REFUSALS.items()} | REPEATED | {NO_JSON: "XS-0002"}
    assert {
        int(number): request
        for request, story in rows.items()
        for numbers in re.findall(r"\b[Ll]ines? (\d+(?:, \d+)*)", story)
        for number in numbers.split(", ")
    } == expected
    assert f"{len(EXPECTED)}\nrequests for extra sessions in {len(lines())} lines" in page
    assert f"Of the {len(lines())} lines, {len(REFUSALS)} are refused" in page


# --- refusals ------------------------------------------------------------------------------------------------------------


def test_every_refusal_is_the_expected_one(season: Season) -> None:
    """Every line that is refused is refused for all that stands in its way, and no other line is."""
    assert season.refused == {number: codes for number, (_, _, codes) in REFUSALS.items()}
    assert season.repeated == REPEATED.keys()
    for number, (request, trigger, _) in REFUSALS.items():
        if number != NO_JSON:
            command = plain(number)
            assert (command["request"], command["do"]) == (request, trigger), number


def test_the_schema_tells_commands_from_what_is_none() -> None:
    """A line is valid against the published schema unless it was meant to be malformed."""
    validator = Draft202012Validator(command_schema(PROCESS), format_checker=FormatChecker())
    valid = {number: validator.is_valid(plain(number)) for number in range(1, len(lines()) + 1) if number != NO_JSON}
    assert {number for number, is_valid in valid.items() if not is_valid} == MALFORMED - {NO_JSON}
    with pytest.raises(json.JSONDecodeError):
        plain(NO_JSON)


# --- again, and otherwise ------------------------------------------------------------------------------------------------


def test_nothing_depends_on_when_the_clock_was_ticked(
    tmp_path: Path, book: PolicyBook, season: Season, trails: Mapping[str, tuple[Step, ...]]
) -> None:
    """IN-13: without any tick but the last, every step of every request is the same, and so is every refusal."""
    with SqlStore(f"sqlite:///{tmp_path / 'unticked.db'}", PROCESS) as store:
        unticked = run(Service(store, policies=book), keep=lambda tick: tick.at == LAST_TICK)
        assert unticked.ticks == 1 < season.ticks
        assert unticked.refused == season.refused
        assert unticked.trails == trails


def test_a_second_run_changes_nothing(tmp_path: Path, book: PolicyBook) -> None:
    """Sent again, a command with an id gets its first result, any other is refused, and no request has a step more."""
    with SqlStore(f"sqlite:///{tmp_path / 'twice.db'}", PROCESS) as store:
        service = Service(store, policies=book)
        first = run(service)
        before = first.trails
        again = run(service)
        assert again.trails == before
        sent = {number: plain(number) for number in range(1, len(lines()) + 1) if number != NO_JSON}
        with_id = {number for number, command in sent.items() if "id" in command}
        assert again.repeated == with_id - REFUSALS.keys()
        ticks = {number for number, command in sent.items() if command["do"] == "tick"}
        assert again.refused.keys() == set(range(1, len(lines()) + 1)) - ticks - again.repeated


# --- the command line ------------------------------------------------------------------------------------------------------


def command_line(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a folder, on a database there."""
    return subprocess.run(
        [sys.executable, "-m", "eap_workflow", *arguments, "--store", "sqlite:///practice.db"],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment(),
    )


def environment() -> dict[str, str]:
    """Give the present environment with this checkout's package first, wherever the command is run."""
    source = str(EXAMPLES.parent / "src")
    return os.environ | {"PYTHONPATH": source, "PYTHONIOENCODING": "utf-8"}


def test_the_command_line_comes_to_the_same(tmp_path: Path) -> None:
    """The file goes in, the status says that some lines were refused, and every request ends as it should."""
    ran = command_line("run", str(PRACTICE), "--policy", str(CONTRACTS), "--json", folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (3, "")
    result = json.loads(ran.stdout)
    assert [{key: row[key] for key in standing(row["request"])} for row in result["requests"]] == [
        standing(request) for request in EXPECTED
    ]
    assert {
        row["line"]: tuple(reason["code"] for reason in row["reasons"]) if "reasons" in row else (row["code"],)
        for row in result["refused"]
    } == {number: codes for number, (_, _, codes) in REFUSALS.items()}
    asked = command_line("status", "--at", LAST_TICK.isoformat(), "--json", folder=tmp_path)
    assert asked.returncode == 0
    assert json.loads(asked.stdout) == result["requests"]


def test_what_is_printed_can_be_read(tmp_path: Path) -> None:
    """The table has every request and every refused line, and nothing that somebody typed where nothing belongs."""
    ran = command_line("run", str(PRACTICE), "--policy", str(CONTRACTS), folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (3, "")
    requests, _, refused = ran.stdout.partition("\nRefused ")
    assert sorted(re.findall(r"^ *(XS-\d{4})", requests, flags=re.MULTILINE)) == list(EXPECTED)
    assert [int(number) for number in re.findall(r"^ *(\d+) {2,}", refused, flags=re.MULTILINE)] == list(REFUSALS)
    assert "11 over" in requests
    assert plain(31)["note"] not in ran.stdout
