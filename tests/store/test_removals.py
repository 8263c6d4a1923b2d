"""The chain of removals: a recorded act that was edited or taken out is found."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.store import Removal
from eap_workflow.store.removals import findings, removal, stated

AT = datetime(2034, 1, 31, 23, 30, tzinfo=UTC)


def acts(count: int) -> list[Removal]:
    """Removals of several requests, chained."""
    made: list[Removal] = []
    for number in range(1, count + 1):
        what = {"request": f"XS-{number}", "workflow": "extra_sessions", "steps": 7, "head": "a" * 64, "at": AT}
        made.append(removal(made[-1] if made else None, by="case_team:ct-1", **what))
    return made


def found(given_acts: list[Removal], last: Removal | None = None) -> list[tuple[str, str]]:
    """What is found: about which request, and what; the last act is the one that is stated, unless another is."""
    end = last or (given_acts[-1] if given_acts else None)
    return [(each.request, each.what) for each in findings(given_acts, "" if end is None else stated(end))]


def test_removals_are_numbered_and_linked() -> None:
    """Each has the number after the last one's and holds its digest; nothing is found in them."""
    made = acts(4)
    assert [act.number for act in made] == [1, 2, 3, 4]
    assert [act.before for act in made] == ["", *(act.digest for act in made[:-1])]
    assert found(made) == []


def test_a_digest_is_made_as_it_is_documented() -> None:
    """Any other program can check it: netstrings of the values in their order, the instant in UTC at a fixed width."""
    first, second = acts(2)
    values = (
        *("eap-workflow removal", first.digest, "2", "XS-2", "extra_sessions", "7", "a" * 64),
        *("2034-01-31T23:30:00.000000Z", "case_team:ct-1"),
    )
    written = "".join(f"{len(value)}:{value}," for value in values)
    assert second.digest == hashlib.sha256(written.encode()).hexdigest()


CHANGES: dict[str, Any] = {
    "request": "XS-9",
    "workflow": "outreach",
    "steps": 6,
    "head": "b" * 64,
    "at": AT + timedelta(microseconds=1),
    "by": "case_team:ct-2",
    "digest": "c" * 64,
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_edited_removal_is_found(name: str, place: int) -> None:
    """Whatever of it was changed, and wherever it stands, it is named."""
    made = acts(3)
    made[place] = attrs.evolve(made[place], **{name: CHANGES[name]})
    assert (made[place].request, "edited") in found(made)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_edited_removal_whose_digest_was_computed_again_is_found(place: int) -> None:
    """The one after it no longer follows; of the last of all that is told by what is stated elsewhere."""
    made = acts(4)
    before = made[place - 1] if place else None
    what = {name: getattr(made[place], name) for name in ("workflow", "steps", "head", "at", "by")}
    made[place] = removal(before, request="XS-9", **what)
    assert found(made) == [(made[place + 1].request, "out_of_line")]


@given(count=st.integers(2, 6), data=st.data())
def test_a_removal_that_was_taken_out_is_found(count: int, data: st.DataObject) -> None:
    """The one after it does not follow, even if it was numbered anew."""
    made = acts(count)
    place = data.draw(st.integers(0, count - 2))
    left = made[:place] + made[place + 1 :]
    assert found(left)[0] == (made[place + 1].request, "out_of_line")
    numbered = [attrs.evolve(act, number=number) for number, act in enumerate(left, 1)]
    assert found(numbered)[0][0] == made[place + 1].request


@given(count=st.integers(1, 5), left=st.integers(0, 4))
def test_last_removals_that_were_taken_out_are_found(count: int, left: int) -> None:
    """Nothing follows on them, but it is stated elsewhere which act was the last."""
    made = acts(count)
    expected = [("", "missing")] if left < count else []
    assert found(made[:left], made[-1]) == expected


def test_a_last_removal_that_was_made_anew_is_found() -> None:
    """An act with another request in it, linked as it should be, is not the one that was stated."""
    made = acts(3)
    what = {name: getattr(made[2], name) for name in ("workflow", "steps", "head", "at", "by")}
    assert found([*made[:2], removal(made[1], request="XS-9", **what)], made[2]) == [("", "missing")]


def test_two_exchanged_removals_are_found() -> None:
    """Their order is part of the record."""
    first, second, third = acts(3)
    assert found([second, first, third])[0] == ("XS-2", "out_of_line")
