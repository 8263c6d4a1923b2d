"""The worker: it makes the clock's moves when they are due, and has messages delivered.

Any number of workers may run beside each other on one store: what one has taken, the others pass over. A worker that dies
loses nothing: a move that it had not committed is made by another, and a message that it had taken is taken again once its
lease has run out. So a message is delivered at least once; its id stays the same, by which a receiver can drop a repeat.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from eap_workflow.errors import Unknown
from eap_workflow.messages import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from eap_workflow.errors import EapWorkflowError
    from eap_workflow.messages import Delivery
    from eap_workflow.service import Receipt, Service
    from eap_workflow.store import Posted, PostState

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(days=1),
)
"""How long after each failed attempt the next one comes; after the last, a message is kept as failed."""

LEASE = timedelta(minutes=10)
"""How long a worker has for one attempt before another may take the message."""

BETWEEN_TICKS = 20
"""So many messages are attempted before the clock is looked at again."""

UNEXPECTED = "the delivery raised {}, which is no DeliveryError"


@frozen(kw_only=True)
class Worked:
    """What one round of a worker came to.

    Attributes:
        moves: How many moves of the clock it made.
        stuck: Why the clock cannot move a request, by request.
        sent: How many messages were delivered.
        failed: How many attempts failed; what is not given up is tried again.
    """

    moves: int = 0
    stuck: Mapping[str, EapWorkflowError] = field(factory=dict)
    sent: int = 0
    failed: int = 0


class Worker:
    """What does the work that is due on a store.

    Args:
        service: Whose clock is moved, and whose messages are delivered.
        deliver: What delivers a message; None where the messages wait for another worker.
        name: What tells this worker from every other that may run: a host and a process id, or the like.
        now: What gives the present instant, aware.
        lease: How long an attempt may take; longer than the slowest delivery.
        backoff: How long after each failed attempt the next one comes.
    """

    def __init__(
        self,
        service: Service,
        deliver: Delivery | None,
        *,
        name: str,
        now: Callable[[], datetime],
        lease: timedelta = LEASE,
        backoff: tuple[timedelta, ...] = BACKOFF,
    ) -> None:
        self._service = service
        self._deliver = deliver
        self._name = name
        self._now = now
        self._lease = lease
        self._backoff = backoff
        self._attempts = 0

    def work(
        self, *, each: Callable[[Receipt], None] | None = None, stopping: Callable[[], bool] = lambda: False
    ) -> Worked:
        """Do all that is due now: first the clock's moves, then the messages, which these may have caused.

        Args:
            each: Told what the clock did to each request.
            stopping: Asked before each message whether to stop there.

        Raises:
            StoreError: The store could not do it; what was done before stands.
        """
        worked = Worked()
        while True:
            # The clock first, and again and again: a long outbox holds no limit up.
            ticked = self._service.tick(self._now(), each=each, stopping=stopping)
            states = list(islice(self._deliveries(stopping), BETWEEN_TICKS))
            sent = states.count("sent")
            worked = Worked(
                moves=worked.moves + ticked.moves,
                stuck=ticked.stuck,
                sent=worked.sent + sent,
                failed=worked.failed + len(states) - sent,
            )
            if len(states) < BETWEEN_TICKS:
                return worked

    def _deliveries(self, stopping: Callable[[], bool]) -> Iterator[PostState]:
        if self._deliver is None:
            return
        while not stopping():
            at = self._now()
            with self._service.store.reading() as transaction:
                if not transaction.is_message_due(at):
                    return
            # Each attempt is taken under a name of its own: one that comes back after its lease settles no later one.
            self._attempts += 1
            name = f"{self._name}/{self._attempts}"
            with self._service.store.transaction() as transaction:
                posted = transaction.take_message(at, at + self._lease, name)
            if posted is None:
                return
            yield self._attempt(self._deliver, posted, name)

    def _attempt(self, deliver: Delivery, posted: Posted, name: str) -> PostState:
        """Have a message delivered outside of every transaction, and say what came of it."""
        state: PostState = "sent"
        next_at, problem, permanent = None, None, False
        try:
            deliver(posted.message)
        except DeliveryError as error:
            problem, permanent = error.reason, error.permanent
        except Exception as error:  # noqa: BLE001 - a delivery is the caller's: whatever it raises, the message is kept and tried again
            # The name of its class tells whoever wrote the delivery where to look; what it says may be an address.
            problem = UNEXPECTED.format(type(error).__name__)
        if problem is not None:
            given_up = permanent or posted.attempts > len(self._backoff)
            state = "failed" if given_up else "waiting"
            next_at = None if given_up else self._now() + self._backoff[posted.attempts - 1]
        with self._service.store.transaction() as transaction:
            transaction.settle(posted.message.id, name, state, next_at, problem)
        return state


def send_again(service: Service, message_id: str, at: datetime) -> None:
    """Let a message that was sent or given up wait for another attempt.

    Args:
        service: Whose message it is.
        message_id: Its id.
        at: From when on it may be attempted.

    Raises:
        Unknown: There is no message of this id.
    """
    with service.store.transaction() as transaction:
        found = transaction.send_again(message_id, at)
    if not found:
        raise Unknown("message", "no message of this id is known here")
