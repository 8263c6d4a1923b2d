"""Proof that does not lie in the database: seals that only the holder of a key can make, and checkpoints that are sent away.

The chain of each request (`eap_workflow.store.chain`) shows an edit to whoever cannot compute the chain anew. Here is what shows it of
somebody who can: seals over a head or a checkpoint, and checkpoints over all heads, which today's store is compared with. All of it
reads the store and writes nothing into it; what it makes is kept elsewhere.
"""

from __future__ import annotations

from eap_workflow.seal.checkpoints import Checkpoint, compared, series, take
from eap_workflow.seal.heads import Head, head_of
from eap_workflow.seal.keys import Keys
from eap_workflow.seal.proofs import Proof, SealedHead, prove, seal_head, sealed_heads
from eap_workflow.seal.seals import Seal

__all__ = [
    "Checkpoint",
    "Head",
    "Keys",
    "Proof",
    "Seal",
    "SealedHead",
    "compared",
    "head_of",
    "prove",
    "seal_head",
    "sealed_heads",
    "series",
    "take",
]
