"""Session cancellations, as they are proved."""

from __future__ import annotations

from eap_workflow.proof.session_cancellation.letters import key, letters, worlds
from eap_workflow.proof.session_cancellation.meaning import MEANING
from eap_workflow.proof.session_cancellation.properties import FINALS, PROPERTIES
from eap_workflow.proof.walking import Subject
from eap_workflow.workflows.session_cancellation import PROCESS

__all__ = ["MEANING", "SUBJECT"]

SUBJECT = Subject(process=PROCESS, worlds=worlds, letters=letters, key=key, finals=FINALS, properties=PROPERTIES)
