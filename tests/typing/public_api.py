"""What a type checker must see in the public names, as a user writes them. Checked by pyright, strictly; never run."""

from __future__ import annotations

from typing import assert_type

from eap_workflow import errors


def conflict(error: errors.Conflict) -> None:
    """A conflict says which versions met, as numbers."""
    assert_type(error.request, str)
    assert_type((error.expected, error.found), tuple[int, int])


def families(error: errors.UnknownRegion | errors.InvalidType) -> None:
    """Every error is of the library's base class, and carries its code as text."""
    base: errors.EapWorkflowError = error
    assert_type(base.code, str)
    if isinstance(error, errors.UnknownRegion):
        as_builtin: LookupError = error
        assert_type(str(as_builtin), str)
