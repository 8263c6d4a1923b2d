"""A limit with its start and its due date: how it is counted, when it passes, and what the clock does about it.

`values` is what a deadline is, `counting` how it comes about, and `accounts` what can be said of it afterwards.
"""

from eap_workflow.deadlines.accounts import Restatement, explain, restate
from eap_workflow.deadlines.counting import Counts, Office, chain, extend, extend_to, start, stated
from eap_workflow.deadlines.values import Basis, ClockMove, Deadline, Due, Part

__all__ = [
    "Basis",
    "ClockMove",
    "Counts",
    "Deadline",
    "Due",
    "Office",
    "Part",
    "Restatement",
    "chain",
    "explain",
    "extend",
    "extend_to",
    "restate",
    "start",
    "stated",
]
