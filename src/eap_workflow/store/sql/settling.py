"""What is settled of a connection to PostgreSQL as it is made: its encoding, what it prepares, how long it waits.

A pooler such as PgBouncer may stand before the server, and give each transaction another of its own connections. What is settled
for a session is nobody's then, or somebody else's: a prepared statement is not there, and a setting is another program's as well.
A pooler shows itself, because it gives its clients numbers of its own; behind one nothing is settled for longer than a transaction.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from eap_workflow.errors import InvalidValue

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

LOCK_TIMEOUT_MILLISECONDS = 30_000
POOLED: Final = "eap_workflow_pooled"
"""Where a pooled connection of SQLAlchemy's says that there is a pooler before the server as well."""

THRESHOLD: Final = "prepare_threshold"
ENCODING: Final = "client_encoding"
NO_ENCODING: Final = "sqlascii"
DRIVERS_OWN: Final = ("autocommit", "conninfo", "context", "cursor_factory", "row_factory")
"""What the driver takes beside the settings of libpq, and never as text."""

UNSAID: Final = {
    # What the server has for its own files says nothing of what comes in.
    ENCODING: "utf8",
    # A network that swallows everything is noticed in a minute, and not in two hours: by who waits, and by who sends.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""What the driver is told where a URL says nothing of it."""


@frozen
class Settling:
    """What a URL says of the connections that are made by it.

    Attributes:
        url: The URL, for the driver.
        is_said: Whether it says how often a statement comes before it is prepared.
        threshold: How often; None where none is ever prepared.
    """

    url: URL
    is_said: bool
    threshold: int | None

    @classmethod
    def of(cls, url: URL) -> Settling:
        """Read a URL.

        Raises:
            InvalidValue: It says of prepared statements what is no number, has an encoding that is none, or says twice, or to the
                driver, what cannot be said so.
        """
        # The driver would give bytes then, and no text.
        if "".join(filter(str.isalnum, str(url.query.get(ENCODING, "")))).lower() == NO_ENCODING:
            raise InvalidValue("store", f"text of a known encoding is needed: {ENCODING}=utf8")
        said = url.query.get(THRESHOLD)
        threshold = None if said is None else _threshold(said)
        if any(name in url.query for name in DRIVERS_OWN):
            raise InvalidValue("store", f"a URL cannot say any of these: {', '.join(DRIVERS_OWN)}")
        # Of several hosts one is taken that answers; of anything else the driver would make a text of its own.
        if any(isinstance(value, tuple) for name, value in url.query.items() if name not in ("host", "port")):
            raise InvalidValue("store", "what a URL says behind its ? it has to say once, but for host and port")
        # The driver takes it as a number alone, which nothing in a URL is.
        for_driver = url.difference_update_query([THRESHOLD])
        unsaid = {name: value for name, value in UNSAID.items() if name not in url.query}
        return cls(for_driver.update_query_dict(unsaid), said is not None, threshold)

    def settle(self, connection: Any, record: Any) -> None:
        """Settle it on a connection.

        Args:
            connection: The driver's.
            record: The pool's, which is asked later on.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT_MILLISECONDS}', false)"
                f" WHERE pg_backend_pid() = {connection.info.backend_pid}",
                prepare=False,
            )
            record.info[POOLED] = cursor.fetchone() is None
        if self.is_said or record.info[POOLED]:
            connection.prepare_threshold = self.threshold


def at_each_beginning(info: dict[str, Any]) -> tuple[str, ...]:
    """Give the statements that settle anew what is settled for each transaction, by what a pooled connection of SQLAlchemy's says of itself."""
    if not info.get(POOLED):
        return ()
    return (f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MILLISECONDS}",)


def _threshold(said: str | tuple[str, ...]) -> int | None:
    if said in ("none", "None"):
        return None
    with suppress(ValueError, TypeError):
        # Of a text only: what is said twice is nothing.
        threshold = int(said)  # type: ignore[arg-type]
        if threshold >= 0:
            return threshold
    raise InvalidValue("store", f"{THRESHOLD} in the URL has to be a whole number, or none")
