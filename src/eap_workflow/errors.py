"""Every error of the library, in four families.

``Refused`` tells a caller that a command is not permitted, ``InvalidValue`` and ``Unknown`` that a value cannot be
used, ``DefinitionError`` tells a programmer that a table or its binding is wrong, ``Conflict`` asks to try again.
Each class extends the builtin that it resembles, carries a stable ``code`` and its facts as attributes. No message
and no repr holds a value that came in with a command: a field is named, its content is not. Configuration (a region,
a key of a policy file) may be named.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from datetime import date

    from eap_workflow.steps import Step
    from eap_workflow.verdict import Verdict


class EapWorkflowError(Exception):
    """The base of every error that this library raises on purpose.

    Attributes:
        code: A stable name of the kind of error, for programs; the message is for people and may change.
    """

    code: ClassVar[str] = "error"


class _AboutField(Exception):
    """An error about one field: which, and what is wrong with it in words, without the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class InvalidValue(_AboutField, EapWorkflowError, ValueError):
    """A value is malformed or out of its range.

    Attributes:
        field: Which argument, field or key it is, as a path (``tally.completed``).
        reason: What is wrong and what is allowed, in words, without the value.
    """

    code: ClassVar[str] = "invalid_value"


class InvalidType(InvalidValue, TypeError):
    """A value is of the wrong type: a datetime where a date is meant, a bool where a number is."""

    code: ClassVar[str] = "invalid_type"


class FrozenFileError(InvalidValue):
    """A frozen calendar file is not what was dumped: edited, cut short, or of a format this version does not read."""

    code: ClassVar[str] = "frozen_file"


class PolicyError(InvalidValue):
    """A policy, or the file that it was read from, cannot be used: an unknown key, a wrong type, an overlap, a gap."""

    code: ClassVar[str] = "policy"


class Unknown(_AboutField, EapWorkflowError, LookupError):
    """Something was named that nobody knows: a region, a contract, a request.

    Attributes:
        field: Which argument or field named it.
        reason: What is not known, in words.
    """

    code: ClassVar[str] = "unknown"


class UnknownRegion(Unknown, ValueError):
    """No public holidays are known for this country, or the subdivision is not one of its own."""

    code: ClassVar[str] = "unknown_region"


class CoverageError(EapWorkflowError, LookupError):
    """A calendar was asked about a day that it does not cover; it never guesses.

    Attributes:
        first: The first day that the calendar covers.
        last: The last day that it covers.
    """

    code: ClassVar[str] = "coverage"

    def __init__(self, reason: str, *, first: date, last: date) -> None:
        super().__init__(reason)
        self.reason = reason
        self.first = first
        self.last = last

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), first=self.first, last=self.last), (self.reason,)

    def __str__(self) -> str:
        return f"{self.reason}; the calendar covers {self.first} to {self.last}"


class DefinitionError(EapWorkflowError, ValueError):
    """A table, a binding or a call is wrong in a way that only a programmer can mend."""

    code: ClassVar[str] = "definition"


class Conflict(EapWorkflowError):
    """The request moved on while this was decided; read it again and try again.

    Attributes:
        request: The request; empty where that cannot be told.
        expected: The version that the decision was made on; None where it was another's first one at the same time.
        found: The version that the store holds.
        meanwhile: The steps from the one version to the other, in order, where they are known.
    """

    code: ClassVar[str] = "conflict"

    def __init__(
        self,
        request: str = "",
        *,
        expected: int | None = None,
        found: int | None = None,
        meanwhile: tuple[Step, ...] = (),
    ) -> None:
        super().__init__(expected, found)
        self.request = request
        self.expected = expected
        self.found = found
        self.meanwhile = meanwhile

    def __reduce__(self) -> tuple[Any, ...]:
        again = partial(type(self), expected=self.expected, found=self.found, meanwhile=self.meanwhile)
        return again, (self.request,)

    def __str__(self) -> str:
        if self.expected is None:
            return "somebody else did the same at the same time, and was first"
        said = f"the request is at version {self.found}, and the decision was made on version {self.expected}"
        if not self.meanwhile:
            return said
        return f"{said}; meanwhile: {', '.join(step.trigger for step in self.meanwhile)}"


class StoreError(EapWorkflowError):
    """The store could not do what it was asked; nothing of it was kept.

    Attributes:
        reason: What went wrong, in words, without any value of a statement.
    """

    code: ClassVar[str] = "store"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(EapWorkflowError):
    """A command is not permitted now; nothing was recorded.

    Attributes:
        verdict: What ``can`` gives for the same command: every unmet guard and role, and what is permitted instead.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict

    def __str__(self) -> str:
        return str(self.verdict)


class CommandIdReused(EapWorkflowError, ValueError):
    """A command's id was seen before, with other content; the first stands and this one was not decided."""

    code: ClassVar[str] = "command_id_reused"

    def __str__(self) -> str:
        return "id: this id came before, with other content"


REFUSALS = (Refused, InvalidValue, Unknown, CommandIdReused, CoverageError, Conflict)
"""What is about one command of many: it is reported, and the others go on."""
