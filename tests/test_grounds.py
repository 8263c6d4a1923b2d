"""What a decision is made on: the policy that applies, and offices whose calendars are built where nobody waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from eap_workflow import grounds
from eap_workflow.deadlines import Office
from eap_workflow.errors import PolicyError, Unknown
from eap_workflow.grounds import Grounds
from eap_workflow.offices import Offices
from eap_workflow.policy import STANDARD, Parties, PartyTerms, Policy, PolicyRef
from eap_workflow.policy_book import PolicyBook
from eap_workflow.process import Index
from eap_workflow.store.memory import MemoryStore
from eap_workflow.workflows.extra_sessions.commands import Draft, Withdraw
from tests import lines
from tests.lines import BOOK, HARBOUR, PROCESS

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 2, 9, tzinfo=UTC)
OTHER_PARTIES = attrs.evolve(STANDARD, parties=Parties(employer=PartyTerms(region="AU-NSW")))


class Building(Offices):
    """Offices that note whether a calendar is built while others wait."""

    def __init__(self) -> None:
        super().__init__()
        self.others_wait = False
        self.built: list[bool] = []

    def of(self, policy: Policy) -> Mapping[str, Office]:
        """Build them, as ever."""
        self.built.append(self.others_wait)
        return super().of(policy)

    def work(self, given: Grounds, policy: Policy) -> Mapping[str, Office]:
        """Do something that needs the offices of a policy, as in a transaction."""
        self.others_wait = True
        try:
            return given.offices_at_hand(policy)
        finally:
            self.others_wait = False


# --- offices ----------------------------------------------------------------------------------------------------------


def test_a_calendar_is_built_where_nobody_waits_for_it() -> None:
    """Work that lacks a calendar is left, the calendar is built, and the work is begun again; the next work has it."""
    offices = Building()
    given = Grounds(BOOK, offices)
    found = given.complete(offices.work, given, STANDARD)
    assert found == given.offices_of(STANDARD)
    assert given.complete(offices.work, given, STANDARD) is found
    assert offices.built == [False]


def test_work_that_needs_several_gets_each() -> None:
    """One policy after the other is found to be missing, and each is built once."""
    offices = Building()
    given = Grounds(BOOK, offices)

    def both() -> list[Mapping[str, Office]]:
        return [offices.work(given, each) for each in (STANDARD, OTHER_PARTIES)]

    first, second = given.complete(both)
    assert first["employer"].calendar != second["employer"].calendar
    assert offices.built == [False, False]


def test_within_a_transaction_of_somebody_elses_it_is_built_at_once() -> None:
    """What cannot be begun again waits for its calendar; and the grounds outside have it afterwards."""
    offices = Building()
    given = Grounds(BOOK, offices)
    found = given.within().complete(offices.work, given.within(), STANDARD)
    assert given.complete(offices.work, given, STANDARD) is found
    assert offices.built == [True]


def test_a_calendar_that_cannot_be_built_fails_where_it_is_needed(tmp_path: Path) -> None:
    """Whoever asked for it is told, each time that they ask, and is told no more once it can be built."""
    file = tmp_path / "calendar.json"
    policy = attrs.evolve(STANDARD, parties=Parties(employer=PartyTerms(calendar_file=str(file))))
    offices = Building()
    given = Grounds(BOOK, offices)
    for _ in range(2):
        with pytest.raises(PolicyError, match="calendar_file"):
            given.complete(offices.work, given, policy)
    lines.OFFICES.of(STANDARD)["employer"].calendar.dump(file)
    assert given.complete(offices.work, given, policy)["employer"].calendar.fingerprint


def test_work_that_passes_over_a_calendar_twice_comes_to_an_end(tmp_path: Path) -> None:
    """Whoever counts several requests whose contract has no calendar any more passes over each, and is not begun again for ever."""
    policy = attrs.evolve(STANDARD, parties=Parties(employer=PartyTerms(calendar_file=str(tmp_path / "missing.json"))))
    offices = Building()
    given = Grounds(BOOK, offices)

    def pass_over() -> int:
        passed = 0
        for _ in range(3):
            try:
                given.offices_at_hand(policy)
            except PolicyError:
                passed += 1
            assert len(offices.built) < 9
        return passed

    assert given.complete(pass_over) == 3
    # Once outside of the work, and each time that it is needed; and anew for the next one.
    assert given.complete(pass_over) == 3
    assert len(offices.built) == 8


def test_offices_go_by_what_they_are_made_from() -> None:
    """A policy that was edited under its version has its own offices, and one that was read again has the same."""
    given = Grounds(BOOK, Offices())
    edited = attrs.evolve(OTHER_PARTIES)
    assert edited.ref == STANDARD.ref
    assert given.offices_of(edited)["employer"].calendar != given.offices_of(STANDARD)["employer"].calendar
    assert given.offices_of(attrs.evolve(edited)) is given.offices_of(edited)


def test_no_more_is_at_hand_than_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many policies pass by, each as an object of its own, no more than so many are held for a quick answer."""
    monkeypatch.setattr(grounds, "MOST_AT_HAND", 4)
    given = Grounds(BOOK, Offices())
    for _ in range(20):
        policy = attrs.evolve(STANDARD)
        assert given.complete(given.offices_at_hand, policy) is given.offices_of(STANDARD)
        assert len(given._offices_by_id) <= 4


