"""Commands that several workflows have in common."""

from __future__ import annotations

import pytest

from eap_workflow.commands import MOST_WORKING_DAYS, ExtendLimit
from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.processes import NAMES, process_named


def test_an_extension_is_a_number_of_working_days() -> None:
    """IN-12: at least one, at most a year of them, and a whole number."""
    assert ExtendLimit(working_days=MOST_WORKING_DAYS).working_days == 250
    for wrong in (0, -1, 251):
        with pytest.raises(InvalidValue, match="working_days: a whole number from 1 to 250"):
            ExtendLimit(working_days=wrong)
    with pytest.raises(InvalidType, match="working_days"):
        ExtendLimit(working_days=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_that_extends_has_this_command(name: str) -> None:
    """IN-12: the core reads its number of working days, whichever workflow it is."""
    process = process_named(name)
    extending = {move.trigger for move in process.workflow.moves if move.extends}
    assert {trigger for trigger, command in process.commands.items() if command is ExtendLimit} == extending
