"""What a step is called where it stands apart from its request."""

from __future__ import annotations

import pytest

from eap_workflow.labels import adoption_label, row_label
from eap_workflow.processes import NAMES, process_named


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_a_label_of_its_own(name: str) -> None:
    """No two rows of a table, and no row and adoption, are called alike, as two rows with one trigger would be."""
    process = process_named(name)
    rows = [row_label(move.trigger, move.source) for move in process.workflow.moves]
    adoptions = [] if process.adopting is None else [adoption_label(state) for state in process.adopting().states]
    assert len({*rows, *adoptions}) == len(rows) + len(adoptions)
    assert len(process.workflow.triggers) < len(rows)
