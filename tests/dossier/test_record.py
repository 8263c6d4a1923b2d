"""What a dossier says of its record: the chain, and the sealed heads and proofs that were held against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from eap_workflow.dossier import Dossier, IndexRow, dossier_of, html
from eap_workflow.errors import InvalidValue, StoreError, Unknown
from eap_workflow.seal import Head, Keys, head_of, prove, seal_head, take
from eap_workflow.service import Service
from tests import lines
from tests.databases import directly, kind, service, store, url, without_guards
from tests.dossier import samples
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


def test_a_seal_that_cannot_be_checked_is_refused_and_a_false_one_is_no_proof_either_way(service: Service) -> None:
    """A missing key is no tampering; with another one the seal is forged, and the page says that at the top."""
    lines.handle(service, lines.filed("XS-1"))
    sealed, *_ = slips(service)
    with pytest.raises(InvalidValue, match="keys: a sealed head can only be checked with the keys"):
        of(service, sealed)
    found = of(service, sealed, keys=OTHERS)
    (forged,) = found.record.slips
    assert (forged.is_genuine, forged.holds) == (False, False)
    assert "not made with the key" in forged.sentences[0]
    assert (found.record.is_as_written, found.record.is_whole) == (True, False)
    page = html(found)
    assert "is not genuine" in page.partition("<main")[0]
    assert "very step is what was written</span>" not in page
    assert "not what was written</span>" not in page
    assert not IndexRow.of(found).is_whole


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
    assert (found.record.is_as_written, found.record.is_whole) == (False, False)
    page = html(found)
    # One at the top, and one for each that says so.
    assert page.count('class="alarm"') == 3
    assert "The record is not what was written." in page.partition("<main")[0]
    assert "very step is what was written</span>" not in page
    assert not IndexRow.of(found).is_whole


def test_a_request_whose_steps_are_all_gone_is_not_one_that_never_was(service: Service, url: str, kind: str) -> None:
    """What its own row says of it shows that there were some."""
    lines.handle(service, lines.filed("XS-1"))
    other = lines.service(service.store)
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("DELETE FROM eap_steps")
    with pytest.raises(StoreError, match="none of its steps; eap-workflow verify says more"):
        of(other)
    with pytest.raises(Unknown, match="no request of this id"):
        dossier_of(other, "XS-2", at=NOW)
    with pytest.raises(Unknown) as not_yet:
        dossier_of(samples.service(), "XS-0009", at=datetime(2020, 1, 1, tzinfo=UTC))
    assert not_yet.value.field == "at"


def test_a_message_that_cannot_be_read_is_said_to_be_one(service: Service, url: str, kind: str) -> None:
    """By an error of the store, whatever somebody wrote there; the chain does not cover it."""
    lines.handle(service, lines.filed("XS-1"))
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("UPDATE eap_messages SET content = '{}'")
    with pytest.raises(StoreError, match="a message of the request cannot be read"):
        of(service)
