"""The database's errors, turned into ours.

Theirs can hold the values of a statement: in the message, in what PostgreSQL calls the detail, and in the error that is
kept around another. So ours is raised outside of their block, says what happened in words of ours, and holds no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from eap_workflow.errors import Conflict, EapWorkflowError, InvalidValue, StoreError

if TYPE_CHECKING:
    from eap_workflow.store.sql.dialects import Dialect

UNFIT = "text is needed that any database can keep, or a number within its bounds"
URL = "SQLAlchemy does not know what the URL of the database says"
OF_SQLALCHEMY = {
    "ArgumentError": URL,
    "InvalidRequestError": "the caller's session or connection takes no statement now: it was closed, or its transaction ends",
    "NoSuchModuleError": URL,
    "PendingRollbackError": "something in the caller's transaction failed before: it has to be undone",
    "ResourceClosedError": "the caller's connection was closed",
    "TimeoutError": "all connections that this process may have are in use, for too long",
    "UnboundExecutionError": (
        "the caller's session does not tell its database: what it gives by session.connection(bind_arguments={...}) does"
    ),
}
"""What SQLAlchemy itself says by the kind of its error, of whichever database."""


class ours:  # noqa: N801 - it reads as what it does, as contextlib.suppress
    """Turn what the database raises into our errors.

    Args:
        dialect: What is the database's own.
    """

    __slots__ = ("_dialect",)

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        problem = None if error is None else in_our_words(self._dialect, error)
        if problem is None:
            return
        try:
            raise problem
        except EapWorkflowError:
            # What is raised while a block ends takes along the error that ended it.
            problem.__context__ = None
            raise


def in_our_words(dialect: Dialect, error: BaseException) -> EapWorkflowError | None:
    """Say what an error of the database comes to; None for any other error."""
    if isinstance(error, (UnicodeError, OverflowError)):
        return InvalidValue("value", UNFIT)
    if not isinstance(error, (SQLAlchemyError, dialect.errors)):
        return None
    if type(error).__name__ in OF_SQLALCHEMY:
        return StoreError(f"{OF_SQLALCHEMY[type(error).__name__]} ({type(error).__name__})")
    words, code = dialect.problem(getattr(error, "orig", None) or error)
    if dialect.is_repeated(code):
        # Two that open the same request, or use the same command id, at the same time: the first is there.
        return Conflict()
    if dialect.is_unfit(code):
        return InvalidValue("value", UNFIT)
    return StoreError(f"{words} ({code})")
