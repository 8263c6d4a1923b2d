"""Requests for extra sessions, as they are proved."""

from __future__ import annotations

from eap_workflow.proof.extra_sessions.letters import key, letters, worlds
from eap_workflow.proof.extra_sessions.meaning import MEANING
from eap_workflow.proof.extra_sessions.properties import FINALS, PROPERTIES
from eap_workflow.proof.walking import Subject
from eap_workflow.workflows.extra_sessions import PROCESS

__all__ = ["MEANING", "SUBJECT"]

SUBJECT = Subject(process=PROCESS, worlds=worlds, letters=letters, key=key, finals=FINALS, properties=PROPERTIES)
