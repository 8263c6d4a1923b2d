"""The pages: Markdown in this folder, and what the local extension writes from the tables."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent

sys.path.insert(0, str(ROOT))

project = "eap-workflow"
author = "The eap-workflow contributors"
release = version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = ["docs._ext.generated", "myst_parser"]
# What is generated is included by a page, not a page of its own.
exclude_patterns = ["generated/*"]
nitpicky = True

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_title = f"eap-workflow {release}"
html_copy_source = False
html_show_copyright = False
