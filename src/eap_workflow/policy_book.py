"""Which policy is in force: every version of every contract, with no day of a contract in two versions or in none.

A submission asks by contract and day and keeps the version that it is given (IN-11); everything later asks for that
version again. Two versions that share a day, or leave out one between them, are refused when the book is put together,
so that no request can meet them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import field, frozen

from eap_workflow.citing import serves
from eap_workflow.errors import InvalidType, PolicyError, Unknown
from eap_workflow.local_time import local_day
from eap_workflow.policy import STANDARD, Policy, PolicyRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ONE_DAY = timedelta(days=1)


def _in_order(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
    if not all(isinstance(policy, Policy) for policy in policies):
        raise InvalidType("policies", "must all be policies")
    return tuple(sorted(policies, key=lambda policy: (policy.contract, policy.effective_from, policy.version)))


@frozen(kw_only=True)
class PolicyBook:
    """Policies by contract and version; immutable, and complete when built.

    Attributes:
        policies: All versions, by contract and then by their first day.
    """

    policies: tuple[Policy, ...] = field(converter=_in_order)
    _by_contract: Mapping[str, tuple[Policy, ...]] = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        by_contract: dict[str, tuple[Policy, ...]] = {}
        for policy in self.policies:
            by_contract[policy.contract] = (*by_contract.get(policy.contract, ()), policy)
        for versions in by_contract.values():
            _refuse_one_name_twice(versions)
            for earlier, later in pairwise(versions):
                _refuse_overlap_or_gap(earlier, later)
        object.__setattr__(self, "_by_contract", by_contract)

    @classmethod
    def of(cls, policies: Iterable[Policy]) -> PolicyBook:
        """Put policies together into a book, in any order.

        Raises:
            InvalidType: One of them is no policy.
            PolicyError: Two versions of a contract have one name, share a day, or leave days between them in neither.
        """
        return cls(policies=tuple(policies))

    @classmethod
    def standard(cls) -> PolicyBook:
        """Give the book that has the built-in contract alone."""
        return STANDARD_BOOK

    @property
    def contracts(self) -> tuple[str, ...]:
        """The names of the contracts, in alphabetical order."""
        return tuple(self._by_contract)

    def versions(self, contract: str) -> tuple[Policy, ...]:
        """Give every version of a contract, the earliest first.

        Raises:
            Unknown: No contract has this name.
        """
        versions = self._by_contract.get(contract) if isinstance(contract, str) else None
        if versions is None:
            raise Unknown("contract", f"no contract has this name; known are {', '.join(self.contracts) or 'none'}")
        return versions

    @serves("IN-11")
    def in_force(self, contract: str, day: date) -> Policy:
        """Give the version of a contract that is in force on a day (IN-11).

        Args:
            contract: The contract's name.
            day: The day, by the contract's own zone.

        Raises:
            Unknown: No contract has this name, or it has no version for days so early or so late.
            InvalidType: The day is no date, or has a time of day.
        """
        versions = self.versions(contract)
        if isinstance(day, datetime) or not isinstance(day, date):
            raise InvalidType("day", "must be a date, without a time of day")
        for policy in reversed(versions):
            if policy.in_force_on(day):
                return policy
        first, last = versions[0], versions[-1]
        end = "on" if last.effective_to is None else f"to {last.effective_to}"
        raise Unknown(
            "contract",
            f"no version of {first.contract} is in force on this day; it is in force from {first.effective_from} {end}",
        )

    @serves("IN-11")
    def in_force_at(self, contract: str, instant: datetime) -> Policy:
        """Give the version of a contract that is in force at an instant, on the day that its own zone shows (IN-11).

        Args:
            contract: The contract's name.
            instant: The instant, aware.

        Raises:
            Unknown: As `in_force`.
            InvalidType: The instant is no datetime.
            InvalidValue: The datetime has no offset.
        """
        versions = self.versions(contract)
        for policy in reversed(versions):
            if policy.in_force_on(local_day(instant, policy.zone)):
                return policy
        return self.in_force(contract, local_day(instant, versions[0].zone))

    @serves("IN-11")
    def version(self, ref: PolicyRef) -> Policy:
        """Give a version by its name: the one that a request was submitted under (IN-11).

        Raises:
            Unknown: No contract, or no version of it, has this name.
        """
        versions = self.versions(ref.contract)
        for policy in versions:
            if policy.version == ref.version:
                return policy
        known = ", ".join(policy.version for policy in versions)
        raise Unknown("version", f"no version of {ref.contract} has this name; known are {known}")

    def __or__(self, other: PolicyBook) -> PolicyBook:
        """Put two books together; they may not have a contract in common."""
        if not isinstance(other, PolicyBook):
            return NotImplemented
        if both := [contract for contract in self.contracts if contract in other.contracts]:
            raise PolicyError("contract", f"{both[0]} is in both books, and must be in one of them")
        return PolicyBook.of((*self.policies, *other.policies))


def _refuse_one_name_twice(versions: tuple[Policy, ...]) -> None:
    names = set()
    for policy in versions:
        if policy.version in names:
            raise PolicyError("version", f"{policy.ref} is there twice, and every version must have a name of its own")
        names.add(policy.version)


def _refuse_overlap_or_gap(earlier: Policy, later: Policy) -> None:
    """Refuse two neighbouring versions unless the later one begins on the day after the earlier one's last."""
    if earlier.effective_to is None:
        raise PolicyError(
            "effective_to",
            f"{earlier.ref} has no last day and overlaps {later.ref}, which is in force from {later.effective_from};"
            f" its last day must be {later.effective_from - ONE_DAY}",
        )
    if later.effective_from <= earlier.effective_to:
        raise PolicyError(
            "effective_from",
            f"{earlier.ref} and {later.ref} overlap: both are in force on {later.effective_from}",
        )
    if later.effective_from > earlier.effective_to + ONE_DAY:
        first, last = earlier.effective_to + ONE_DAY, later.effective_from - ONE_DAY
        days = f"on {first}" if first == last else f"from {first} to {last}"
        raise PolicyError(
            "effective_from",
            f"there is a gap between {earlier.ref} and {later.ref}: neither is in force {days}",
        )


STANDARD_BOOK = PolicyBook.of([STANDARD])
"""The book that has the built-in contract alone."""
