"""Whether what is stated of a request holds together: a claim is a sentence, and names the fields that stand against it.

The first step of such a request is no row of the table, because guards do not apply to what has happened elsewhere. In
their place stand each workflow's claims: how the fields fit each other, the contract and the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.errors import Refused
from eap_workflow.process import ADOPT
from eap_workflow.values import Role
from eap_workflow.verdict import Reason, Verdict

if TYPE_CHECKING:
    from eap_workflow.machine import Workflow
    from eap_workflow.process import Context

Wrong = Callable[..., Iterable[str]]


@frozen(kw_only=True, eq=False)
class Claim:
    """Something that has to hold together in what is stated.

    Attributes:
        code: The stable code of its refusal.
        sentence: What it takes, in words.
        rules: The ids of the rules that ask for it.
        wrong: Names the fields that stand in the way, of what is judged; none where it holds.
    """

    code: str
    sentence: str
    rules: tuple[str, ...]
    wrong: Wrong


def refuse_contradictions(workflow: Workflow, claims: Iterable[Claim], *judged: Any) -> None:
    """Refuse what does not hold together, with every reason and the fields that stand in the way.

    Args:
        workflow: The workflow whose request it is.
        claims: What has to hold.
        *judged: What the claims look at.

    Raises:
        Refused: A claim does not hold; the verdict has a reason for each.
    """
    found = ((claim, tuple(dict.fromkeys(claim.wrong(*judged)))) for claim in claims)
    reasons = tuple(
        Reason(code=claim.code, sentence=claim.sentence, rules=claim.rules, fields=fields)
        for claim, fields in found
        if fields
    )
    if reasons:
        raise Refused(Verdict(trigger=ADOPT, state=workflow.start, reasons=reasons))


def _by_somebody_else(*judged: Any) -> Iterator[str]:
    context: Context = judged[-1]
    if context.by.role not in (Role.CASE_TEAM, Role.SYSTEM):
        yield "by"


BY_THE_CASE_TEAM = Claim(
    code="role",
    sentence="Requests are taken over by the case team or the system.",
    rules=("IN-07",),
    wrong=_by_somebody_else,
)
"""Nobody brings a request in that they decided themselves."""


@frozen(kw_only=True, eq=False)
class PartsByState:
    """What a request in each state has.

    Attributes:
        needs: By state, the fields that lead to it, each by its path.
        may_have: By state, those that it may have besides; every other one contradicts the state.
    """

    needs: Mapping[str, tuple[str, ...]]
    may_have: Mapping[str, tuple[str, ...]]

    def missing(self, stated: Any, *_judged: Any) -> Iterator[str]:
        """Name what leads to the state and is not there."""
        yield from (name for name in self.needs[stated.state] if not _is_there(stated, name))

    def superfluous(self, stated: Any, *_judged: Any) -> Iterator[str]:
        """Name what is there and contradicts the state."""
        allowed = self.needs[stated.state] + self.may_have.get(stated.state, ())
        known = dict.fromkeys(
            name for by_state in (self.needs, self.may_have) for names in by_state.values() for name in names
        )
        yield from (name for name in known if name not in allowed and _is_there(stated, name))


def _is_there(stated: Any, name: str) -> bool:
    return attrgetter(name)(stated) not in (None, ())
