"""The values of a sheet: none shows what it holds in its repr, and each sheet of the examples has its parts."""

from __future__ import annotations

from typing import get_args

import attrs
import pytest

from eap_workflow.dossier import sheet_contents
from eap_workflow.values import Discreet
from tests.dossier import samples

VALUES = [
    each
    for each in vars(sheet_contents).values()
    if isinstance(each, type) and attrs.has(each) and each.__module__ == sheet_contents.__name__
]


@pytest.mark.parametrize("cls", VALUES, ids=lambda cls: str(cls.__name__))
def test_no_value_shows_what_it_holds(cls: type) -> None:
    """Who stated a date is a reference, and not for the log of the program that made the sheet."""
    assert issubclass(cls, Discreet)


def test_every_kind_of_day_is_on_some_sheet() -> None:
    """Days that count, that do not, before the first, after the last, and of none of these."""
    found = {
        day.kind
        for request in samples.requests()
        for each in samples.dossier(request).sheets
        for month in each.months
        for week in month.weeks
        for day in week
        if day is not None
    }
    assert found == set(get_args(sheet_contents.Kind))
