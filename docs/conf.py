"""The pages: Markdown in this folder, and what the local extension writes from the tables."""

from __future__ import annotations

import sys
from importlib.metadata import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

_package = metadata("eap-workflow")

project = "eap-workflow"
author = "The eap-workflow contributors"
release = version = _package["Version"]

extensions = ["generated", "myst_parser", "sphinxcontrib.mermaid"]
# What is generated is included by a page, not a page of its own.
exclude_patterns = ["generated/*"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"eap-workflow {release}"
html_copy_source = False
html_show_copyright = False
