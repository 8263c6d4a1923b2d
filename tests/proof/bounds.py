"""How far the proof goes in a run of the tests: with few bounds, or with all where ``EAP_WORKFLOW_PROOF`` is ``full``."""

from __future__ import annotations

import os

DEEP = os.environ.get("EAP_WORKFLOW_PROOF") == "full"
