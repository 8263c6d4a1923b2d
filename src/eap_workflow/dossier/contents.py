"""What stands in a dossier, as plain data: gathered by the modules beside this one, and set as a page by `page`.

Names are in words already. Dates and instants are values still, so that whoever draws a dossier in another way can write them as
they like; a page writes instants as the clocks of the dossier's zone show them.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from attrs import frozen

from eap_workflow.diagrams import Path
from eap_workflow.dossier.filled import Line
from eap_workflow.dossier.sheet_contents import Kind, Sheet
from eap_workflow.values import Discreet


@cache
def library_version() -> str:
    """The version of the library that is installed, which a dossier says it was gathered by."""
    from importlib.metadata import version

    return version("eap-workflow")


@frozen(kw_only=True, repr=False)
class Rule(Discreet):
    """The row of the table that a step took, or that could be taken next.

    Attributes:
        who: Who may: roles, and when, where the system makes it by itself.
        guards: What it takes besides, a sentence each.
        rules: The ids of the rules that it serves.
    """

    who: tuple[str, ...]
    guards: tuple[str, ...]
    rules: tuple[str, ...]


@frozen(kw_only=True, repr=False)
class StepEntry(Discreet):
    """One thing that happened.

    Attributes:
        version: Its number in the trail.
        at: When it took effect, in UTC.
        what: The trigger, in words.
        said: What it means, where its name does not say so.
        by: Who made it: role and reference.
        source: The state that was left.
        target: The state that was entered.
        stays: Whether that is the same state.
        rule: The row of the table; None where the table of today has none.
        older: Whether it was made by another table than today's.
        is_owed: Whether it is not recorded yet, because nobody has come by since it was due: the next worker or command makes it.
        adopted: Whether it took the request over from another system.
        filled: What was filled in.
        computed: What was computed from it, and kept.
        limits: What it did to limits, a sentence each.
        digest: Its digest in the chain; empty of a step that is owed.
    """

    version: int
    at: datetime
    what: str
    said: str
    by: str
    source: str
    target: str
    stays: bool
    rule: Rule | None
    older: bool
    is_owed: bool
    adopted: bool
    filled: tuple[Line, ...]
    computed: tuple[Line, ...]
    limits: tuple[str, ...]
    digest: str


@frozen(kw_only=True, repr=False)
class ClockEntry(Discreet):
    """A move that the clock makes later, or cannot make.

    Attributes:
        what: The trigger, in words.
        limit: The limit that it is about.
        due_at: When it is due, in UTC.
        is_owed: Whether that instant has come, and the move cannot be made by what is at hand here.
    """

    what: str
    limit: str
    due_at: datetime
    is_owed: bool


@frozen(kw_only=True, repr=False)
class NextMove(Discreet):
    """A move that could come next.

    Attributes:
        what: The trigger, in words.
        target: The state that it leads to.
        rule: What it takes.
    """

    what: str
    target: str
    rule: Rule


@frozen(kw_only=True, repr=False)
class MessageEntry(Discreet):
    """A message.

    Attributes:
        kind: What it is about, in words.
        to: Whom it is for: role and reference.
        version: The step that caused it.
        at: When that took effect, in UTC.
        state: How far it has come.
        problem: Why the last attempt failed; empty where none did.
        shown: What the recipient is shown.
    """

    kind: str
    to: str
    version: int
    at: datetime
    state: str
    problem: str
    shown: tuple[Line, ...]


@frozen(kw_only=True, repr=False)
class PolicyEntry(Discreet):
    """The policy that counts for the request.

    Attributes:
        contract: The contract.
        version: Its version.
        source: Where its numbers stand.
        effective_from: The first day in force.
        effective_to: The last; None where there is none yet.
        is_kept: Whether the request keeps it to its end; a draft goes by the one in force.
        terms: What it says of the workflow and of the parties, by heading.
    """

    contract: str
    version: str
    source: str
    effective_from: date
    effective_to: date | None
    is_kept: bool
    terms: tuple[tuple[str, tuple[Line, ...]], ...]


@frozen(kw_only=True, repr=False)
class SlipEntry(Discreet):
    """What was held against the record: a sealed head, or the proof that a head was in a checkpoint.

    Attributes:
        title: What it is, in words.
        is_genuine: Whether the seal was made with its key, or the proof leads to its checkpoint; what does not is not held
            against the record.
        holds: Whether it is genuine, and the record still has it.
        sentences: What was found.
        text: The slip itself, as one line of JSON.
    """

    title: str
    is_genuine: bool
    holds: bool
    sentences: tuple[str, ...]
    text: str


@frozen(kw_only=True, repr=False)
class Record(Discreet):
    """Whether the record is what was written.

    Attributes:
        steps: How many steps are shown.
        head: The digest of the last of them.
        later: How many steps were recorded after the instant of the dossier.
        table: The fingerprint of today's table.
        findings: What is wrong with the record by itself, a sentence each.
        slips: What was held against it besides.
    """

    steps: int
    head: str
    later: int
    table: str
    findings: tuple[str, ...]
    slips: tuple[SlipEntry, ...]

    @property
    def is_as_written(self) -> bool:
        """Whether nothing shows that it is not what was written: neither the record itself, nor what is genuine elsewhere."""
        return not self.findings and all(slip.holds for slip in self.slips if slip.is_genuine)

    @property
    def is_whole(self) -> bool:
        """Whether it is as it was written, and everything that was held against it says so too."""
        return not self.findings and all(slip.holds for slip in self.slips)


@frozen(kw_only=True, repr=False)
class Dossier(Discreet):
    """Everything about one request at one instant, for the case team.

    Attributes:
        request: Which request.
        workflow: The name of its workflow.
        title: The workflow's name as people write it.
        at: The instant as of which it is shown, in UTC.
        zone: The zone in which a page writes instants.
        library: The version of the library that gathered it.
        state: The state that it is in.
        is_final: Whether it has ended.
        turn: Whose turn it is; None where nobody's is.
        opened_at: When it was opened, or taken over, in UTC.
        ended_at: When it ended, in UTC; None while it has not.
        summary: What a list says of it.
        asked: What was asked for.
        adopted: What another system stated of it besides, when it was taken over; nothing where it was opened here.
        path: The path through the table.
        drawing: The path on the diagram, as SVG; None where the extra ``diagrams`` is not installed.
        steps: Every step, those last that are owed.
        sheets: Every limit.
        clock: What the clock has still to do.
        next_moves: What may happen next.
        messages: Who was told what.
        policy: The policy that counts; None where there is none, or it is not kept.
        policy_remark: Why there is no policy; empty where there is one.
        record: Whether the record is what was written.
    """

    request: str
    workflow: str
    title: str
    at: datetime
    zone: str
    library: str
    state: str
    is_final: bool
    turn: str | None
    opened_at: datetime
    ended_at: datetime | None
    summary: tuple[Line, ...]
    asked: tuple[Line, ...]
    adopted: tuple[Line, ...]
    path: Path
    drawing: str | None
    steps: tuple[StepEntry, ...]
    sheets: tuple[Sheet, ...]
    clock: tuple[ClockEntry, ...]
    next_moves: tuple[NextMove, ...]
    messages: tuple[MessageEntry, ...]
    policy: PolicyEntry | None
    policy_remark: str
    record: Record

    @property
    def is_put_to_employers(self) -> bool:
        """Whether there is an employer who decides on it, and has a dossier of their own (XS-06)."""
        return self.workflow == "extra_sessions"

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of day that are on its sheets."""
        return frozenset(day.kind for sheet in self.sheets for day in sheet.days)

    @property
    def owed(self) -> tuple[StepEntry, ...]:
        """The steps that the clock owes: everything on the page is as they leave it (IN-13)."""
        return tuple(step for step in self.steps if step.is_owed)

    @property
    def binding(self) -> tuple[Sheet, ...]:
        """The limits that bind somebody; a sum of limits is stated and binds nobody (IN-03)."""
        return tuple(sheet for sheet in self.sheets if sheet.binding)

    @property
    def passed(self) -> int:
        """How many of those were not kept: they passed, whether or not they were extended or ended afterwards (IN-04)."""
        return sum(sheet.was_missed for sheet in self.binding)
