"""The part of a transaction that is about what commands and steps refer to: command ids, policies and calendars."""

from __future__ import annotations

from functools import lru_cache

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.errors import StoreError
from eap_workflow.plain.canonical import canonical_text
from eap_workflow.plain.json_text import parse_object
from eap_workflow.plain.wire import from_wire
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.store import Seen, refuse_another
from eap_workflow.store.sql.transaction.part import Part

SEEN = "SELECT digest, request, first, last FROM eap_commands WHERE id = ?"
COMMAND = "INSERT INTO eap_commands (id, digest, request, first, last) VALUES (?, ?, ?, ?, ?)"


class References(Part):
    """Command ids, policies and calendars."""

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        rows = self._seen.pop(command_id, None)
        if rows is None:
            rows = self._sql.all(SEEN, command_id)
        return Seen(digest=rows[0][0], request=rows[0][1], first=rows[0][2], last=rows[0][3]) if rows else None

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        self._seen.clear()
        self._sql.later(COMMAND, [command_row(command_id, seen)])

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        content = self._sql.value(
            "SELECT content FROM eap_policies WHERE contract = ? AND version = ?", ref.contract, ref.version
        )
        return None if content is None else _policy(content)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        ref = policy.ref
        # A batch keeps the same one for every submission in it.
        if self._policies.get(ref) is policy:
            return
        kept = self.policy(ref)
        if kept is None:
            self._sql.change(
                "INSERT INTO eap_policies (contract, version, content) VALUES (?, ?, ?)"
                " ON CONFLICT (contract, version) DO NOTHING",
                policy.contract,
                policy.version,
                canonical_text(policy),
            )
            # Another may have kept the version at the same time.
            kept = self.policy(ref)
        refuse_another(policy if kept is None else kept, policy)
        self._policies[ref] = policy

    def calendar(self, fingerprint: str) -> BusinessCalendar | None:
        """A calendar that a limit was counted on."""
        content = self._sql.value("SELECT content FROM eap_calendars WHERE fingerprint = ?", fingerprint)
        calendar = None if content is None else _calendar(content)
        if calendar is not None and calendar.fingerprint != fingerprint:
            raise StoreError("a calendar that limits were counted on was exchanged in the database")
        return calendar

    def keep_calendar(self, calendar: BusinessCalendar) -> None:
        """Keep a calendar by its fingerprint, once."""
        fingerprint = calendar.fingerprint
        if fingerprint in self._calendars:
            return
        self._calendars.add(fingerprint)
        if self._sql.first("SELECT 1 FROM eap_calendars WHERE fingerprint = ?", fingerprint) is not None:
            return
        self._sql.change(
            "INSERT INTO eap_calendars (fingerprint, content) VALUES (?, ?) ON CONFLICT (fingerprint) DO NOTHING",
            fingerprint,
            calendar.dumps(),
        )


def command_row(command_id: str, seen: Seen) -> tuple[object, ...]:
    """What a command did, as the values of ``COMMAND``."""
    return command_id, seen.digest, seen.request, seen.first, seen.last


@lru_cache(64)
def _policy(content: str) -> Policy:
    # Every command of a submitted request asks for its policy, and there are few of them.
    return from_wire(Policy, parse_object(content), at="policy")


@lru_cache(64)
def _calendar(content: str) -> BusinessCalendar:
    return BusinessCalendar.loads(content)
