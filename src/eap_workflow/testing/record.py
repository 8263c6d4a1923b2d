"""What every store has to do with its record: the chains, and the removal of a request as an act that stays."""

from __future__ import annotations

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.store import Seen, Store
from eap_workflow.store.chain import findings
from eap_workflow.store.contents import steps_of
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import MANY, PROCESS, contents, handle, outbox_of, service
from eap_workflow.testing.failing import Broken
from eap_workflow.testing.lines import APPROVER, DAY, FAR
from eap_workflow.values import changed
from eap_workflow.verification import verify


class RecordContract:
    """The tests; `eap_workflow.testing.StoreContract` has them too, and says how an empty store is made."""

    def test_everything_that_is_recorded_is_named(self, store: Store) -> None:
        """The ids of all requests come in order, page by page."""
        handle(service(store), [lines.draft(f"XS-{end}") for end in ("3", "b1", "1", "2b", "B2")])
        in_order = ("XS-1", "XS-2b", "XS-3", "XS-B2", "XS-b1")
        with store.reading() as transaction:
            assert transaction.recorded("", MANY) == in_order
            assert transaction.recorded("", 2) == in_order[:2]
            assert transaction.recorded("XS-2b", MANY) == in_order[2:]
            assert transaction.recorded("XS-2b", 1) == in_order[2:3]

    def test_steps_are_stored_in_a_chain(self, store: Store) -> None:
        """What is stored holds each step, linked to the one before it, and the request states where the chain ends."""
        acting = service(store)
        handle(acting, lines.told("XS-1"), lines.filed("XS-2"), lines.tick(90 * DAY))
        with store.reading() as transaction:
            for request in ("XS-1", "XS-2"):
                stored, head = transaction.stored(request), transaction.head(request)
                assert [each.version for each in stored] == list(range(1, acting.snapshot(request).version + 1))
                assert list(findings(request, stored, head)) == []
                read = tuple(steps_of(PROCESS, stored))
                assert read == transaction.trail(request)
            assert transaction.stored("XS-9") == ()
            assert transaction.head("XS-9") is None

    def test_many_chains_are_read_at_once(self, store: Store) -> None:
        """Page by page it is what is recorded, stored and stated of each request by itself; what was removed is in none."""
        acting = service(store)
        handle(acting, lines.told("XS-1"), [lines.filed(f"XS-{end}") for end in ("b1", "2b", "B2", "3")])
        with store.transaction() as transaction:
            act = transaction.remove("XS-3", FAR, "system:clock")
        with store.reading() as transaction:
            alone = [
                (request, transaction.head(request), transaction.stored(request))
                for request in transaction.recorded("", MANY)
            ]
            for after, most in (("", MANY), ("", 2), ("XS-2b", MANY), ("XS-2b", 1), ("XS-b1", 2)):
                chains = transaction.chains(after, most)
                expected = [each for each in alone if each[0] > after][:most]
                assert [(each.request, each.head, each.steps) for each in chains] == expected
                heads = [(request, steps[-1].version, head) for request, head, steps in expected]
                assert list(transaction.heads(after, most)) == heads
            assert transaction.removal_of("XS-3") == act is not None
            assert transaction.removal_of("XS-1") is None

    def test_how_requests_stand_is_compared(self, store: Store) -> None:
        """Of how some requests should stand it is told which are kept otherwise, or not at all."""
        acting = service(store)
        handle(acting, lines.told("XS-1"), lines.filed("XS-2"), lines.filed("XS-3"))
        as_they_stand = {request: acting.snapshot(request) for request in ("XS-1", "XS-2", "XS-3")}
        first, second, _ = as_they_stand.values()
        otherwise = {"XS-1": first, "XS-2": changed(second, version=99), "XS-3": second, "XS-9": first}
        with store.reading() as transaction:
            assert transaction.standing_otherwise(as_they_stand) == frozenset()
            assert transaction.standing_otherwise(otherwise) == {"XS-2", "XS-3", "XS-9"}
            assert transaction.standing_otherwise({}) == frozenset()

    def test_the_same_commands_lead_to_the_same_digests(self, store: Store) -> None:
        """The chain says what happened and not where it is kept: every store's heads are the same."""
        given = [lines.told("XS-1"), lines.filed("XS-2"), lines.tick(90 * DAY)]
        simplest = MemoryStore(PROCESS)
        handle(service(store), given)
        handle(service(simplest), given)
        with store.reading() as transaction, simplest.reading() as expected:
            for request in ("XS-1", "XS-2"):
                assert transaction.head(request) == expected.head(request)

    def test_a_removed_request_leaves_nothing_but_the_act(self, store: Store) -> None:
        """Its steps, messages and command ids are gone whole, the others stay, and what is left verifies."""
        acting = service(store)
        handle(acting, lines.told("XS-1", id="id-1"), lines.filed("XS-2", id="id-2"), lines.filed("XS-3"))
        with store.reading() as transaction:
            head = transaction.head("XS-1")
            others = transaction.load("XS-2"), transaction.trail("XS-2"), transaction.seen("id-2")
        messages = [each for each in outbox_of(store) if each.message.request != "XS-1"]
        with store.transaction() as transaction:
            act = transaction.remove("XS-1", FAR, "case_team:ct-1")
        assert act is not None
        assert (act.number, act.request, act.workflow, act.steps) == (1, "XS-1", PROCESS.workflow.name, 6)
        assert (act.head, act.at, act.by, act.before) == (head, FAR, "case_team:ct-1", "")
        with store.reading() as transaction:
            assert transaction.load("XS-1") is None
            assert transaction.trail("XS-1") == ()
            assert transaction.stored("XS-1") == ()
            assert transaction.head("XS-1") is None
            assert transaction.seen("id-1") is None
            assert transaction.recorded("", MANY) == ("XS-2", "XS-3")
            assert transaction.due(FAR, MANY) == ("XS-2", "XS-3")
            assert (transaction.load("XS-2"), transaction.trail("XS-2"), transaction.seen("id-2")) == others
            assert {step.request for _, step in transaction.feed("", MANY)} == {"XS-2", "XS-3"}
            assert transaction.removals(0, MANY) == (act,)
        assert outbox_of(store) == messages
        assert list(verify(store)) == []

    def test_removals_are_chained_and_given_in_pages(self, store: Store) -> None:
        """Each act follows on the one before it; what is not there is not removed, and a block that raises removes nothing."""
        handle(service(store), [lines.draft(f"XS-{number}") for number in range(4)])
        before = contents(store)
        with pytest.raises(Broken):
            _remove_and_raise(store)
        assert contents(store) == before
        acts = []
        for request in ("XS-2", "XS-0", "XS-3"):
            with store.transaction() as transaction:
                acts.append(transaction.remove(request, FAR, "system:clock"))
                assert transaction.remove(request, FAR, "system:clock") is None
                assert transaction.remove("XS-9", FAR, "system:clock") is None
        given = [act for act in acts if act is not None]
        assert [act.number for act in given] == [1, 2, 3]
        assert [act.before for act in given] == ["", given[0].digest, given[1].digest]
        with store.reading() as transaction:
            assert list(transaction.removals(0, MANY)) == given
            assert list(transaction.removals(0, 2)) == given[:2]
            assert list(transaction.removals(2, 2)) == given[2:]
        assert list(verify(store)) == []

    def test_the_id_of_a_removed_request_is_not_used_again(self, store: Store) -> None:
        """A request of the same id would look like the one that was removed, so it is refused and leaves nothing."""
        acting = service(store)
        handle(acting, lines.draft("XS-1", id="id-1"))
        with store.transaction() as transaction:
            transaction.remove("XS-1", FAR, "case_team:ct-1")
        with pytest.raises(InvalidValue, match="no id is used again"):
            handle(acting, lines.draft("XS-1", id="id-2"))
        with store.reading() as transaction:
            assert transaction.recorded("", MANY) == ()
            assert transaction.seen("id-2") is None
        assert list(verify(store)) == []

    def test_a_removal_takes_away_what_counts_for_others(self, store: Store) -> None:
        """The sessions of a request that is gone count for no other request of its Assist Case."""
        same: lines.Line = {"assist_case": "ASST-7", "sessions": 4}
        acting = service(store)
        handle(acting, lines.filed("XS-1", **same), lines.draft("XS-2", **same))
        with store.transaction() as transaction:
            assert len(transaction.in_case("ASST-7", "XS-2")) == 1
            transaction.remove("XS-1", FAR, "case_team:ct-1")
            assert transaction.in_case("ASST-7", "XS-2") == ()
        handle(acting, lines.submit("XS-2", 1, counted=7))
        assert acting.snapshot("XS-2").state == "employer_decision"
        handle(acting, lines.line("approve", "XS-2", 2, APPROVER))


def _remove_and_raise(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        transaction.remove("XS-1", FAR, "system:clock")
        raise Broken
