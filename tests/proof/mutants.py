"""Tables that were broken on purpose, each with the property that has to notice it: in the walk, and in SPIN."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs
from attrs import frozen

from eap_workflow import proof
from eap_workflow.machine import Workflow
from eap_workflow.proof.walking import Subject
from eap_workflow.table import Guard, Move, Restart, Start, Stop
from eap_workflow.values import Role

Edit = Callable[[Workflow], Workflow]


def _moves(workflow: Workflow, moves: tuple[Move, ...]) -> Workflow:
    used = {name for move in moves for name in move.guards}
    guards: tuple[Guard, ...] = tuple(guard for guard in workflow.guards if guard.name in used)
    return attrs.evolve(workflow, moves=moves, guards=guards, predicates=None, process=None)


def _row(state: str, trigger: str, change: Callable[[Move], Move]) -> Edit:
    def edit(workflow: Workflow) -> Workflow:
        assert workflow.row(state, trigger) is not None
        found = (state, trigger)
        return _moves(
            workflow, tuple(change(each) if (each.source, each.trigger) == found else each for each in workflow.moves)
        )

    return edit


def _without(state: str, trigger: str, *names: str) -> Edit:
    def change(move: Move) -> Move:
        assert set(names) <= set(move.guards)
        return attrs.evolve(move, guards=tuple(name for name in move.guards if name not in names))

    return _row(state, trigger, change)


def _added(*rows: Move) -> Edit:
    return lambda workflow: _moves(workflow, (*workflow.moves, *rows))


def _gone(*found: tuple[str, str]) -> Edit:
    """Rows left out; of a trigger in every state where the state is ``*``."""

    def edit(workflow: Workflow) -> Workflow:
        kept = [each for each in workflow.moves if not {(each.source, each.trigger), ("*", each.trigger)} & set(found)]
        assert len(kept) < len(workflow.moves)
        return _moves(workflow, tuple(kept))

    return edit


def _swapped(state: str, one: str, other: str) -> Edit:
    """Two rows of a state, each with the guards of the other."""

    def edit(workflow: Workflow) -> Workflow:
        rows = {name: workflow.row(state, name) for name in (one, other)}
        first, second = rows[one], rows[other]
        assert first is not None
        assert second is not None
        changed = {one: second.move.guards, other: first.move.guards}
        return _moves(
            workflow,
            tuple(
                attrs.evolve(each, guards=changed[each.trigger])
                if each.source == state and each.trigger in changed
                else each
                for each in workflow.moves
            ),
        )

    return edit


def _open_end(workflow: Workflow) -> Workflow:
    states = tuple(
        attrs.evolve(state, final=False, turn=Role.CASE_TEAM) if state.name == "approved" else state
        for state in workflow.states
    )
    row = Move("withdraw", "approved", "withdrawn", (Role.CONSULTANT,), ("own_request",), (Stop("relay"),), ("IN-08",))
    return attrs.evolve(workflow, states=states, moves=(*workflow.moves, row), predicates=None, process=None)


def _by_the_team(move: Move) -> Move:
    guards = tuple(name for name in move.guards if name != "own_employer")
    return attrs.evolve(move, who=(*move.who, Role.CASE_TEAM), guards=guards)


OF_REVIEW = (Stop("clinical_review"), Stop("whole_path"), Start("relay"))
OF_DECISION = (Stop("employer_decision"), Stop("whole_path"), Start("relay"))
MANAGER, PARTNER, THERAPIST = (Role.CLINICAL_MANAGER,), (Role.PARTNER_CLINICIAN,), (Role.THERAPIST,)


@frozen(kw_only=True)
class Mutant:
    """A broken table.

    Attributes:
        workflow: The name of its workflow.
        words: What was broken.
        killer: The name of the property that has to notice it.
        edit: Breaks it.
        everywhen: Whether SPIN is asked in every run of the tests, or in deep ones alone.
        in_spin: Whether SPIN can be asked at all.
    """

    workflow: str
    words: str
    killer: str
    edit: Edit
    everywhen: bool = True
    in_spin: bool = True

    def __str__(self) -> str:
        return f"{self.words}: {self.killer}"

    @property
    def subject(self) -> Subject:
        """The workflow with the broken table, and the same properties."""
        about = proof.subject(self.workflow)
        predicates = about.process.workflow.predicates
        assert predicates is not None
        table = self.edit(about.process.workflow)
        names = {guard.name for guard in table.guards}
        held = {each: predicate for each, predicate in predicates.items() if each in names}
        return attrs.evolve(about, process=attrs.evolve(about.process, workflow=table.bind(held)))


def _mutants(workflow: str, given: Mapping[str, tuple[str, Edit]], later: tuple[str, ...] = ()) -> tuple[Mutant, ...]:
    return tuple(
        Mutant(
            workflow=workflow,
            words=words,
            killer=killer,
            edit=edit,
            everywhen=words not in later,
            in_spin=killer not in WALKED_ALONE,
        )
        for words, (killer, edit) in given.items()
    )


WALKED_ALONE = ("an_end_within_reach",)

MUTANTS = (
    *_mutants(
        "extra_sessions",
        {
            "the case team approves too": (
                "approved_by_the_employer",
                _row("employer_decision", "approve", _by_the_team),
            ),
            "a clinical manager approves": (
                "approved_by_the_employer",
                _added(Move("approve", "clinical_review", "approved", MANAGER, (), OF_REVIEW, ("CR-08",))),
            ),
            "the routing is the wrong way round": ("supported_first", _swapped("submitted", "refer", "forward")),
            "a review begins without the answers": (
                "answered_first",
                _added(
                    Move(
                        "support",
                        "further_details",
                        "clinical_review",
                        MANAGER,
                        (),
                        (Stop("further_details"), Start("clinical_review"), Start("whole_path")),
                        ("CR-03",),
                    )
                ),
            ),
            "a requestor supports": (
                "nobody_decides_their_own",
                _without("clinical_review", "support", "decider_not_requestor"),
            ),
            "a reduction leaves as many": (
                "only_a_reduction_changes_the_number",
                _without("clinical_review", "reduce", "fewer_sessions"),
            ),
            "ongoing support without a referral": (
                "ongoing_support_is_referred",
                _without("clinical_review", "support", "short_term"),
            ),
            "an approval is withdrawn": ("an_end_stands", _open_end),
            "an outcome is relayed before there is one": (
                "nothing_scheduled_while_pending",
                _added(
                    Move("relay", "employer_decision", "employer_decision", (Role.CASE_TEAM,), (), (), ("XS-08",)),
                ),
            ),
            "a warning starts its limit anew": (
                "the_clock_comes_to_rest",
                _row("clinical_review", "warn", lambda move: attrs.evolve(move, limits=(Restart("clinical_review"),))),
            ),
            "a limit that passes declines": (
                "a_limit_decides_nothing",
                _row(
                    "employer_decision",
                    "overdue",
                    lambda move: attrs.evolve(move, target="declined", limits=OF_DECISION),
                ),
            ),
        },
        later=(
            "ongoing support without a referral",
            "a clinical manager approves",
            "a requestor supports",
            "a reduction leaves as many",
            "an outcome is relayed before there is one",
        ),
    ),
    *_mutants(
        "case_review",
        {
            "authorised beyond the benefit": (
                "within_the_benefit",
                _without("review", "authorise", "within_the_benefit"),
            ),
            "closed with an open slip": ("slips_before_the_end", _without("closing", "close", "slips_taken_up")),
            "closed before the own steps": ("own_steps_before_closing", _without("closing", "close", "own_steps_done")),
            "nobody takes up a slip": ("an_end_within_reach", _gone(("*", "take_up_slip"))),
            "a therapist clears the notes": (
                "nobody_reviews_their_own",
                _without("notes_review", "clear_notes", "reviewer_not_therapist"),
            ),
            "the review is left out": (
                "one_of_three_ways",
                _added(
                    Move(
                        "end_intervention",
                        "review",
                        "notes_owed",
                        THERAPIST,
                        ("own_case",),
                        (Stop("review"), Start("case_notes")),
                        ("CM-10",),
                    )
                ),
            ),
            "closed with unread notes": (
                "notes_before_closing",
                _added(Move("close", "notes_review", "closed", PARTNER, (), (Stop("notes_review"),), ("CM-10",))),
            ),
        },
        later=(
            "closed with an open slip",
            "closed before the own steps",
            "a therapist clears the notes",
            "closed with unread notes",
        ),
    ),
    *_mutants(
        "outreach",
        {
            "attempts without end": (
                "within_the_number",
                _without("attempting", "attempt", "number_left_or_risk", "clinical_reason_given"),
            ),
            "an attempt in vain leads nowhere": ("passed_at_once", _gone(("recorded", "go_on"))),
            "used up too early": ("the_owed_come_first", _without("attempting", "exhaust", "attempts_made")),
            "WPO is told the wrong way round": ("wpo_is_told", _swapped("used_up", "tell_wpo_at_once", "finish")),
            "dissatisfaction concludes": (
                "dissatisfaction_escalates",
                _swapped("recorded", "conclude", "escalate_at_once"),
            ),
            "an e-mail is never acknowledged": (
                "acknowledged_in_the_end",
                _without("attempting", "exhaust", "acknowledged"),
            ),
        },
        later=("used up too early", "dissatisfaction concludes", "an e-mail is never acknowledged"),
    ),
    *_mutants(
        "session_cancellation",
        {
            "closed without the records": ("every_record_is_made", _without("to_record", "close", "records_made")),
            "rebooked without an offer": ("rebooked_from_an_offer", _without("to_rebook", "rebook", "slot_offered")),
            "recorded before the client knows": (
                "the_client_knows",
                _added(
                    Move(
                        "decline_rebooking",
                        "to_tell",
                        "to_record",
                        (Role.CASE_TEAM,),
                        (),
                        (Start("records"),),
                        ("TC-02",),
                    )
                ),
            ),
            "voicemail for no reason": (
                "voicemail_has_its_reason",
                _without("to_tell", "tell_client", "voicemail_justified"),
            ),
            "an escalation goes to support": (
                "escalation_goes_on",
                _row(
                    "to_tell",
                    "escalate",
                    lambda move: attrs.evolve(move, target="with_support", limits=(Start("support"),)),
                ),
            ),
            "updates go on after the absence": (
                "kept_informed",
                _row("to_rebook", "end_absence", lambda move: attrs.evolve(move, limits=())),
            ),
        },
        later=(
            "rebooked without an offer",
            "voicemail for no reason",
            "an escalation goes to support",
            "recorded before the client knows",
        ),
    ),
)
