"""Case reviews, as they are proved."""

from __future__ import annotations

from eap_workflow.proof.case_review.letters import key, letters, worlds
from eap_workflow.proof.case_review.meaning import MEANING
from eap_workflow.proof.case_review.properties import FINALS, PROPERTIES
from eap_workflow.proof.walking import Subject
from eap_workflow.workflows.case_review import PROCESS

__all__ = ["MEANING", "SUBJECT"]

SUBJECT = Subject(process=PROCESS, worlds=worlds, letters=letters, key=key, finals=FINALS, properties=PROPERTIES)
