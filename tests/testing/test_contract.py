"""The contract suite: it runs outside this repository, and each of its tests finds a store that is broken."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import attrs
import pytest

from eap_workflow.errors import CommandIdReused, Conflict, PolicyError, Refused, StoreError
from eap_workflow.store import EVERY, Seen, Store, Wanted
from eap_workflow.testing import StoreContract
from eap_workflow.testing.acts import KEPT, MANY
from eap_workflow.testing.lines import FAR, START
from tests.testing.breakages import BREAKAGES as OF_THE_PARTS
from tests.testing.broken import Altered, BrokenStore


class KeepsWhatFailed(BrokenStore):
    """Commits although the block raised."""

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        raised: BaseException | None = None
        with self.kept.transaction() as transaction:
            try:
                yield transaction
            except BaseException as error:  # noqa: BLE001 - raised again below
                raised = error
        if raised is not None:
            raise raised


class KeepsHalfOfWhatFailed(BrokenStore):
    """Keeps the first step of what a block appended before it raised."""

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        appended: list[Any] = []

        def note(kept: Any, *given: Any) -> None:
            kept.append(*given)
            appended.append(given)

        try:
            with self.kept.transaction() as transaction:
                yield Altered(transaction, {"append": note})
        except Exception:
            with self.kept.transaction() as transaction:
                for steps, *more in appended:
                    transaction.append(steps[:1], *more)
            raise


class ReaderWrites(BrokenStore):
    """Keeps what a transaction that only reads has written."""

    def reading(self) -> AbstractContextManager[Any]:
        """Begin a transaction that only reads."""
        return self.kept.transaction()


class GivesUpAtOnce(BrokenStore):
    """Does not wait for a transaction that is under way."""

    def __init__(self) -> None:
        super().__init__()
        self._busy = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        if not self._busy.acquire(blocking=False):
            raise StoreError("busy")
        try:
            with self.kept.transaction() as transaction:
                time.sleep(0.001)
                yield transaction
        finally:
            self._busy.release()


class TurnsReadersAway(BrokenStore):
    """Has no answer while a transaction is under way."""

    busy = False

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        with self.kept.transaction() as transaction:
            self.busy = True
            time.sleep(0.001)
            yield transaction
            self.busy = False

    def reading(self) -> AbstractContextManager[Any]:
        """Begin a transaction that only reads."""
        if self.busy:
            raise StoreError("busy")
        return self.kept.reading()


class RemembersTheQuestion(BrokenStore):
    """Keeps an id as soon as it is asked for, and not when the command was acted on."""

    def __init__(self) -> None:
        super().__init__(seen=self._seen)

    def _seen(self, kept: Any, command_id: str) -> Any:
        seen = kept.seen(command_id)
        if seen is None:
            with self.kept.transaction() as transaction:
                transaction.remember(command_id, Seen(digest="", request="", first=1, last=1))
        return seen


class NoOneView(BrokenStore):
    """Looks anew at every call, so that what a reader is told belongs to several moments."""

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Begin a transaction that only reads."""
        kept = self.kept

        class _Anew:
            def __getattr__(self, name: str) -> Any:
                with kept.reading() as transaction:
                    return getattr(transaction, name)

        yield _Anew()


