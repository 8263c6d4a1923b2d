"""What `eap_workflow.store.Transaction` asks for, on one connection of either database.

Each part of it is a module of its own, by the sections of that protocol.
"""

from __future__ import annotations

from eap_workflow.store.sql.transaction.listing import Listing
from eap_workflow.store.sql.transaction.outbox import Outbox
from eap_workflow.store.sql.transaction.record import Record
from eap_workflow.store.sql.transaction.references import References
from eap_workflow.store.sql.transaction.removing import Removing
from eap_workflow.store.sql.transaction.requests import Requests

__all__ = ["SqlTransaction"]


class SqlTransaction(Requests, References, Listing, Outbox, Record, Removing):
    """A transaction on one connection."""
