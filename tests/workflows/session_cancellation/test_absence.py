"""One absence, several sessions: opened together, and reached by one update, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from eap_workflow.envelope import Envelope, read_envelope
from eap_workflow.errors import InvalidValue, Refused, Unknown
from eap_workflow.plain.json_text import parse_json
from eap_workflow.service import Service
from eap_workflow.steps import Snapshot
from eap_workflow.store import Wanted
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Reference
from eap_workflow.workflows import session_cancellation as sc
from tests.journeys import DAY, HOUR, START
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import SESSION_AT, TEAM, TELL, THERAPIST

ABSENCE = Reference("abs-1")
REQUESTS = tuple(Reference(f"SC-{number}") for number in (1, 2, 3))


def cancellations(changes: Mapping[Reference, sc.Cancel] = MappingProxyType({})) -> dict[Reference, sc.Cancel]:
    """Three sessions of one therapist, each of another client."""
    return {
        request: journeys.cancel(
            absence=None, session=f"ses-{request}", client=f"cl-{request}", session_at=SESSION_AT + number * HOUR
        )
        for number, request in enumerate(REQUESTS)
    } | dict(changes)


def opening(
    changes: Mapping[Reference, sc.Cancel] = MappingProxyType({}), *, command_id: str = "off-1"
) -> tuple[Envelope, ...]:
    """The envelopes that open them."""
    return sc.cancel_sessions(cancellations(changes), ABSENCE, at=START, by=THERAPIST, command_id=Reference(command_id))


def service() -> Service:
    """A service with the standard contract."""
    return Service(MemoryStore(sc.PROCESS))


def handle(to: Service, envelopes: Iterable[Envelope]) -> list[bool]:
    """Hand envelopes over in one transaction, and say of each whether it had come before."""
    with to.batch() as inside:
        return [inside.handle(envelope).repeated for envelope in envelopes]


def of_the_absence(of: Service) -> tuple[Snapshot, ...]:
    """What a store finds by the absence."""
    return tuple(of.snapshots(Wanted(assist_case=ABSENCE)))


def opened() -> Service:
    """A service with three open cancellations of one absence, and one of another."""
    one = service()
    handle(one, opening())
    other = journeys.cancel(absence="abs-2")
    one.handle(Envelope(request=Reference("SC-9"), at=START, by=THERAPIST, command=other))
    return one


def extended(one: Service, at: datetime = START + DAY, command_id: str = "off-2") -> tuple[Envelope, ...]:
    """The envelopes that put on record that the absence is longer."""
    return sc.extend_absence(
        of_the_absence(one), ABSENCE, until=date(2026, 11, 13), at=at, by=TEAM, command_id=Reference(command_id)
    )


def updated(one: Service, at: datetime, command_id: str = "off-3", **changes: Any) -> tuple[Envelope, ...]:
    """The envelopes of an update."""
    return sc.update_sessions(of_the_absence(one), ABSENCE, at=at, by=TEAM, command_id=Reference(command_id), **changes)


# --- opening ----------------------------------------------------------------------------------------------------------


def test_sessions_are_cancelled_together() -> None:
    """TC-01, TC-04: one envelope a session, with the same absence, which a store finds them by."""
    envelopes = opening()
    assert [envelope.request for envelope in envelopes] == list(REQUESTS)
    commands: list[Any] = [envelope.command for envelope in envelopes]
    assert {command.absence for command in commands} == {ABSENCE}
    assert {envelope.by for envelope in envelopes} == {THERAPIST}
    one = opened()
    assert [snapshot.request for snapshot in of_the_absence(one)] == list(REQUESTS)
    assert {snapshot.state for snapshot in of_the_absence(one)} == {"to_tell"}


def test_sent_twice_they_act_once() -> None:
    """The ids follow from the sender's own: the same news again is the first result again, and in any order."""
    one = service()
    assert handle(one, opening()) == [False, False, False]
    assert handle(one, reversed(opening())) == [True, True, True]
    assert [snapshot.version for snapshot in of_the_absence(one)] == [1, 1, 1]
    ids = {envelope.id for envelope in (*opening(), *opening(command_id="off-9"))}
    assert len(ids) == 2 * len(REQUESTS)


