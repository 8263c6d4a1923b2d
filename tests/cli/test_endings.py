"""The format in which a file is written."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from eap_workflow.cli.endings import format_of

ENDINGS = {".xes": "xes", ".json": "ocel"}


@pytest.mark.parametrize(
    ("file", "asked", "expected"),
    [
        (None, None, "xes"),
        (None, "ocel", "ocel"),
        (Path("log.json"), None, "ocel"),
        (Path("log.JSON"), None, "ocel"),
        (Path("log.json"), "ocel", "ocel"),
        (Path("log.txt"), None, "xes"),
        (Path("log.txt"), "ocel", "ocel"),
        (Path("json"), None, "xes"),
    ],
)
def test_a_file_is_of_the_format_that_is_asked_for_or_that_its_name_says(
    file: Path | None, asked: str | None, expected: str
) -> None:
    """Where neither says anything, it is the usual one."""
    assert format_of(file, asked, ENDINGS, "xes") == expected


def test_two_that_contradict_each_other_are_refused() -> None:
    """Neither is guessed to be the one that was meant."""
    with pytest.raises(click.UsageError, match="contradict each other: a file that ends so is ocel"):
        format_of(Path("log.json"), "xes", ENDINGS, "xes")