class ShowsWhatIsUnderWay(BrokenStore):
    """Lets a reader see what a transaction has written before it is committed."""

    under_way: Any = None

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        with self.kept.transaction() as self.under_way:
            yield self.under_way

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Begin a transaction that only reads."""
        with self.kept.reading() as transaction:
            yield self.under_way or transaction


class WritesAtTheEnd(BrokenStore):
    """Holds what is written back until the block ends, so that the block itself does not see it."""

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        later: list[Callable[[], object]] = []
        held = {
            name: lambda kept, *given, name=name: later.append(partial(getattr(kept, name), *given))
            for name in ("append", "remember", "keep_policy")
        }
        with self.kept.transaction() as transaction:
            yield Altered(transaction, held)
            for write in later:
                write()


def silent_conflict(kept: Any, *given: Any) -> None:
    """Report success where the version is taken, as ON CONFLICT DO NOTHING does."""
    try:
        kept.append(*given)
    except Conflict:
        return


def edited_policy(kept: Any, policy: Any) -> None:
    """Take a policy that was edited under its version for the one that is kept."""
    try:
        kept.keep_policy(policy)
    except PolicyError:
        return


def as_text(instant: datetime) -> str:
    """An instant as a text that sorts wrongly: with its fraction only where there is one."""
    return instant.isoformat().removesuffix("+00:00") + "Z"


def due_by_text(kept: Any, at: datetime, most: int) -> Any:
    """Compare instants as texts of differing width."""
    due = {request: kept.load(request).next_due_at for request in kept.due(FAR, MANY)}
    by = as_text(at.astimezone(next(iter(due.values())).tzinfo)) if due else ""
    return tuple(request for request, due_at in due.items() if as_text(due_at) <= by)[:most]


def within_a_second(_kept: Any, instant: datetime | None) -> datetime | None:
    """Cut an instant off at the second."""
    return instant and instant.replace(microsecond=0)


def by_language(kept: Any, after: Any, most: int) -> Any:
    """Sort as people sort words, and not by character."""
    beyond = [each for each in kept.requests(None, MANY) if after is None or each.request > after.request]
    return tuple(sorted(beyond, key=lambda each: each.request.casefold())[:most])


def latest_written(kept: Any) -> datetime | None:
    """The instant of the request that comes first by id."""
    return next((each.at for each in kept.requests(None, 1)), None)


def _only_extra_sessions(kept: Any, *given: Any) -> tuple[Any, ...]:
    return tuple(each for each in kept.requests(*given) if each.workflow == "extra_sessions")


def _whatever_workflow(kept: Any, after: Any, most: int, wanted: Wanted = EVERY) -> Any:
    return kept.requests(after, most, attrs.evolve(wanted, workflow=None))


def _takes_only_extra_sessions(kept: Any, at: Any, besides: frozenset[str]) -> str | None:
    return next((each for each in kept.due(at, 99) if each.startswith("XS") and each not in besides), None)


def _loads_only_extra_sessions(kept: Any, request: str, *more: Any) -> Any:
    return kept.load(request, *more) if request.startswith("XS") else None


BREAKAGES: dict[str, tuple[Callable[[], Any], str]] = {
    "requests of other workflows are overlooked": (
        lambda: BrokenStore(requests=_only_extra_sessions),
        "requests_of_several_workflows_lie_side_by_side",
    ),
    "the workflow that is wanted is not looked at": (
        lambda: BrokenStore(requests=_whatever_workflow),
        "a_page_is_of_one_workflow_or_of_all",
    ),
    "the clock of one workflow alone is moved": (
        lambda: BrokenStore(take_due=_takes_only_extra_sessions),
        "the_clock_moves_each_by_its_own_table",
    ),
    "what is of another workflow is not there": (
        lambda: BrokenStore(load=_loads_only_extra_sessions),
        "a_command_of_another_workflow_leaves_no_trace",
    ),
    "an empty store has an instant": (
        lambda: BrokenStore(latest_at=lambda kept: kept.latest_at() or START),
        "an_empty_store_knows_nothing",
    ),
    "a request without steps is an error": (
        lambda: BrokenStore(trail=lambda kept, *given: [kept.load(given[0]).version] and kept.trail(*given)),
        "an_empty_store_knows_nothing",
    ),
    "the last step is lost": (
        lambda: BrokenStore(trail=lambda kept, *given: kept.trail(*given)[:-1]),
        "what_was_appended_is_read_back_equal",
    ),
    "steps come the latest first": (
        lambda: BrokenStore(trail=lambda kept, *given: kept.trail(*given)[::-1]),
        "what_was_appended_is_read_back_equal",
    ),
    "every step is the first actor's": (
        lambda: BrokenStore(
            trail=lambda kept, *given: tuple(
                attrs.evolve(step, by=kept.trail(*given)[0].by) for step in kept.trail(*given)
            )
        ),
        "what_was_appended_is_read_back_equal",
    ),
    "a trail in part is the whole": (
        lambda: BrokenStore(trail=lambda kept, request, _first=1, _last=None: kept.trail(request)),
        "a_trail_is_given_in_part",
    ),
    "the last version asked for is left out": (
        lambda: BrokenStore(
            trail=lambda kept, request, first=1, last=None: kept.trail(request, first, last and last - 1)
        ),
        "a_trail_is_given_in_part",
    ),
    "a taken version is passed over in silence": (
        lambda: BrokenStore(append=silent_conflict),
        "steps_that_do_not_follow_are_a_conflict",
    ),
    "no steps are an error": (
        lambda: BrokenStore(append=lambda kept, steps, *more: steps[0] and kept.append(steps, *more)),
        "no_steps_are_nothing_to_append",
    ),
    "requests come as a language sorts": (
        lambda: BrokenStore(requests=by_language),
        "requests_come_in_the_order_of_their_ids",
    ),
    "the latest instant is cut off at the second": (
        lambda: BrokenStore(latest_at=lambda kept: within_a_second(kept, kept.latest_at())),
        "the_latest_instant_is_that_of_the_last_step_of_all",
    ),
    "the latest instant is some request's": (
        lambda: BrokenStore(latest_at=latest_written),
        "the_latest_instant_is_that_of_the_last_step_of_all",
    ),
    "a command id is forgotten": (
        lambda: BrokenStore(remember=lambda _kept, *_given: None),
        "a_command_id_is_remembered",
    ),
    "command ids differ by more than their case": (
        lambda: BrokenStore(
            seen=lambda kept, command_id: kept.seen(command_id.lower()),
            remember=lambda kept, command_id, seen: kept.remember(command_id.lower(), seen),
        ),
        "a_command_id_is_remembered",
    ),
    "an edited policy passes": (
        lambda: BrokenStore(keep_policy=edited_policy),
        "a_policy_is_kept_as_it_is_and_once",
    ),
    "a policy is forgotten": (
        lambda: BrokenStore(keep_policy=lambda _kept, _policy: None),
        "a_policy_is_kept_as_it_is_and_once",
    ),
    "one request of the case is overlooked": (
        lambda: BrokenStore(in_case=lambda kept, *given: kept.in_case(*given)[1:]),
        "other_requests_of_the_case_add_up",
    ),
    "who asks counts among the others": (
        lambda: BrokenStore(in_case=lambda kept, assist_case, _besides: kept.in_case(assist_case, "none")),
        "other_requests_of_the_case_add_up",
    ),
    "what is approved in advance does not count": (
        lambda: BrokenStore(
            in_case=lambda kept, *given: tuple(each for each in kept.in_case(*given) if KEPT.index(each).pending)
        ),
        "other_requests_of_the_case_add_up",
    ),
    "everything is due": (
        lambda: BrokenStore(due=lambda kept, _at, most: kept.due(FAR, most)),
        "what_is_due_comes_longest_due_first",
    ),
    "what falls on the instant is not due yet": (
        lambda: BrokenStore(due=lambda kept, at, most: kept.due(at - timedelta(microseconds=1), most)),
        "what_is_due_comes_longest_due_first",
    ),
    "as much is due as there is": (
        lambda: BrokenStore(due=lambda kept, at, _most: kept.due(at, MANY)),
        "what_is_due_comes_longest_due_first",
    ),
    "instants are compared as texts of differing width": (
        lambda: BrokenStore(due=due_by_text),
        "what_is_due_comes_longest_due_first",
    ),
    "everything is overdue": (
        lambda: BrokenStore(overdue=lambda kept, _at, *given: kept.overdue(FAR, *given)),
        "what_is_overdue_comes_longest_passed_first",
    ),
    "what is overdue comes by id": (
        lambda: BrokenStore(
            overdue=lambda kept, *given: tuple(sorted(kept.overdue(*given), key=lambda each: each.request))
        ),
        "what_is_overdue_comes_longest_passed_first",
    ),
    "what is due at once comes in any order": (
        lambda: BrokenStore(
            due=lambda kept, at, most: tuple(
                sorted(kept.due(at, MANY), key=lambda each: (kept.load(each).next_due_at, len(each)))[:most]
            )
        ),
        "what_falls_on_one_instant_comes_by_id",
    ),
    "an overdue page skips one": (
        lambda: BrokenStore(
            overdue=lambda kept, at, after, most: kept.overdue(at, after, most + 1)[0 if after is None else 1 :]
        ),
        "pages_add_up_to_the_whole",
    ),
    "a page begins with the last one of the page before": (
        lambda: BrokenStore(
            requests=lambda kept, after, most: (() if after is None else (after,)) + kept.requests(after, most)
        ),
        "pages_add_up_to_the_whole",
    ),
    "what failed is kept": (KeepsWhatFailed, "a_command_that_fails_anywhere_leaves_nothing"),
    "what raised is kept": (KeepsWhatFailed, "what_a_block_that_raised_wrote_is_not_kept"),
    "half of a tick that failed is kept": (KeepsHalfOfWhatFailed, "a_tick_that_fails_anywhere_leaves_whole_requests"),
    "an id is kept when it is asked for": (
        RemembersTheQuestion,
        "a_refused_command_leaves_no_trace",
    ),
    "a reader writes": (ReaderWrites, "what_a_reader_writes_is_not_kept"),
    "a reader sees what is under way": (ShowsWhatIsUnderWay, "a_transaction_sees_what_it_wrote"),
    "a writer does not see what it wrote": (WritesAtTheEnd, "a_transaction_sees_what_it_wrote"),
    "a second writer is turned away": (GivesUpAtOnce, "two_threads_lose_no_step"),
    "a reader looks anew at every call": (NoOneView, "a_reader_sees_one_moment_throughout"),
    "a reader is turned away": (TurnsReadersAway, "a_reader_beside_a_writer_sees_whole_requests"),
    "what was withdrawn is gone": (
        lambda: BrokenStore(
            requests=lambda kept, *given: tuple(each for each in kept.requests(*given) if each.state != "withdrawn")
        ),
        "any_history_ends_as_in_memory",
    ),
}


# What a broken store shows itself by, where it is no assertion.
EVERY_BREAKAGE = {**BREAKAGES, **OF_THE_PARTS}

SHOWN_AS: dict[str, tuple[type[Exception], ...]] = {
    "what is of another workflow is not there": (Refused, KeyError),
    "a request without steps is an error": (AttributeError,),
    "no steps are an error": (IndexError,),
    "an id is kept when it is asked for": (CommandIdReused,),
}

TESTS = {name.removeprefix("test_") for name in dir(StoreContract) if name.startswith("test_")}

USED_FROM_OUTSIDE = """
from contextlib import contextmanager
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import StoreContract

