"""A file's name is another one for every request, on every file system; and a row says what the dossier says."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.dossier.listing import IndexRow, IndexTotals, file_name
from eap_workflow.errors import StoreError
from eap_workflow.values import REFERENCE_PATTERN
from tests.dossier import samples

references = st.from_regex(REFERENCE_PATTERN, fullmatch=True)
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


@given(one=references, other=references)
def test_two_requests_have_two_files_whatever_the_file_system_makes_of_capitals(one: str, other: str) -> None:
    """Names that differ in capitals alone would be one file on some systems."""
    assert (file_name(one).lower() == file_name(other).lower()) == (one == other)


@given(request=references, swap=st.booleans())
def test_capitals_alone_make_two_files(request: str, *, swap: bool) -> None:
    """The same reference in other capitals is another request."""
    other = request.swapcase() if swap else request.lower()
    assert (file_name(request).lower() == file_name(other).lower()) == (request == other)


@given(request=references)
def test_a_name_is_plain_and_none_that_a_system_keeps_for_itself(request: str) -> None:
    """Letters, digits, hyphens and _, no device's name, no way out of the folder, and short enough."""
    name = file_name(request)
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.html", name)
    assert name.removesuffix(".html").lower() not in DEVICES
    assert len(name) < 100
    assert name.lower() != "index.html"


def test_a_usual_reference_is_its_own_name() -> None:
    """What reads well stays as it is; what does not is still recognised."""
    assert file_name("XS-0001") == "XS-0001.html"
    for taken in ("CON", "LPT1", "INDEX"):
        assert file_name(taken).startswith(f"{taken.lower()}_")
    assert file_name("case/7:b").startswith("case-7-b_")


def test_a_row_says_what_its_dossier_says() -> None:
    """State, limits that bind somebody, and how many of them passed."""
    row = IndexRow.of(samples.dossier("XS-0009"))
    assert (row.request, row.file, row.state, row.limits, row.passed) == ("XS-0009", "XS-0009.html", "approved", 3, 2)
    assert row.is_whole
    assert (row.turn, row.due, row.over) == ("", None, 0)
    assert row.ended_at is not None


def test_a_row_says_whose_turn_it_is_and_what_is_due() -> None:
    """Of the limits that run, the one that passes first; and how many passed and run on (IN-04)."""
    row = IndexRow.of(samples.dossier("XS-0047"))
    assert (row.turn, row.due, row.ended_at) == ("clinical manager", date(2027, 2, 1), None)
    assert (row.passed, row.over) == (1, 1)
    in_time = IndexRow.of(samples.dossier("XS-0051"))
    assert (in_time.passed, in_time.over) == (0, 0)
    assert in_time.due is not None


def test_rows_are_counted_as_they_are_written() -> None:
    """How many, how many with a limit that was not kept, extended afterwards or not (IN-04), and how many without a dossier."""
    totals = IndexTotals()
    for request in ("XS-0009", "XS-0014", "XS-0028"):
        totals.add(IndexRow.of(samples.dossier(request)))
    totals.add(IndexRow.without("XS-1", StoreError("it cannot be read")))
    assert (totals.requests, totals.passed, totals.over, totals.broken, totals.failed) == (4, 2, 0, 0, 1)
