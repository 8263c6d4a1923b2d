"""Contacts, as they are proved."""

from __future__ import annotations

from eap_workflow.proof.outreach.letters import key, letters, worlds
from eap_workflow.proof.outreach.meaning import MEANING
from eap_workflow.proof.outreach.properties import FINALS, PROPERTIES
from eap_workflow.proof.walking import Subject
from eap_workflow.workflows.outreach import PROCESS

__all__ = ["MEANING", "SUBJECT"]

SUBJECT = Subject(process=PROCESS, worlds=worlds, letters=letters, key=key, finals=FINALS, properties=PROPERTIES)
