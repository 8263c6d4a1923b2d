"""What a table is made of: states, limits, guards and moves, as plain values without any logic.

They are written in `states`, put to work by `machine`, checked by `table_checks` and drawn by `diagrams`.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from eap_workflow.values import Role, Value, as_words


class When(StrEnum):
    """Who makes a move happen, and when."""

    ASKED = "asked"
    """Somebody sends the command."""
    AT_ONCE = "at_once"
    """The system makes it as soon as the state is entered and its guards hold, in the same transaction."""
    WHEN_DUE = "when_due"
    """The clock makes it at an instant that was fixed when the limit started, once for each limit (IN-13)."""


class About(StrEnum):
    """What a guard has to see before it can answer."""

    ACTOR = "actor"
    REQUEST = "request"
    COMMAND = "command"


@frozen(eq=False, repr=False)
class State(Value):
    """A state, as a reader would name it.

    Attributes:
        name: Its name in steps and in ``--json``.
        turn: Whose turn it is; None where nobody's is.
        limits: The limits that run in it.
        final: Whether the request has ended here.
        passing: Whether it is left at once, so that nobody ever finds a request in it.
    """

    name: str
    turn: Role | None = None
    limits: tuple[str, ...] = ()
    final: bool = field(default=False, kw_only=True)
    passing: bool = field(default=False, kw_only=True)

    @property
    def words(self) -> str:
        """Its name as people write it."""
        return as_words(self.name)


@frozen(eq=False, repr=False)
class Limit(Value):
    """How long a party has; the number itself is the policy's.

    Attributes:
        name: Its name, and the policy's key.
        party: Whose calendar and zone count: ``provider`` or ``employer``.
        sentence: What it limits, in words.
        rules: The ids of the rules that set it.
        optional: Whether it runs only where a contract sets it.
        occasional: Whether it runs only in a request that comes to need it, and not in every one of a state.
        stated: Whether it ends on a day that somebody states, so that no contract has a number for it.
        chain: The limits that it is the sum of. Such a limit is stated to people and binds nobody (IN-03).
    """

    name: str
    party: str
    sentence: str
    rules: tuple[str, ...]
    optional: bool = field(default=False, kw_only=True)
    occasional: bool = field(default=False, kw_only=True)
    stated: bool = field(default=False, kw_only=True)
    chain: tuple[str, ...] = field(default=(), kw_only=True)


@frozen(eq=False, repr=False)
class Guard(Value):
    """What a move takes, besides the role.

    Attributes:
        name: Its name in rows, and the stable code of its refusal.
        about: What it has to see: the actor, the request as it stands, or the command's own fields.
        sentence: What it takes, in words.
        rules: The ids of the rules that ask for it.
        field: The field of the command that it is about, where it is about one.
    """

    name: str
    about: About
    sentence: str
    rules: tuple[str, ...]
    field: str | None = None


@frozen(eq=False, repr=False)
class Start(Value):
    """A move starts this limit."""

    limit: str


@frozen(eq=False, repr=False)
class Stop(Value):
    """A move stops this limit: what the limit is there for is done."""

    limit: str


@frozen(eq=False, repr=False)
class Lift(Stop):
    """A move stops this limit, and what it is there for is not done; nobody owes it any more."""


@frozen(eq=False, repr=False)
class Restart(Value):
    """A move starts this limit anew, from its own instant, whether or not it runs already; what was owed until then is done."""

    limit: str


@frozen(eq=False, repr=False)
class PutOff(Restart):
    """A move starts this limit anew; what was owed until then is not done, and is owed later."""


@frozen(eq=False, repr=False)
class Fulfil(Value):
    """A move does what this limit is there for, and the limit runs on until the request leaves it."""

    limit: str


@frozen(eq=False, repr=False)
class Extend(Value):
    """A move states a later date for this limit (IN-12)."""

    limit: str


@frozen(eq=False, repr=False)
class Move(Value):
    """A row of a table, in the order in which it is read.

    Attributes:
        trigger: The command's name.
        source: The state that it leaves.
        target: The state that it enters.
        who: The roles that may make it.
        guards: What it takes besides, by name.
        limits: What it does to limits.
        rules: The ids of the rules that it serves.
        when: Whether somebody asks for it or the clock makes it.
    """

    trigger: str
    source: str
    target: str
    who: tuple[Role, ...]
    guards: tuple[str, ...]
    limits: tuple[Start | Stop | Restart | Extend | Fulfil, ...]
    rules: tuple[str, ...]
    when: When = field(default=When.ASKED, kw_only=True)

    @property
    def starts(self) -> tuple[str, ...]:
        """The limits that it starts."""
        return tuple(act.limit for act in self.limits if isinstance(act, Start))

    @property
    def restarts(self) -> tuple[str, ...]:
        """The limits that it starts anew."""
        return tuple(act.limit for act in self.limits if isinstance(act, Restart))

    @property
    def stops(self) -> tuple[str, ...]:
        """The limits that it stops, done or not."""
        return tuple(act.limit for act in self.limits if isinstance(act, Stop))

    @property
    def lifts(self) -> tuple[str, ...]:
        """Of the limits that it stops or starts anew, those whose purpose it leaves undone."""
        return tuple(act.limit for act in self.limits if isinstance(act, Lift | PutOff))

    @property
    def fulfils(self) -> tuple[str, ...]:
        """The limits whose purpose it serves without stopping them."""
        return tuple(act.limit for act in self.limits if isinstance(act, Fulfil))

    @property
    def extends(self) -> tuple[str, ...]:
        """The limits that it states a later date for."""
        return tuple(act.limit for act in self.limits if isinstance(act, Extend))

    @property
    def is_self_move(self) -> bool:
        """Whether it changes no state."""
        return self.source == self.target
