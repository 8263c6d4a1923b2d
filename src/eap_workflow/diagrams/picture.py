"""Lays DOT out and draws it, as SVG and as PNG, with ``graphviz-pure``: a program that comes as a package and needs no other.

It is a port of Graphviz with fonts of its own, and gives the same bytes on every platform. It comes with the package's extra
``diagrams``; nothing is imported from it, and without it the formats that are text work as ever.
"""

from __future__ import annotations

import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from eap_workflow.diagrams.lettering import printable
from eap_workflow.extras import NotInstalled

PACKAGE = "graphviz-pure"
PROGRAMS = (PACKAGE, f"{PACKAGE}.exe")
SECONDS = 60
"""No table of ours takes a hundredth of it; a layout that does not end is stopped."""


def svg(source: str, *, title: str) -> str:
    """Draw as SVG: one element, ready for a file and for a page.

    Args:
        source: The drawing, as DOT.
        title: What is drawn, in words, for whoever has it read out.

    Raises:
        NotInstalled: The extra ``diagrams`` is not installed.
    """
    drawn = _run(source, "-Tsvg").decode()
    head, body = drawn[drawn.index("<svg ") :].split(">", 1)
    label = "".join(each if each.isalnum() else f"&#{ord(each)};" for each in printable(title))
    # What Graphviz takes for titles are names of nodes and arrows, which a browser shows under the mouse and reads out.
    body = "\n".join(line for line in body.split("\n") if not line.startswith(("<title>", "<!--")))
    return f'{head} role="img" aria-label="{label}, its states and moves">{body}'


def png(source: str, *, dots_per_inch: int = 144) -> bytes:
    """Draw as PNG.

    Args:
        source: The drawing, as DOT.
        dots_per_inch: How fine; 72 is one dot a point.

    Raises:
        NotInstalled: The extra ``diagrams`` is not installed.
    """
    return _run(source, "-Tpng", f"-Gdpi={dots_per_inch}")


def _run(source: str, *options: str) -> bytes:
    # S603: the program is the one that the package brought, and the source goes to its standard input.
    done = subprocess.run(  # noqa: S603
        [_program(), "-Kdot", *options], input=source.encode(), capture_output=True, check=True, timeout=SECONDS
    )
    return done.stdout


@cache
def _program() -> str:
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for each in files:
        if each.name in PROGRAMS:
            return str(Path(str(each.locate())).resolve())
    raise NotInstalled(PACKAGE, "diagrams")
