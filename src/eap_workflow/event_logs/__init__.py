"""What happened, as event logs that programs of process mining read: XES (IEEE 1849-2016) and OCEL 2.0.

    a store ──▶ trails ──▶ logged requests ──┬──▶ XES: a trace for each request
                              (`model`)      └──▶ OCEL: events, and the objects that they are about

A view of the steps and of nothing else, written request by request, so that a log of any length takes no more memory than a
short one. References become pseudonyms unless the caller says otherwise, and what somebody filled in is left out. The net to hold
a log against is drawn from the table, by `eap_workflow.diagrams.pnml`; a row has the same label there and here.

"Event" is the miners' word for what is a step everywhere else in the library.
"""

from __future__ import annotations

from eap_workflow.event_logs.ocel import ocel
from eap_workflow.event_logs.references import Naming, Pseudonyms, unchanged
from eap_workflow.event_logs.spools import Spool
from eap_workflow.event_logs.trails import trails
from eap_workflow.event_logs.xes import xes

__all__ = ["Naming", "Pseudonyms", "Spool", "ocel", "trails", "unchanged", "xes"]
