"""Rules: for every id, what it says, where it is enforced, and which tests show it permitted and refused.

A view, beside the diagrams and the proof. `register` has the words, `places` finds what cites a rule, `shown` reads which tests
show it, `traces` puts them together; `markdown` and `csv` write the result.
"""

from __future__ import annotations

from eap_workflow.rules.csv_rows import of_traces as csv
from eap_workflow.rules.markdown import of_register as register_markdown
from eap_workflow.rules.markdown import of_traces as markdown
from eap_workflow.rules.places import Kind, Place
from eap_workflow.rules.plain_rows import of_trace as plain
from eap_workflow.rules.register import DOCUMENTS, FAMILIES, REGISTER, Family, Rule
from eap_workflow.rules.shown import How, Showing, Sight
from eap_workflow.rules.traces import Trace, of_workflow, problems, trace, traces

__all__ = [
    "DOCUMENTS",
    "FAMILIES",
    "REGISTER",
    "Family",
    "How",
    "Kind",
    "Place",
    "Rule",
    "Showing",
    "Sight",
    "Trace",
    "csv",
    "markdown",
    "of_workflow",
    "plain",
    "problems",
    "register_markdown",
    "trace",
    "traces",
]
