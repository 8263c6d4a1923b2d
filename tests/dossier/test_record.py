"""What a dossier says of its record: the chain, and the sealed heads and proofs that were held against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from eap_workflow.dossier import Dossier, dossier_of, html
from eap_workflow.dossier.record import NO_KEYS
from eap_workflow.seal import Head, Keys, head_of, prove, seal_head, take
from eap_workflow.service import Service
from tests import lines
from tests.databases import directly, kind, service, store, url, without_guards
from tests.lines import APPROVER

__all__ = ["kind", "service", "store", "url"]

KEYS = Keys({"2026": bytes(range(32))})
OTHERS = Keys({"2026": bytes(range(32))[::-1]})
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def of(service: Service, *slips: Any, **options: Any) -> Dossier:
    """The dossier of a request, with what is held against it."""
    return dossier_of(service, "XS-1", at=NOW, slips=slips, **options)


def slips(service: Service) -> tuple[Any, Any, Any]:
    """A sealed head and a proof of the request as it stands, and the checkpoint."""
    heads: list[Head] = []
    with service.store.reading() as transaction:
        checkpoint = take(transaction, NOW, "main", keys=KEYS, note=heads.append)
        head = head_of(transaction, "XS-1")
    assert head is not None
    return seal_head(head, NOW, KEYS), prove(checkpoint, heads, "XS-1"), checkpoint


def test_a_record_that_continues_what_was_sealed_holds(service: Service) -> None:
    """Also when more has happened since; the slips stand on the page, to be checked by whoever has it."""
    lines.handle(service, lines.filed("XS-1"))
    sealed, proof, checkpoint = slips(service)
    lines.handle(service, [lines.line("approve", "XS-1", 1, APPROVER)])
    record = of(service, sealed, proof, keys=KEYS, kept=checkpoint).record
    assert record.findings == ()
    assert [(slip.holds, slip.sentences) for slip in record.slips] == [(True, ()), (True, ())]
    page = html(of(service, sealed, proof, keys=KEYS, kept=checkpoint))
    assert checkpoint.root in page
    assert page.count("The record still has it.") == 2


def test_a_seal_that_cannot_be_checked_or_is_false_holds_nothing(service: Service) -> None:
    """Without its key nothing is said of it; with another one it is forged."""
    lines.handle(service, lines.filed("XS-1"))
    sealed, *_ = slips(service)
    (unchecked,) = of(service, sealed).record.slips
    assert (unchecked.holds, unchecked.sentences) == (False, (NO_KEYS,))
    (forged,) = of(service, sealed, keys=OTHERS).record.slips
    assert not forged.holds
    assert "not made with the key" in forged.sentences[0]


def test_a_chain_that_was_written_anew_is_found_by_what_lies_elsewhere(service: Service, url: str, kind: str) -> None:
    """Whoever computes every digest anew passes the chain's own check, and not that of the seal and the checkpoint."""
    lines.handle(service, lines.filed("XS-1"))
    sealed, proof, checkpoint = slips(service)
    other = lines.service(service.store)
    with directly(url) as execute:
        without_guards(execute, kind)
        for table in ("eap_steps", "eap_requests", "eap_messages", "eap_commands"):
            execute(f"DELETE FROM {table}")
    lines.handle(other, lines.filed("XS-1", sessions=3))
    found = of(other, sealed, proof, keys=KEYS, kept=checkpoint)
    assert found.record.findings == ()
    assert [slip.holds for slip in found.record.slips] == [False, False]
    assert html(found).count('class="alarm"') == 2
