"""Every step with who, when and on which row of the table; and what may come next."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.dossier.filled import lines_of
from eap_workflow.dossier.steps import adopted, asked, entries, next_moves
from eap_workflow.processes import NAMES, process_named
from tests.diagrams.drawn import trails_of, workflow_of
from tests.dossier import samples

OURS = pytest.mark.parametrize("name", NAMES)


@OURS
def test_every_step_has_its_row_with_every_guard(name: str) -> None:
    """The roles, sentences and rules are those of the row that was taken, for every row of every table."""
    workflow = workflow_of(name)
    sentences = {guard.name: guard.sentence for guard in workflow.guards}
    for steps in trails_of(name).values():
        described = entries(workflow, steps, ["0" * 64] * len(steps))
        for step, entry in zip(steps, described, strict=True):
            row = workflow.row(step.source, step.trigger)
            assert row is not None
            assert entry.rule is not None
            assert entry.rule.rules == row.move.rules
            assert entry.rule.guards == tuple(sentences[guard] for guard in row.move.guards)
            assert len(entry.rule.who) == len(row.move.who)
            assert (entry.version, entry.at, entry.stays) == (step.version, step.at, step.source == step.target)
            assert not entry.older
            assert not entry.adopted


def test_what_a_step_did_to_limits_is_said() -> None:
    """Ended, started, and stated anew (IN-12)."""
    said = {entry.what: entry.limits for entry in samples.dossier("XS-0028").steps}
    assert said["provide details"] == (
        "further details: ended",
        "clinical review: started, due Mon 2026-11-30",
        "whole path: started, due Wed 2026-12-09",
    )
    assert said["extend limit"][0] == "clinical review: another date was stated, due Fri 2026-12-04"


def test_a_step_of_an_older_table_says_so() -> None:
    """Today's row is shown where it has one; where it has none, nothing is made up."""
    workflow = workflow_of("extra_sessions")
    first, *rest = trails_of("extra_sessions")["the long way"]
    older = attrs.evolve(first, table="f" * 64)
    (entry,) = entries(workflow, [older], ["0" * 64])
    assert entry.older
    assert entry.rule is not None
    gone = attrs.evolve(older, target="further_details")
    (entry,) = entries(workflow, [gone], ["0" * 64])
    assert entry.rule is None
    assert rest


def test_a_request_that_was_taken_over_begins_on_no_row() -> None:
    """It is said of the step that it took the request over, and what was stated then."""
    (entry, *_) = samples.dossier("OLD-0003").steps
    assert entry.adopted
    assert entry.rule is None
    assert {"form: client", "form: sessions"} <= {line.label for line in entry.filled}


def test_what_was_asked_is_the_form_as_it_was_revised() -> None:
    """A later draft takes the place of what an earlier one filled in, and adds to it (XS-02)."""
    steps = trails_of("extra_sessions")["the long way"]
    said = {line.label: line.value for line in asked(steps)}
    assert said["goal"] == "relapse prevention"
    assert said["sessions"] == "4"


def test_a_late_decision_says_that_it_stands() -> None:
    """At the step that decided after its limit had passed, and at no other (IN-04)."""
    said = {entry.what: entry.limits for entry in samples.dossier("XS-0009").steps}
    late = "ended, after it had passed; a late decision stands (IN-04)"
    assert said["support"][0] == f"clinical review: {late}"
    assert f"employer decision: {late}" in said["approve"]
    assert said["relay"] == ("relay: ended",)
    by_the_system = {entry.what: entry.limits for entry in samples.dossier("OC-0003").steps}
    assert "contact: ended, after it had passed" in by_the_system["conclude"]


@pytest.mark.parametrize("request_", ["OLD-0003", "OLD-0101", "OLD-0201", "OLD-0301"])
def test_what_was_asked_of_a_request_that_was_taken_over_is_what_it_was_opened_with(request_: str) -> None:
    """What another system stated besides is apart from it, and says what each name means; nothing is left out."""
    (step, *_) = samples.service().trail(request_)
    form, stated = asked([step]), adopted([step])
    assert form
    assert not [line for line in form if ": " in line.label or line.label == "state"]
    assert "state" in {line.label for line in stated}
    assert all(line.about for line in stated if ": " not in line.label)
    whole = {line.label.removeprefix("form: ").removeprefix("opening: ") for line in lines_of(step.command)}
    assert {line.label for line in (*form, *stated)} == whole


def test_of_a_request_that_was_opened_here_nothing_was_stated_elsewhere() -> None:
    """What was asked is then all there is."""
    assert samples.dossier("XS-0009").adopted == ()


@OURS
def test_what_may_come_next_are_rows_of_the_table(name: str) -> None:
    """After every step: each row that somebody may ask for, and of the clock's rows those that have still to come (IN-13)."""
    process = process_named(name)
    for steps in trails_of(name).values():
        snapshot = process.replay(steps)
        assert snapshot is not None
        named = [move.what for move in next_moves(process.workflow, snapshot)]
        rows = {move.trigger.replace("_", " "): move for move in process.workflow.moves_from(snapshot.state)}
        assert set(named) <= set(rows)
        assert {what for what, move in rows.items() if move.when == "asked"} <= set(named)
        scheduled = {move.trigger.replace("_", " ") for move in snapshot.clock}
        assert scheduled <= set(named)
        assert {what for what in named if rows[what].when != "asked"} <= scheduled


def test_what_cannot_happen_is_not_said_to_come_next() -> None:
    """Neither what is made at once or never, nor what this contract deems nothing by (XS-05, IN-04)."""
    named = {move.what for move in samples.dossier("OLD-0004").next_moves}
    assert {"approve", "decline", "withdraw"} <= named
    assert not named & {"approve in advance", "deem approved", "deem declined"}


def test_after_the_outcome_was_relayed_nothing_comes_next() -> None:
    """The clock's rows of a final state are done (XS-08)."""
    assert samples.dossier("XS-0009").next_moves == ()
