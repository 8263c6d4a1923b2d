"""Answers about a request, drawn from its snapshot: pure, and of no consequence for it."""

from eap_workflow.views.employer import EmployerView, employer_view
from eap_workflow.views.limit_runs import LimitRun, Statement, limit_runs
from eap_workflow.views.new_case import NewCaseAdvice, new_case_advice
from eap_workflow.views.permissions import Answer, may_enquire, may_schedule
from eap_workflow.views.status import DeadlineStatus, Status, deadlines, status

__all__ = [
    "Answer",
    "DeadlineStatus",
    "EmployerView",
    "LimitRun",
    "NewCaseAdvice",
    "Statement",
    "Status",
    "deadlines",
    "employer_view",
    "limit_runs",
    "may_enquire",
    "may_schedule",
    "new_case_advice",
    "status",
]
