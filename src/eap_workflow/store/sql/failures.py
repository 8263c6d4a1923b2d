"""The database's errors, turned into ours.

Theirs can hold the values of a statement: in the message, in what PostgreSQL calls the detail, and in the error that is
kept around another. So ours is raised outside of their block, says what happened in words of ours, and holds no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from eap_workflow.errors import Conflict, EapWorkflowError, InvalidValue, StoreError

if TYPE_CHECKING:
    from eap_workflow.store.sql.dialects import Dialect

UNFIT = "text is needed that any database can keep, or a number within its bounds"


@contextmanager
def ours(dialect: Dialect) -> Iterator[None]:
    """Turn what the database raises into our errors."""
    problem: EapWorkflowError
    try:
        yield
    except (SQLAlchemyError, dialect.errors) as error:
        cause = getattr(error, "orig", None) or error
        words, code = dialect.problem(cause)
        if dialect.is_repeated(code):
            # Two that open the same request, or use the same command id, at the same time: the first is there.
            problem = Conflict()
        elif dialect.is_unfit(code):
            problem = InvalidValue("value", UNFIT)
        else:
            problem = StoreError(f"{words} ({code})")
    except (UnicodeError, OverflowError):
        problem = InvalidValue("value", UNFIT)
    else:
        return
    try:
        raise problem
    except EapWorkflowError:
        # What is raised while a block ends takes along the error that ended it.
        problem.__context__ = None
        raise
