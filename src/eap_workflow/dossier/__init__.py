"""The dossier of a request: what was asked, what happened, whether every limit was kept, and how to tell that nobody changed the record.

    service, request, instant ──▶ Dossier ──▶ page (HTML, for a screen and for paper)
    EmployerView, table ──▶ EmployerDossier ──┘

`dossier_of` gathers plain data and writes nothing; `html` sets it as one page that fetches nothing and has no script. A page is
the same bytes for the same record, instant and version. What an employer may have is a dossier of its own, which is made of
an `eap_workflow.views.EmployerView` and can hold nothing else. Needs the extra ``dossier``; without the extra ``diagrams`` a page has the
path as a table alone.
"""

from __future__ import annotations

from eap_workflow.dossier.contents import Dossier
from eap_workflow.dossier.for_employer import EmployerDossier, employer_dossier
from eap_workflow.dossier.gathering import dossier_of
from eap_workflow.dossier.listing import IndexRow, IndexTotals, file_name
from eap_workflow.dossier.page import employer_html, html, index_html

__all__ = [
    "Dossier",
    "EmployerDossier",
    "IndexRow",
    "IndexTotals",
    "dossier_of",
    "employer_dossier",
    "employer_html",
    "file_name",
    "html",
    "index_html",
]
