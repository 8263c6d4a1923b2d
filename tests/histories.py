"""Random files of commands, as the tests here use them: those of `eap_workflow.testing`."""

from __future__ import annotations

from eap_workflow.testing.histories import histories

__all__ = ["histories"]
