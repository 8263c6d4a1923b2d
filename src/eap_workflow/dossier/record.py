"""Whether the record of a request is what was written, as a dossier says it: its chain, and what was held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.dossier.contents import Record, SlipEntry
from eap_workflow.seal import continuation, proofs
from eap_workflow.seal.proofs import SealedHead
from eap_workflow.verification import verify_chains
from eap_workflow.wording import number, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eap_workflow.machine import Workflow
    from eap_workflow.seal import Checkpoint, Keys, Proof
    from eap_workflow.store import Chain, Store, Transaction


def checked_record(
    store: Store,
    transaction: Transaction,
    chain: Chain,
    workflow: Workflow,
    *,
    shown: int,
    slips: Sequence[SealedHead | Proof] = (),
    keys: Keys | None = None,
    kept: Checkpoint | None = None,
) -> Record:
    """Check the record of a request now.

    Args:
        store: The store.
        transaction: A transaction of it, in which the request was read.
        chain: The request's chain, as it is stored.
        workflow: The table of today.
        shown: How many of its steps the dossier shows.
        slips: Sealed heads and proofs of the request, to be held against the store.
        keys: What seals are checked with; a sealed head needs them.
        kept: The checkpoint that was sent away.

    Raises:
        InvalidValue: A sealed head is to be checked without keys.
    """
    found = verify_chains(store, transaction, (chain,))
    return Record(
        steps=shown,
        head=chain.steps[shown - 1].digest,
        later=len(chain.steps) - shown,
        table=workflow.fingerprint,
        findings=tuple(each.sentence for each in found),
        slips=tuple(_slip(transaction, each, keys, kept) for each in slips),
    )


def _slip(transaction: Transaction, slip: SealedHead | Proof, keys: Keys | None, kept: Checkpoint | None) -> SlipEntry:
    steps = number(slip.steps, "step")
    if isinstance(slip, SealedHead):
        sealed = ", ".join(f"{each.key} at {utc(each.at)}" for each in slip.seals)
        title = f"Sealed head of {steps}, by the key {sealed}"
    else:
        checkpoint = slip.checkpoint
        title = f"Proof that {steps} were in checkpoint {checkpoint.number} of {checkpoint.name}, taken at {utc(checkpoint.at)}"
    judgement = continuation.judged(transaction, slip, keys, kept)
    wrong = judgement.false or judgement.missed
    return SlipEntry(
        title=title,
        is_genuine=not judgement.false,
        holds=not wrong,
        sentences=tuple(each.sentence for each in wrong),
        text=proofs.write(slip).strip(),
    )
