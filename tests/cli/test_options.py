"""What a person types on the command line, read once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import pytest

from eap_workflow.cli import options
from eap_workflow.errors import PolicyError


def test_an_instant_is_read_with_its_offset() -> None:
    """Every way to write the offset gives the same instant."""
    expected = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)
    for text in ("2026-11-05T14:00:00+11:00", "2026-11-05T03:00Z", "2026-11-05 03:00:00.000+00:00"):
        assert options.instant(text) == expected


@pytest.mark.parametrize(
    "text", ["", "now", "2026-11-05", "2026-11-05T14:00:00", "2026-02-30T14:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """A date, a naive time, an impossible day and an instant that no calendar reaches are said to be none."""
    with pytest.raises(click.BadParameter):
        options.instant(text)


def test_a_day_is_read() -> None:
    """A date in ISO form, and nothing else."""
    assert options.day("2026-11-05") == date(2026, 11, 5)
    for text in ("", "today", "05.11.2026", "2026-02-30", "2026-11-05T14:00:00Z"):
        with pytest.raises(click.BadParameter):
            options.day(text)


def test_now_is_an_aware_instant() -> None:
    """The clock is read as an instant in UTC."""
    now = options.now()
    assert now.tzinfo is UTC
    assert timedelta(0) <= options.now() - now < timedelta(minutes=1)


def test_a_book_joins_the_files_to_the_standard_contract(tmp_path: Path) -> None:
    """Without a file the standard contract is alone; a file that names it too is refused."""
    assert options.book(()).contracts == ("standard",)
    file = tmp_path / "civic.toml"
    text = '[[policy]]\ncontract = "civic"\nversion = "1"\nsource = "Agreement"\neffective_from = 2026-01-01\n'
    file.write_text(text)
    assert options.book((file,)).contracts == ("civic", "standard")
    file.write_text(text.replace("civic", "standard"))
    with pytest.raises(PolicyError, match="standard is in both books"):
        options.book((file,))