def test_all_are_cancelled_or_none() -> None:
    """TC-04: one session that cannot be cancelled holds up the others, and the sender learns which it was."""
    one = service()
    late = journeys.cancel(session_at=START - HOUR)
    with pytest.raises(Refused) as caught:
        handle(one, opening({REQUESTS[2]: late}))
    assert caught.value.verdict.codes == ("session_ahead",)
    assert of_the_absence(one) == ()


def test_an_absence_needs_sessions_of_its_own() -> None:
    """No session at all, one of another absence, and what is no reference are refused by name."""
    with pytest.raises(InvalidValue) as caught:
        sc.cancel_sessions({}, ABSENCE, at=START, by=THERAPIST, command_id=Reference("off-1"))
    assert caught.value.field == "cancellations"
    with pytest.raises(InvalidValue) as caught:
        opening({REQUESTS[0]: journeys.cancel(absence="abs-2")})
    assert caught.value.field == "cancellations"
    assert len(opening({REQUESTS[0]: journeys.cancel(absence=ABSENCE)})) == len(REQUESTS)
    for absence, command_id, field in (("my leave", "off-1", "absence"), ("abs-1", "off 1", "command_id")):
        with pytest.raises(InvalidValue) as caught:
            sc.cancel_sessions(cancellations(), absence, at=START, by=THERAPIST, command_id=command_id)
        assert caught.value.field == field


# --- the absence grows ------------------------------------------------------------------------------------------------


def test_one_update_reaches_every_open_session_of_the_absence() -> None:
    """TC-04: each is told, the limit of each starts anew; another absence and what is closed are left alone."""
    one = opened()
    one.handle(Envelope(request=REQUESTS[1], at=START, by=THERAPIST, command=sc.Withdraw(ground="session_goes_ahead")))
    assert [envelope.request for envelope in extended(one)] == [REQUESTS[0], REQUESTS[2]]
    handle(one, extended(one))
    assert extended(one) == ()
    handle(one, updated(one, START + 2 * DAY))
    for snapshot in of_the_absence(one):
        deadline = snapshot.deadline("absence_update")
        if snapshot.request == REQUESTS[1]:
            assert (snapshot.version, deadline) == (2, None)
            continue
        assert snapshot.body.growth.updates == 1
        assert snapshot.body.growth.until == date(2026, 11, 13)
        assert deadline is not None
        # Five working days after Friday 30 October, across Cup Day.
        assert deadline.due_on == date(2026, 11, 9)
    assert one.snapshot("SC-9").version == 1


def test_another_last_day_is_an_update_and_not_lost() -> None:
    """TC-04: that an absence is longer is said once; to say it with another day is refused, and with the same day no news."""
    one = opened()
    handle(one, extended(one))
    again = partial(sc.extend_absence, of_the_absence(one), ABSENCE, at=START + 2 * DAY, by=TEAM, command_id="off-8")
    assert again() == again(until=date(2026, 11, 13)) == ()
    with pytest.raises(Refused) as caught:
        handle(one, again(until=date(2026, 11, 20)))
    assert caught.value.verdict.codes == ("absence_as_expected",)
    assert {snapshot.body.growth.until for snapshot in of_the_absence(one)} == {date(2026, 11, 13)}


def test_an_extension_that_is_sent_twice_acts_once() -> None:
    """TC-04: also where another day is known by then, which it does not take back."""
    one = opened()
    first = extended(one)
    handle(one, first)
    handle(one, updated(one, START + 2 * DAY, until=date(2026, 11, 20)))
    assert extended(one) == first
    assert handle(one, extended(one)) == [True] * 3
    assert {snapshot.body.growth.until for snapshot in of_the_absence(one)} == {date(2026, 11, 20)}


def test_an_update_that_is_sent_twice_acts_once() -> None:
    """TC-04: also where what the first one did is known by then."""
    one = opened()
    handle(one, extended(one))
    assert handle(one, updated(one, START + 2 * DAY)) == [False] * 3
    assert handle(one, updated(one, START + 2 * DAY)) == [True] * 3
    assert {snapshot.body.growth.updates for snapshot in of_the_absence(one)} == {1}


