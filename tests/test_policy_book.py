"""Which policy is in force: both sides of every change, and what a book refuses to hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, PolicyError, Unknown
from eap_workflow.policy import STANDARD, Policy, PolicyRef, RequestTerms
from eap_workflow.policy_book import STANDARD_BOOK, PolicyBook

ONE_DAY = timedelta(days=1)


def version(
    name: str, first: date, last: date | None = None, *, contract: str = "harbour", sessions: int = 4
) -> Policy:
    """Make one version of a contract."""
    return Policy(
        contract=contract,
        version=name,
        source="Harbour agreement",
        effective_from=first,
        effective_to=last,
        requests=RequestTerms(sessions_per_request=sessions),
    )


OLD = version("2026-07", date(2026, 7, 1), date(2026, 12, 31), sessions=4)
NEW = version("2027-01", date(2027, 1, 1), sessions=3)
HARBOUR = PolicyBook.of([NEW, OLD])


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2026, 7, 1), OLD),
        (date(2026, 7, 2), OLD),
        (date(2026, 12, 30), OLD),
        (date(2026, 12, 31), OLD),
        (date(2027, 1, 1), NEW),
        (date(2027, 1, 2), NEW),
        (date(9999, 12, 31), NEW),
    ],
)
def test_a_change_counts_from_its_first_day(day: date, in_force: Policy) -> None:
    """IN-11: the day before a change has the old version, the day of the change and the day after have the new one."""
    assert HARBOUR.in_force("harbour", day) is in_force


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2000, 1, 1), date.min])
def test_no_version_is_in_force_before_the_first(day: date) -> None:
    """IN-11: before the first day of the first version there is no policy, and the error says since when there is."""
    with pytest.raises(Unknown) as unknown:
        HARBOUR.in_force("harbour", day)
    assert str(unknown.value) == (
        "contract: no version of harbour is in force on this day; it is in force from 2026-07-01 on"
    )


def test_no_version_is_in_force_after_the_last() -> None:
    """IN-11: a contract that ended has a policy on its last day and none on the next."""
    ended = PolicyBook.of([OLD])
    assert ended.in_force("harbour", date(2026, 12, 31)) is OLD
    with pytest.raises(Unknown, match=r"it is in force from 2026-07-01 to 2026-12-31$"):
        ended.in_force("harbour", date(2027, 1, 1))


@given(lengths=st.lists(st.integers(1, 400), min_size=1, max_size=6), order=st.randoms(use_true_random=False))
def test_every_day_of_a_contract_has_exactly_one_version(lengths: list[int], order: object) -> None:
    """IN-11: from the first day to the last, each day is found in one version, in whatever order they were given."""
    first = date(2026, 7, 1)
    versions: list[Policy] = []
    for number, length in enumerate(lengths):
        last = first + (length - 1) * ONE_DAY
        versions.append(version(f"v{number}", first, last))
        first = last + ONE_DAY
    shuffled = list(versions)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    book = PolicyBook.of(shuffled)
    assert book.versions("harbour") == tuple(versions)
    for expected in versions:
        assert expected.effective_to is not None
        for day in (expected.effective_from, expected.effective_to):
            assert book.in_force("harbour", day) is expected


def test_a_version_is_found_again_by_its_name() -> None:
    """IN-11: a request finds the version that it was submitted under, in force or not."""
    assert HARBOUR.version(PolicyRef(contract="harbour", version="2026-07")) is OLD
    assert HARBOUR.version(NEW.ref) is NEW


def test_what_nobody_knows_is_unknown() -> None:
    """An unknown contract or version is named by its field only; what is known is listed."""
    with pytest.raises(Unknown) as unknown:
        HARBOUR.in_force("northline", date(2026, 7, 1))
    assert str(unknown.value) == "contract: no contract has this name; known are harbour"
    with pytest.raises(Unknown) as unknown:
        HARBOUR.version(PolicyRef(contract="harbour", version="2028-01"))
    assert str(unknown.value) == "version: no version of harbour has this name; known are 2026-07, 2027-01"
    with pytest.raises(Unknown, match="contract: no contract has this name"):
        HARBOUR.version(PolicyRef(contract="northline", version="2026-07"))
    with pytest.raises(Unknown, match="known are none"):
        PolicyBook.of([]).versions("harbour")
    with pytest.raises(Unknown):
        HARBOUR.versions(["harbour"])  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [datetime(2026, 7, 1, tzinfo=UTC), "2026-07-01", None])
def test_a_day_is_a_date(day: date) -> None:
    """A datetime is no day: which day it falls on is for the contract's zone to say."""
    with pytest.raises(InvalidType) as refusal:
        HARBOUR.in_force("harbour", day)
    assert refusal.value.field == "day"