# --- the policy -------------------------------------------------------------------------------------------------------


def policy(index: Index | None, command: object, at: datetime, store: MemoryStore | None = None) -> Policy | None:
    """The policy that grounds find."""
    with (store or MemoryStore(PROCESS)).reading() as transaction:
        return Grounds(BOOK, Offices()).policy(transaction, index, command, at)


def test_what_is_kept_comes_before_the_book() -> None:
    """A request that was submitted keeps its policy as it was then, whatever the book has under its version (IN-11)."""
    store = MemoryStore(PROCESS)
    edited = attrs.evolve(HARBOUR, parties=OTHER_PARTIES.parties)
    with store.transaction() as transaction:
        transaction.keep_policy(edited)
    index = Index(policy=HARBOUR.ref, contract="deeming")
    assert policy(index, Draft(contract="standard"), DECEMBER, store) == edited
    assert policy(index, None, DECEMBER) is HARBOUR
    with pytest.raises(Unknown, match="version"):
        policy(Index(policy=PolicyRef(contract="harbour", version="9")), None, MONDAY)


def test_before_that_it_is_the_one_in_force() -> None:
    """By the contract that the command names, or else the request; by the day, and none where neither names one (IN-11)."""
    for at, version in ((MONDAY, "1"), (DECEMBER, "2")):
        for index, command in (
            (None, Draft(contract="harbour")),
            (Index(contract="deeming"), Draft(contract="harbour")),
            (Index(contract="harbour"), Withdraw()),
        ):
            found = policy(index, command, at)
            assert found is not None
            assert (found.contract, found.version) == ("harbour", version)
    assert policy(None, Draft(), MONDAY) is None
    assert policy(Index(), None, MONDAY) is None


def test_a_contract_that_nobody_knows_stops_only_who_names_it() -> None:
    """A command that names one is refused; a draft that has one can still be withdrawn."""
    with pytest.raises(Unknown, match="contract"):
        policy(None, Draft(contract="planted"), MONDAY)
    assert policy(Index(contract="planted"), Withdraw(), MONDAY) is None


def test_what_is_read_inside_is_known_inside() -> None:
    """A policy that was read in a transaction that may yet be undone does not reach who comes after it, nor what comes after it."""
    store = MemoryStore(PROCESS)
    edited = attrs.evolve(HARBOUR, parties=OTHER_PARTIES.parties)
    given = Grounds(PolicyBook.of([HARBOUR]), Offices())
    with store.transaction() as transaction:
        transaction.keep_policy(edited)
        within, batch = given.within(), given.within(batch=True)
        for inside in (within, batch):
            assert inside.policy(transaction, Index(policy=HARBOUR.ref), None, MONDAY) == edited
    with MemoryStore(PROCESS).reading() as transaction:
        for outside in (given, within, within.within(batch=True)):
            assert outside.policy(transaction, Index(policy=HARBOUR.ref), None, MONDAY) is HARBOUR
        # A batch is one transaction to its end, and need not read it again.
        assert batch.policy(transaction, Index(policy=HARBOUR.ref), None, MONDAY) == edited
