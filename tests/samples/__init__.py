"""What older versions of the library wrote, as it was written; what each file is stands in README.md."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROW = re.compile(r"INSERT INTO (?:steps VALUES\(\d+,|requests VALUES\()'([^']+)'")


def store_0001(file: Path, *only: str) -> Path:
    """Make the SQLite file that the library of version 0001 wrote, with all of its requests or only some."""
    lines = (FOLDER / "store-0001.sql").read_text(encoding="utf-8").splitlines()
    if only:
        lines = [line for line in lines if (row := ROW.match(line)) is None or row[1] in only]
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("\n".join(lines))
    return file


def status_0001() -> list[dict[str, Any]]:
    """What that library said of every request."""
    rows: list[dict[str, Any]] = json.loads((FOLDER / "store-0001-status.json").read_text(encoding="utf-8"))
    return rows


def adoptions() -> list[dict[str, Any]]:
    """Requests as another system states them, to be taken over."""
    return [json.loads(line) for line in (FOLDER / "adoptions.jsonl").read_text(encoding="utf-8").splitlines()]


def adopted(format_: int) -> list[str]:
    """The first steps of requests of the other workflows that were taken over, in a format, as they were stored."""
    return (FOLDER / "adopted" / f"format-{format_}.jsonl").read_text(encoding="utf-8").splitlines()


def formats() -> list[int]:
    """The formats of which there are sample steps."""
    return sorted(int(file.stem.removeprefix("format-")) for file in (FOLDER / "steps").glob("format-*.jsonl"))


def steps(format_: int) -> list[str]:
    """The sample steps of a format: whole trails, one step a line, as they were stored."""
    return (FOLDER / "steps" / f"format-{format_}.jsonl").read_text(encoding="utf-8").splitlines()


def step_schema(format_: int) -> str:
    """The JSON Schema of a step as it was published with a format."""
    return (FOLDER / "steps" / f"format-{format_}.schema.json").read_text(encoding="utf-8")
