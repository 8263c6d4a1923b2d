"""Every step with who, when and on which row of the table; and what may come next."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.dossier.steps import asked, entries, next_moves
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


def test_after_the_outcome_was_relayed_nothing_comes_next() -> None:
    """The clock's rows of a final state are done (XS-08)."""
    assert samples.dossier("XS-0009").next_moves == ()
