"""What was filled in: every attribute that holds something, once, with its name and as people write it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from eap_workflow.dossier.filled import lines_of
from eap_workflow.plain.wire import to_wire
from eap_workflow.policy import STANDARD
from eap_workflow.process import ByClock
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows import outreach
from tests.dossier import samples


def told(value: object) -> dict[str, object]:
    """The lines of a value, by their names."""
    found = lines_of(value)
    assert len({line.label for line in found}) == len(found)
    return {line.label: line.value for line in found}


def test_choices_are_in_words_and_references_are_as_they_are() -> None:
    """An underscore in a choice is a blank to people; in a reference it is part of the reference."""
    draft = xs.Draft(client="cl_a", assist_case="ASST-1", goal="return_to_work", sessions=2)
    assert told(draft) == {"client": "cl_a", "assist case": "ASST-1", "goal": "return to work", "sessions": "2"}


def test_what_nests_is_named_by_its_path() -> None:
    """A tally's numbers, and answers by question."""
    assert told(xs.Submit(tally=xs.Tally(completed=1, scheduled=0, remaining=2, since=date(2026, 1, 1)))) == {
        "tally: completed": "1",
        "tally: scheduled": "0",
        "tally: remaining": "2",
        "tally: since": date(2026, 1, 1),
    }
    assert told(xs.ProvideDetails(details={"longer_plan": "doc_a"})) == {"details: longer plan": "doc_a"}


def test_yes_and_no_are_said() -> None:
    """A flag that is off is filled in as well."""
    attempt = outreach.Attempt(channel="telephone", result="no_answer", message="voicemail", asks_to_call_back=True)
    assert told(attempt) == {
        "channel": "telephone",
        "result": "no answer",
        "message": "voicemail",
        "asks to call back": "yes",
        "dissatisfied": "no",
    }


@pytest.mark.parametrize("nothing", [None, ByClock(trigger="overdue", limit="relay"), xs.Approve(), xs.Draft()])
def test_nothing_filled_in_has_no_line(nothing: object) -> None:
    """The clock fills nothing in, nor does an approval."""
    assert lines_of(nothing) == ()


def test_nothing_of_what_was_ever_sent_is_left_out() -> None:
    """Every scalar of every command and fact of every example stands in a line, as it was sent or in words."""
    for request in samples.requests():
        for step in samples.service().trail(request):
            for value in (step.command, step.facts):
                if value is None or isinstance(value, ByClock):
                    continue
                said = " ".join(_said(each) for each in told(value).values())
                for scalar in _scalars(to_wire(value)):
                    assert scalar in said or scalar.replace("_", " ") in said


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _scalars(plain: object) -> list[str]:
    if isinstance(plain, dict):
        # Who acted and which policy are written in a way of their own, from the same references.
        return [each for value in plain.values() for each in _scalars(value)]
    if isinstance(plain, list):
        return [each for value in plain for each in _scalars(value)]
    if plain is None or isinstance(plain, bool):
        return []
    try:
        return [datetime.fromisoformat(str(plain)).isoformat() if "T" in str(plain) else str(plain)]
    except ValueError:
        return [str(plain)]


def test_a_contracts_tables_are_lines_too() -> None:
    """Lists of choices, days of closure and numbers; a table that is left empty has none."""
    assert told(STANDARD.review)["threshold"] == "12"
    assert "return to work" in str(told(STANDARD.requests)["goals"])
    assert "closures" not in told(STANDARD.parties.provider)