def test_a_session_that_is_cancelled_later_joins_the_others() -> None:
    """TC-04: what the growing absence cancels as well is put on record as longer, and is told with the rest."""
    one = opened()
    handle(one, extended(one))
    late = Reference("SC-4")
    more = {late: journeys.cancel(absence=None, session="ses-4", session_at=SESSION_AT + 7 * DAY)}
    handle(one, sc.cancel_sessions(more, ABSENCE, at=START + DAY, by=TEAM, command_id=Reference("off-4")))
    envelopes = updated(one, START + 2 * DAY, until=date(2026, 11, 20))
    assert [(each.request, each.command.trigger) for each in envelopes if each.request == late] == [
        (late, "extend_absence"),
        (late, "update_absence"),
    ]
    handle(one, envelopes)
    assert {(each.body.growth.updates, each.body.growth.until) for each in of_the_absence(one)} == {
        (1, date(2026, 11, 20))
    }


def test_an_absence_that_has_not_grown_has_no_updates() -> None:
    """TC-04: each envelope is refused, and with it the batch."""
    one = opened()
    with pytest.raises(Refused) as caught:
        handle(one, updated(one, START + DAY))
    assert caught.value.verdict.codes == ("absence_extended",)
    assert {snapshot.version for snapshot in of_the_absence(one)} == {1}


def test_an_absence_ends_for_all_of_its_sessions() -> None:
    """TC-04: no update is owed any more; where none ever was, nothing is said."""
    one = opened()

    def ending() -> tuple[Envelope, ...]:
        return sc.end_absence(
            of_the_absence(one), ABSENCE, at=START + 3 * DAY, by=THERAPIST, command_id=Reference("off-5")
        )

    assert ending() == ()
    handle(one, extended(one))
    handle(one, ending())
    for snapshot in of_the_absence(one):
        assert snapshot.deadlines == ()
        assert snapshot.body.growth.longer_since is None
    assert ending() == ()


def test_an_overdue_update_is_each_sessions_own() -> None:
    """TC-04, IN-04: the clock says so of every session of the absence that nobody was told of."""
    one = opened()
    handle(one, extended(one))
    one.handle(Envelope(request=REQUESTS[0], at=START + DAY, by=THERAPIST, command=TELL))
    ticked = one.tick(START + timedelta(days=30))
    assert (ticked.moves, ticked.stuck) == (3, {})
    assert [snapshot.state for snapshot in of_the_absence(one)] == ["to_rebook", "to_tell", "to_tell"]


# --- as they are sent -------------------------------------------------------------------------------------------------


def test_another_system_may_keep_the_envelopes_and_send_them_later() -> None:
    """What is written down is read as the same envelopes, so they can wait in a queue."""
    one = opened()
    handle(one, extended(one))
    for envelope in (*opening(), *updated(one, START + 2 * DAY)):
        assert read_envelope(sc.PROCESS, parse_json(_json(envelope))) == envelope


def _json(envelope: Envelope) -> str:
    from eap_workflow.plain.json_text import canonical_json

    return canonical_json(envelope.to_wire())


ABOUT_AN_ABSENCE = pytest.mark.parametrize("say", [sc.extend_absence, sc.update_sessions, sc.end_absence])


@ABOUT_AN_ABSENCE
def test_other_workflows_snapshots_are_passed_over(say: Callable[..., tuple[Envelope, ...]]) -> None:
    """A store may hand over whatever it has of that name."""
    from tests.journeys import Journey

    elsewhere = Journey().to("draft").stands
    own = opened()
    handle(own, extended(own))
    given = [elsewhere, *of_the_absence(own)]
    assert {each.request for each in say(given, ABSENCE, at=START, by=TEAM, command_id="off-7")} <= set(REQUESTS)
    with pytest.raises(Unknown, match="absence: none of these cancellations belongs to this absence"):
        say([elsewhere], ABSENCE, at=START, by=TEAM, command_id="off-7")


@ABOUT_AN_ABSENCE
def test_an_absence_that_nothing_belongs_to_is_refused(say: Callable[..., tuple[Envelope, ...]]) -> None:
    """TC-04: a slip in its reference would keep nobody informed, and nobody would notice; where all have ended, nothing is owed."""
    one = opened()
    for given in ((), of_the_absence(one)):
        with pytest.raises(Unknown) as caught:
            say(given, Reference("abs-12"), at=START, by=TEAM, command_id="off-7")
        assert caught.value.field == "absence"
    for request in REQUESTS:
        gone = sc.Withdraw(ground="session_goes_ahead")
        one.handle(Envelope(request=request, at=START, by=THERAPIST, command=gone))
    assert say(of_the_absence(one), ABSENCE, at=START, by=TEAM, command_id="off-7") == ()
