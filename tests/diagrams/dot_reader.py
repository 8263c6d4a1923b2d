"""Reads DOT with another program's parser: pydot's."""

from __future__ import annotations

import re
import warnings
from html import unescape

import pydot


def read(source: str) -> pydot.Dot:
    """Read a source; it has to hold one graph."""
    with warnings.catch_warnings():
        # The parser names its own tools by names that they have since changed.
        warnings.simplefilter("ignore", DeprecationWarning)
        graphs = pydot.graph_from_dot_data(source)
    assert graphs is not None
    assert len(graphs) == 1
    return graphs[0]


def seen(graph: pydot.Dot) -> list[pydot.Edge]:
    """Its arrows, but for those that only hold something in its place."""
    return [edge for edge in graph.get_edges() if "invis" not in edge.get("style")]


def said(source: str) -> str:
    """Read the words of a source: without markup, and each code as what it stands for."""
    return unescape(re.sub(r"<[^<>]*>", " ", source))