class TestOurStore(StoreContract):
    @contextmanager
    def fresh(self):
        yield MemoryStore(self.processes)
"""


def run_one(name: str, make: Callable[[], Any]) -> None:
    """Run a test of the contract on a store."""

    class OnStore(StoreContract):
        def fresh(self) -> AbstractContextManager[Store]:
            return nullcontext(make())

    contract = OnStore()
    test = getattr(contract, f"test_{name}")
    if "store" in signature(test).parameters:
        test(make())
    else:
        test()


def test_the_contract_runs_outside_this_repository(tmp_path: Path) -> None:
    """Whoever writes a store gets every test with a file of a few lines, in a folder of their own and its settings."""
    (tmp_path / "test_ours.py").write_text(USED_FROM_OUTSIDE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_ours.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": "", "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(TESTS)} passed" in done.stdout


def test_a_failing_test_shows_what_was_compared(tmp_path: Path) -> None:
    """A store that is broken is told as pytest tells it, with both sides of the comparison."""
    broken = USED_FROM_OUTSIDE.replace("yield MemoryStore(self.processes)", "yield Forgetful(self.processes)")
    forgetful = (
        "from eap_workflow.store.memory import MemoryTransaction\n"
        "MemoryTransaction.latest_at = lambda self: 'never'\n"
        "Forgetful = MemoryStore\n"
    )
    (tmp_path / "test_ours.py").write_text(broken.replace("\nclass", forgetful + "\nclass"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_ours.py", "-k", "empty_store"],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "assert 'never' is None" in done.stdout


@pytest.mark.parametrize("name", sorted(TESTS))
def test_a_wrapped_store_that_is_not_broken_passes(name: str) -> None:
    """It is the other answer that a test notices, and not that something stands between."""
    run_one(name, BrokenStore)


@pytest.mark.parametrize("breakage", EVERY_BREAKAGE)
def test_a_broken_store_is_caught(breakage: str) -> None:
    """Each way to be broken makes the test fail that is there for it."""
    make, name = EVERY_BREAKAGE[breakage]
    with pytest.raises((AssertionError, pytest.fail.Exception, *SHOWN_AS.get(breakage, ()))):
        run_one(name, make)


def test_every_test_of_the_contract_catches_a_broken_store() -> None:
    """No test of the contract passes whatever a store does."""
    assert {name for _, name in EVERY_BREAKAGE.values()} == TESTS
    assert len(EVERY_BREAKAGE) == len(BREAKAGES) + len(OF_THE_PARTS)
