"""What asking and acting both get: permitted, or every reason why not.

``can`` returns a `Verdict`, and ``decide`` raises it inside `Refused`; they are one object, so that the two can never
tell a caller different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field, frozen

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import Value

if TYPE_CHECKING:
    from eap_workflow.table import Move


def field_of(name: str) -> str:
    """The field of a command that a name is about, which may be one place in a list: of ``resources[1]``, ``resources``."""
    return name.partition("[")[0]


@frozen(kw_only=True, eq=False, repr=False)
class Reason(Value):
    """One thing that stands in the way.

    Attributes:
        code: A stable name, for programs: a guard's name, or one of the codes that every workflow shares.
        sentence: What it takes, in words.
        rules: The ids of the rules that ask for it.
        fields: The fields that it is about, by name and without their values.
        choices: What the contract lists for those of the fields that are one of a list, by field.
        at_most: The largest number that may stand in those of the fields that are a number with a bound, by field.
    """

    code: str
    sentence: str
    rules: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(factory=FrozenMap)
    at_most: Mapping[str, int] = field(factory=FrozenMap)

    @property
    def about(self) -> str:
        """The fields in words, each with its choices or its bound; empty where it is about none."""
        named = [self._named(name) for name in self.fields]
        return "; ".join(named) if self.choices or self.at_most else ", ".join(named)

    def _named(self, name: str) -> str:
        if listed := self.choices.get(field_of(name)):
            return f"{name}: one of {', '.join(listed)}"
        return f"{name}: at most {self.at_most[name]}" if name in self.at_most else name

    def __str__(self) -> str:
        about = f" ({self.about})" if self.fields else ""
        cited = f" [{', '.join(self.rules)}]" if self.rules else ""
        return f"{self.code}{about}: {self.sentence.removesuffix('.')}{cited}"


@frozen(kw_only=True, eq=False, repr=False)
class Verdict(Value):
    """Whether a command is permitted now; true in a condition if it is.

    Attributes:
        trigger: The command that was asked about.
        state: The state that the request is in.
        move: The row of the table that permits it; None where it is refused.
        reasons: Every unmet guard and role; empty where it is permitted.
        triggers: Where it is refused, the triggers that this actor may use now, as far as that can be told before
            their fields are known.
    """

    trigger: str
    state: str
    move: Move | None = field(default=None)
    reasons: tuple[Reason, ...] = ()
    triggers: tuple[str, ...] = ()

    @property
    def permitted(self) -> bool:
        """Whether nothing stands in the way."""
        return self.move is not None

    def __bool__(self) -> bool:
        return self.move is not None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, in the order of the table."""
        return tuple(reason.code for reason in self.reasons)

    def __str__(self) -> str:
        if self.permitted:
            return f"{self.trigger} is permitted in {self.state}"
        reasons = "; ".join(map(str, self.reasons))
        instead = ", ".join(self.triggers) or "nothing"
        return f"{self.trigger} is refused in {self.state}: {reasons}. Permitted to this actor now: {instead}"
