"""What ``eap-workflow verify`` holds against the store besides its own chains, and what it says afterwards that it checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from eap_workflow.cli import evidence
from eap_workflow.plain.scalars import write_instant
from eap_workflow.seal import SealedHead, checkpoints, continuation
from eap_workflow.wording import number, utc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

    from eap_workflow.seal import Checkpoint, Keys
    from eap_workflow.store import Store
    from eap_workflow.store.chain import Finding

CHAINS = "checked: every chain of steps, and the chain of removals"
STANDING = "checked: every chain of steps, that each request stands as its steps say, and the chain of removals"
KINDS = {"sealed_heads": "sealed head", "proofs": "proof"}


class HeldAgainst:
    """A checkpoint, and sealed heads and proofs, held against a store; what came of it is known once all findings were read.

    Args:
        store: The store.
        keys: What seals are checked with; a checkpoint's is left unchecked without them.
    """

    def __init__(self, store: Store, keys: Keys | None) -> None:
        self._store = store
        self._keys = keys
        self._checkpoint: Checkpoint | None = None
        self._continues = True
        self._seal_is_right = True
        self._held: Counter[str] = Counter()
        self._not_held: Counter[str] = Counter()

    def checkpoint(self, taken: Checkpoint, list_file: Path, late: timedelta) -> Iterator[Finding]:
        """Hold a checkpoint against the store.

        Args:
            taken: The checkpoint.
            list_file: Where its list of heads is.
            late: How late a command may reach the store.
        """
        self._checkpoint = taken
        if self._keys is not None:
            for finding in checkpoints.findings(taken, self._keys):
                self._seal_is_right = False
                yield finding
        for finding in continuation.findings(self._store, taken, lambda: evidence.listed(list_file), late):
            self._continues = False
            yield finding

    def slips(self, file: Path, kept: Checkpoint | None) -> Iterator[Finding]:
        """Hold the sealed heads and proofs of a file against the store.

        Args:
            file: The file.
            kept: The checkpoint that was sent away, for proofs.
        """
        for slip in evidence.slips_in(file, self._keys):
            with self._store.reading() as transaction:
                judgement = continuation.judged(transaction, slip, self._keys, kept)
            found = judgement.false or judgement.missed
            counts = self._not_held if found else self._held
            counts["sealed_heads" if isinstance(slip, SealedHead) else "proofs"] += 1
            yield from found

    def sentences(self, *, standing: bool) -> Iterator[str]:
        """Say what was checked, in words.

        Args:
            standing: Whether it was also checked that each request stands as its steps say.
        """
        yield STANDING if standing else CHAINS
        taken = self._checkpoint
        if taken is not None:
            verb = "continues" if self._continues else "DOES NOT CONTINUE"
            of = f"checkpoint {taken.number} of {taken.name}, of {utc(taken.at)}"
            yield f"checked: the store {verb} {of}; {self._seal_in_words(taken)}"
        for kind, one in KINDS.items():
            held, not_held = self._held[kind], self._not_held[kind]
            if not_held:
                verb = "DOES NOT HOLD" if not_held == 1 else "DO NOT HOLD"
                yield f"checked: of {number(held + not_held, one)}, {not_held:,} {verb}"
            elif held:
                yield f"checked: {number(held, one)} {'holds' if held == 1 else 'hold'}"

    def plain(self, *, standing: bool) -> dict[str, Any]:
        """Say the same for programs.

        Args:
            standing: As `sentences` takes it.
        """
        plain: dict[str, Any] = {"chains": True, "removals": True, "standing": standing, "checkpoint": None}
        taken = self._checkpoint
        if taken is not None:
            plain["checkpoint"] = {"name": taken.name, "number": taken.number, "at": write_instant(taken.at)}
            plain["checkpoint"] |= {"continues": self._continues, "seal": self._seal(taken)}
            plain["checkpoint"]["keys"] = list(self._keys_used(taken))
        for kind in KINDS:
            plain[kind] = {"hold": self._held[kind], "do_not_hold": self._not_held[kind]}
        return plain

    def _seal(self, taken: Checkpoint) -> Literal["none", "not_checked", "right", "wrong"]:
        if self._keys is None:
            return "not_checked" if taken.seals else "none"
        return "right" if self._seal_is_right else "wrong"

    def _seal_in_words(self, taken: Checkpoint) -> str:
        used = self._keys_used(taken)
        return {
            "none": "it has no seal",
            "not_checked": "its seal was not checked: --key-env names the variable with the keys",
            "right": f"its seal was checked with {'key' if len(used) == 1 else 'keys'} {', '.join(used)}",
            "wrong": "ITS SEAL IS NOT RIGHT",
        }[self._seal(taken)]

    def _keys_used(self, taken: Checkpoint) -> tuple[str, ...]:
        keys = self._keys
        return () if keys is None else tuple(each.key for each in taken.seals if keys.code(each.key, b"") is not None)
