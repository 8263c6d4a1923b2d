"""Who may schedule and enquire, in every state of a request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from eap_workflow.adopting import adoption_of
from eap_workflow.errors import InvalidType
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Actor
from eap_workflow.views import may_enquire, may_schedule
from tests import lines
from tests.lines import APPROVER, DAY, FAR, MANAGER, PROCESS, START, TEAM, handle

DECLINED = [*lines.filed("XS-1"), lines.line("decline", "XS-1", 1, APPROVER, reason="not_funded")]
DECLINED_IN_REVIEW = [*lines.reviewed("XS-1"), lines.line("decline", "XS-1", 2, MANAGER, reason="not_short_term")]


@pytest.fixture
def service() -> Service:
    """A service on an empty store."""
    return lines.service(MemoryStore(PROCESS))


@pytest.mark.parametrize(
    ("path", "state", "permitted", "extra_sessions"),
    [
        ([lines.draft("XS-1")], "draft", True, 0),
        (lines.filed("XS-1", counted=9), "further_details", False, 0),
        (lines.reviewed("XS-1"), "clinical_review", False, 0),
        (lines.filed("XS-1"), "employer_decision", False, 0),
        (lines.told("XS-1"), "approved", False, 0),
        ([*lines.told("XS-1"), lines.tick(4)], "approved", True, 3),
        (DECLINED, "declined", False, 0),
        ([*DECLINED, lines.tick(4)], "declined", True, 0),
        (DECLINED_IN_REVIEW, "declined", False, 0),
        ([*DECLINED_IN_REVIEW, lines.tick(4)], "declined", True, 0),
        (lines.told("XS-1", contract="team"), "approved", False, 0),
        ([*lines.told("XS-1", contract="team"), lines.tick(90 * DAY)], "approved", False, 0),
        ([*lines.told("XS-1", contract="team"), lines.line("relay", "XS-1", 9, TEAM)], "approved", True, 3),
        ([*lines.filed("XS-1"), lines.line("withdraw", "XS-1", 1)], "withdrawn", True, 0),
        ([lines.draft("XS-1"), lines.line("withdraw", "XS-1", 1)], "withdrawn", True, 0),
        ([*lines.filed("XS-1", counted=9, contract="harbour"), lines.tick(60 * DAY)], "lapsed", True, 0),
        ([*lines.filed("XS-1", contract="deeming"), lines.tick(60 * DAY)], "approved", True, 4),
        (lines.filed("XS-1", contract="advance"), "approved", False, 0),
    ],
)
def test_nothing_is_scheduled_until_the_outcome_is_received(
    service: Service, path: list[lines.Line], state: str, extra_sessions: int, *, permitted: bool
) -> None:
    """While a request is pending, and until its outcome was relayed, nobody schedules; then what was approved (XS-09, IN-10)."""
    handle(service, path)
    snapshot = service.snapshot("XS-1")
    answer = may_schedule(snapshot)
    assert (snapshot.state, answer.permitted, answer.extra_sessions) == (state, permitted, extra_sessions)
    assert bool(answer) is permitted
    assert answer.rules == ("XS-09", "IN-10")
    assert answer.sentence.endswith(".")
    assert (answer.since is not None) == (permitted and state in ("approved", "declined"))


def test_scheduling_is_permitted_from_the_moment_of_the_relay(service: Service) -> None:
    """The answer says since when it is yes: when the outcome was relayed, not when it was decided (XS-09)."""
    handle(service, lines.told("XS-1", contract="team"), lines.line("relay", "XS-1", 9, TEAM))
    assert may_schedule(service.snapshot("XS-1")).since == START + timedelta(hours=9)


def test_enquiring_waits_for_the_limit_to_pass(service: Service) -> None:
    """Until the limit has passed the requestor is asked to wait, from that instant on an enquiry is legitimate (XS-10)."""
    for path, due_on in ((lines.filed("XS-1"), date(2026, 11, 9)), (lines.reviewed("XS-2"), date(2026, 11, 16))):
        handle(service, path)
        snapshot = service.snapshot(path[0]["request"])
        whole = snapshot.deadline("whole_path")
        assert whole is not None
        assert whole.due_on == due_on
        before = may_enquire(snapshot, whole.passes_at - timedelta(microseconds=1))
        after = may_enquire(snapshot, whole.passes_at)
        assert (before.permitted, after.permitted) == (False, True)
        assert before.since == after.since == whole.passes_at
        assert before.rules == after.rules == ("XS-10",)


def test_the_clinical_managers_own_limit_does_not_open_enquiries(service: Service) -> None:
    """After five days the review is late, and the requestor is still asked to wait for the whole path (XS-10, CR-09)."""
    handle(service, lines.reviewed("XS-1"))
    snapshot = service.snapshot("XS-1")
    review = snapshot.deadline("clinical_review")
    assert review is not None
    assert not may_enquire(snapshot, review.passes_at)


def test_the_relay_is_waited_for_as_well(service: Service) -> None:
    """Once decided, the requestor waits for the relay limit; once relayed, there is nothing to wait for (XS-08, XS-10)."""
    handle(service, lines.told("XS-1", contract="team"))
    snapshot = service.snapshot("XS-1")
    relay = snapshot.deadline("relay")
    assert relay is not None
    assert not may_enquire(snapshot, relay.passes_at - timedelta(seconds=1))
    assert may_enquire(snapshot, relay.passes_at)
    handle(service, lines.line("relay", "XS-1", 9, TEAM))
    answer = may_enquire(service.snapshot("XS-1"), FAR)
    assert (answer.permitted, answer.since) == (True, None)


@pytest.mark.parametrize("path", [lines.filed("XS-1"), lines.reviewed("XS-1")])
def test_a_request_from_another_system_waits_for_the_limit_that_was_stated_there(path: list[lines.Line]) -> None:
    """Where nobody stated a date for the whole path, the requestor waits for that of the stage, and no less (XS-10, IN-12)."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, path)
    there = service.snapshot("XS-1")
    stage = next(each for each in there.deadlines if each.limit != "whole_path")
    stated = adoption_of(there, service.policy_of(there), by=Actor(role="case_team", id="mover"), at=there.at)
    command: Any = stated.command
    limits = tuple(each for each in command.limits if each.limit != "whole_path")
    here = lines.service(MemoryStore(PROCESS))
    taken_over = here.adopt(attrs.evolve(stated, command=attrs.evolve(command, limits=limits))).snapshot
    before = may_enquire(taken_over, stage.passes_at - timedelta(microseconds=1))
    assert (before.permitted, before.since) == (False, stage.passes_at)
    assert may_enquire(taken_over, stage.passes_at).permitted


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ([lines.draft("XS-1")], "No outcome is being waited for."),
        (lines.filed("XS-1", counted=9), "It waits for the requestor's own answers."),
        ([*lines.filed("XS-1"), lines.line("withdraw", "XS-1", 1)], "No outcome is being waited for."),
    ],
)
def test_where_nobody_else_is_awaited_an_enquiry_is_free(service: Service, path: list[lines.Line], words: str) -> None:
    """In a draft, before the requestor's own answers, and after the end there is no limit to wait for (XS-10)."""
    handle(service, path)
    answer = may_enquire(service.snapshot("XS-1"), datetime(2026, 10, 29, tzinfo=UTC))
    assert (answer.permitted, answer.sentence, answer.since) == (True, words, None)


def test_an_enquiry_has_an_instant_with_a_zone(service: Service) -> None:
    """A naive datetime is refused."""
    handle(service, lines.draft("XS-1"))
    with pytest.raises(InvalidType):
        may_enquire(service.snapshot("XS-1"), datetime(2026, 10, 29))  # noqa: DTZ001 - that it is naive is the point
