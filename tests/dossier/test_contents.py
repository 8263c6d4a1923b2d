"""The values of a dossier: none shows what it holds in its repr, and a count of limits leaves out those that bind nobody."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.dossier import contents
from eap_workflow.values import Discreet
from tests.dossier import samples

VALUES = [
    each
    for each in vars(contents).values()
    if isinstance(each, type) and attrs.has(each) and each.__module__ == contents.__name__
]


@pytest.mark.parametrize("cls", VALUES, ids=lambda cls: str(cls.__name__))
def test_no_value_shows_what_it_holds(cls: type) -> None:
    """A dossier holds references, and is not for the log of the program that made it."""
    assert issubclass(cls, Discreet)


def test_a_dossier_shows_nothing_in_its_repr() -> None:
    """Neither the request nor the client."""
    text = repr(samples.dossier("XS-0009"))
    assert "XS-0009" not in text
    assert "cl-74" not in text


def test_a_sum_of_limits_is_no_limit_that_passed() -> None:
    """The whole path passed as well, and binds nobody (IN-03)."""
    dossier = samples.dossier("XS-0009")
    assert [sheet.limit for sheet in dossier.sheets if sheet.standing == "late"] == [
        "clinical review",
        "whole path",
        "employer decision",
    ]
    assert dossier.passed == 2
    assert len(dossier.binding) == 3
