"""What a decision is made on besides the request: the policy that applies to it, and the offices where its limits are counted."""

from __future__ import annotations

from copy import copy
from threading import local
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from eap_workflow.errors import EapWorkflowError, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from eap_workflow.deadlines import Office
    from eap_workflow.offices import Offices
    from eap_workflow.policy import Parties, Policy, PolicyRef
    from eap_workflow.policy_book import PolicyBook
    from eap_workflow.process import Index
    from eap_workflow.store import Transaction

T = TypeVar("T")
P = ParamSpec("P")
MOST_AT_HAND = 256


class _CalendarsNeeded(Exception):
    """A transaction cannot go on before calendars are built; it is undone, and begun again when they are."""

    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self.policy = policy


class _NotToBeHad(local):
    """The parties whose calendars could not be built for the work that a thread is at.

    They are passed over until the end of that work, however often it comes by them, or it would be begun again for ever; and no
    longer, since somebody may mend them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.parties: set[Parties] = set()


class Grounds:
    """Policies and offices, with what of them is at hand.

    Args:
        policies: The contracts.
        offices: Where limits are counted.

    Attributes:
        policies: The contracts.
        is_within: Whether they are for a transaction that is not begun again, and that may yet be undone when all is done.
    """

    def __init__(self, policies: PolicyBook, offices: Offices) -> None:
        self.policies = policies
        self._offices = offices
        self._offices_of: dict[Parties, Mapping[str, Office]] = {}
        self._offices_by_id: dict[int, tuple[Policy, Mapping[str, Office]]] = {}
        self._not_to_be_had = _NotToBeHad()
        self._kept: dict[PolicyRef, Policy] = {}
        self.is_within = False
        self._remembers = True

    def within(self, *, batch: bool = False) -> Grounds:
        """These grounds inside a transaction that is not begun again: a caller's, or a batch.

        Args:
            batch: Whether it is a batch. A caller's transaction goes back to a savepoint, or on to the next one, and what was
                read in it may never have been kept.
        """
        inside = copy(self)
        inside.is_within = True
        inside._remembers = self._remembers and batch  # noqa: SLF001 - its own
        # What is read in a transaction that may yet be undone is known inside of it alone.
        inside._kept = dict(self._kept)  # noqa: SLF001 - its own
        return inside

    def complete(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do something in a transaction; a calendar that it lacks is built outside, where nobody waits for it."""
        not_to_be_had = self._not_to_be_had.parties
        known = frozenset(not_to_be_had)
        try:
            while True:
                try:
                    return work(*given, **named)
                except _CalendarsNeeded as needed:
                    policy = needed.policy
                try:
                    self.offices_of(policy)
                except EapWorkflowError:
                    # What is wrong with it is for whoever asked to know: it is built, and fails, where it is needed.
                    not_to_be_had.add(policy.parties)
        finally:
            not_to_be_had.intersection_update(known)

    def offices_at_hand(self, policy: Policy) -> Mapping[str, Office]:
        """Where the limits of a policy are counted, for work that `complete` does: to build a calendar takes a second."""
        # A command comes by here, and to look up parties by all that they say takes as long as to decide it.
        found = self._offices_by_id.get(id(policy))
        if found is not None and found[0] is policy:
            return found[1]
        parties = policy.parties
        if not self.is_within and parties not in self._offices_of and parties not in self._not_to_be_had.parties:
            raise _CalendarsNeeded(policy)
        offices = self.offices_of(policy)
        if len(self._offices_by_id) >= MOST_AT_HAND:
            self._offices_by_id.clear()
        # The policy is kept beside them, so that its id is not another's.
        self._offices_by_id[id(policy)] = policy, offices
        return offices

    def offices_of(self, policy: Policy) -> Mapping[str, Office]:
        """Where the limits of a policy are counted, by party."""
        # By what they are made from, not by the policy's name: a file may have been edited under the same version.
        offices = self._offices_of.get(policy.parties)
        if offices is None:
            offices = self._offices_of.setdefault(policy.parties, self._offices.of(policy))
        return offices

    def policy(self, transaction: Transaction, index: Index | None, command: Any, at: datetime) -> Policy | None:
        """The policy that a request keeps, or the one in force, by the command or the request; None where neither names one.

        Args:
            transaction: Where a policy is kept that a request was submitted under.
            index: What there is to know of the request; None before it is opened.
            command: What is asked for; None where nothing is.
            at: The instant at which a policy has to be in force.

        Raises:
            Unknown: The command names a contract that nobody knows, or that has no version in force.
        """
        if index is not None and index.policy is not None:
            return self._kept_policy(transaction, index.policy)
        named = getattr(command, "contract", None)
        if named is not None:
            return self.policies.in_force_at(named, at)
        if index is None or index.contract is None:
            return None
        try:
            return self.policies.in_force_at(index.contract, at)
        except Unknown:
            # A contract that has ended is no reason why a draft could not be withdrawn; the guards say what it stops.
            return None

    def _kept_policy(self, transaction: Transaction, ref: PolicyRef) -> Policy:
        policy = self._kept.get(ref)
        if policy is None:
            # What was kept with the request comes before a file that may have been edited since.
            policy = transaction.policy(ref)
            if policy is None:
                return self.policies.version(ref)
            if self._remembers:
                self._kept[ref] = policy
        return policy