REFUSED = [
    pytest.param(
        [version("1", date(2026, 1, 1)), version("2", date(2027, 1, 1))],
        "effective_to: harbour 1 has no last day and overlaps harbour 2, which is in force from 2027-01-01;"
        " its last day must be 2026-12-31",
        id="no last day",
    ),
    pytest.param(
        [version("1", date(2026, 1, 1), date(2027, 1, 1)), version("2", date(2027, 1, 1))],
        "effective_from: harbour 1 and harbour 2 overlap: both are in force on 2027-01-01",
        id="one day in both",
    ),
    pytest.param(
        [version("1", date(2026, 1, 1), date(2026, 12, 31)), version("2", date(2026, 1, 1), date(2026, 12, 31))],
        "effective_from: harbour 1 and harbour 2 overlap: both are in force on 2026-01-01",
        id="the same days",
    ),
    pytest.param(
        [version("1", date(2026, 1, 1), date(2026, 12, 30)), version("2", date(2027, 1, 1))],
        "effective_from: there is a gap between harbour 1 and harbour 2: neither is in force on 2026-12-31",
        id="a gap of one day",
    ),
    pytest.param(
        [version("1", date(2026, 1, 1), date(2026, 6, 30)), version("2", date(2027, 1, 1))],
        "effective_from: there is a gap between harbour 1 and harbour 2:"
        " neither is in force from 2026-07-01 to 2026-12-31",
        id="a longer gap",
    ),
    pytest.param(
        [version("1", date(2026, 1, 1), date(2026, 12, 31)), version("1", date(2027, 1, 1))],
        "version: harbour 1 is there twice, and every version must have a name of its own",
        id="one name twice",
    ),
]


@pytest.mark.parametrize(("policies", "message"), REFUSED)
def test_days_in_two_versions_or_in_none_are_refused_by_name(policies: list[Policy], message: str) -> None:
    """IN-11: an overlap, a gap and a name used twice are refused, with the contract, the versions and the days."""
    for given_in in (policies, policies[::-1]):
        with pytest.raises(PolicyError) as refusal:
            PolicyBook.of(given_in)
        assert str(refusal.value) == message


def test_contracts_do_not_get_in_each_others_way() -> None:
    """Two contracts may use the same days and the same names of versions."""
    book = PolicyBook.of([OLD, version("2026-07", date(2026, 7, 1), contract="civic")])
    assert book.contracts == ("civic", "harbour")
    assert book.in_force("civic", date(2027, 1, 1)).contract == "civic"


def test_the_built_in_contract_is_in_force_since_2000() -> None:
    """The standard book has the standard contract, from 2000-01-01 on and not a day before."""
    assert PolicyBook.standard() is STANDARD_BOOK
    assert STANDARD_BOOK.contracts == ("standard",)
    assert STANDARD_BOOK.in_force("standard", date(2000, 1, 1)) is STANDARD
    assert STANDARD_BOOK.in_force("standard", date(2026, 10, 28)) is STANDARD
    with pytest.raises(Unknown):
        STANDARD_BOOK.in_force("standard", date(1999, 12, 31))


def test_two_books_make_one() -> None:
    """A book of one's own is added to the built-in one, and every version is found in the sum."""
    both = STANDARD_BOOK | HARBOUR
    assert both.contracts == ("harbour", "standard")
    assert both.policies == (OLD, NEW, STANDARD)
    assert both.in_force("harbour", date(2027, 1, 1)) is NEW
    assert both == HARBOUR | STANDARD_BOOK
    assert hash(both) == hash(HARBOUR | STANDARD_BOOK)


def test_two_books_with_one_contract_are_refused() -> None:
    """Which of two books has the say on a contract is not guessed."""
    with pytest.raises(PolicyError, match=r"^contract: harbour is in both books, and must be in one of them$"):
        HARBOUR | PolicyBook.of([OLD])


def test_only_books_and_policies_go_together() -> None:
    """A book takes policies, and is added to books, and to nothing else."""
    with pytest.raises(TypeError):
        HARBOUR | {"harbour": OLD}  # type: ignore[operator]
    with pytest.raises(InvalidType, match="policies: must all be policies"):
        PolicyBook.of([OLD, "harbour"])  # type: ignore[list-item]
