"""The database's errors as ours: in words, by what they mean, and with nothing of the database's own in them."""

from __future__ import annotations

import sqlite3
import traceback

import psycopg
import pytest
import sqlalchemy

from eap_workflow.errors import Conflict, EapWorkflowError, InvalidValue, Refused, StoreError
from eap_workflow.store.sql.dialects import Dialect
from eap_workflow.store.sql.failures import ours
from eap_workflow.store.sql.postgresql import PostgreSql
from eap_workflow.store.sql.sqlite import Sqlite

PLANTED = "planted"


def named(name: str) -> sqlite3.Error:
    """An error of SQLite's with a name."""
    error = sqlite3.OperationalError(PLANTED)
    error.sqlite_errorname = name
    return error


ERRORS: list[tuple[Dialect, Exception, type[EapWorkflowError], str]] = [
    (Sqlite(), named("SQLITE_FULL"), StoreError, "the disk is full"),
    (Sqlite(), named("SQLITE_BUSY"), StoreError, "locked by somebody else"),
    (Sqlite(), named("SQLITE_READONLY"), StoreError, "cannot be written to"),
    (Sqlite(), named("SQLITE_READONLY_DIRECTORY"), StoreError, "may not write in the folder of the database"),
    (Sqlite(), named("SQLITE_READONLY_CANTINIT"), StoreError, "cannot be written to"),
    (Sqlite(), named("SQLITE_CANTOPEN_ISDIR"), StoreError, "cannot be opened: is it a file that may be read"),
    (Sqlite(), named("SQLITE_CORRUPT"), StoreError, "is damaged, or was cut short"),
    (Sqlite(), named("SQLITE_IOERR_WRITE"), StoreError, "has failed"),
    (Sqlite(), named("SQLITE_ODD"), StoreError, "did not do it"),
    (Sqlite(), named("SQLITE_CONSTRAINT_UNIQUE"), Conflict, "was first"),
    (Sqlite(), named("SQLITE_CONSTRAINT_PRIMARYKEY"), Conflict, "was first"),
    (Sqlite(), sqlite3.InterfaceError(PLANTED), StoreError, "did not do it"),
    (PostgreSql(), psycopg.errors.UniqueViolation(PLANTED), Conflict, "was first"),
    (PostgreSql(), psycopg.errors.DiskFull(PLANTED), StoreError, "the disk is full"),
    (PostgreSql(), psycopg.errors.DeadlockDetected(PLANTED), Conflict, "at the same time"),
    (PostgreSql(), psycopg.errors.CheckViolation(PLANTED), StoreError, "did not do it"),
    (PostgreSql(), psycopg.errors.ConnectionException(PLANTED), StoreError, "cannot be reached"),
    (PostgreSql(), psycopg.OperationalError(PLANTED), StoreError, "cannot be reached"),
    (PostgreSql(), psycopg.errors.ConnectionTimeout(PLANTED), StoreError, "cannot be reached"),
    (PostgreSql(), psycopg.ProgrammingError(PLANTED), StoreError, "what the URL of the database says"),
    (PostgreSql(), sqlalchemy.exc.TimeoutError(PLANTED), StoreError, "all connections"),
    (Sqlite(), sqlalchemy.exc.TimeoutError(PLANTED), StoreError, "all connections"),
    (Sqlite(), sqlalchemy.exc.ResourceClosedError(PLANTED), StoreError, "was closed"),
    (Sqlite(), sqlalchemy.exc.NoSuchModuleError(PLANTED), StoreError, "the URL"),
    (Sqlite(), sqlalchemy.exc.CompileError(PLANTED), StoreError, "did not do it"),
    (PostgreSql(), psycopg.errors.ProtocolViolation(PLANTED), StoreError, "a pooler before it"),
    (PostgreSql(), psycopg.errors.InvalidSqlStatementName(PLANTED), StoreError, "prepare_threshold=none in the URL"),
    (PostgreSql(), psycopg.errors.QueryCanceled(PLANTED), StoreError, "took longer than is permitted"),
    (PostgreSql(), psycopg.errors.IdleInTransactionSessionTimeout(PLANTED), StoreError, "went on for too long"),
    (PostgreSql(), psycopg.errors.FeatureNotSupported(PLANTED), StoreError, "a standby"),
    (PostgreSql(), psycopg.DataError(PLANTED), InvalidValue, "any database can keep"),
    (Sqlite(), UnicodeEncodeError("utf-8", PLANTED, 0, 1, PLANTED), InvalidValue, "any database can keep"),
    (Sqlite(), OverflowError(PLANTED), InvalidValue, "any database can keep"),
]


@pytest.mark.parametrize("is_wrapped", [False, True], ids=["the driver's", "wrapped"])
@pytest.mark.parametrize(("dialect", "error", "expected", "words"), ERRORS)
def test_each_error_is_told_in_our_words(
    dialect: Dialect, error: Exception, expected: type[EapWorkflowError], words: str, *, is_wrapped: bool
) -> None:
    """By its code, whether the driver raised it or SQLAlchemy around it; its own words, which can hold a value, are gone."""
    if is_wrapped and isinstance(error, (sqlite3.Error, psycopg.Error)):
        error = sqlalchemy.exc.DBAPIError(f"INSERT {PLANTED}", {PLANTED: PLANTED}, error)
    with pytest.raises(expected, match=words) as caught, ours(dialect):
        raise error
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    said = traceback.format_exception_only(caught.value)
    assert PLANTED not in "".join(said) + repr(vars(caught.value))


def test_an_error_while_another_ends_a_block_holds_neither() -> None:
    """A failure on the way out takes along nothing of what was being raised."""
    with pytest.raises(StoreError) as caught, ours(Sqlite()):
        _fail_twice()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def _fail_twice() -> None:
    try:
        raise ValueError(PLANTED)
    finally:
        raise named("SQLITE_FULL")


@pytest.mark.parametrize("error", [KeyError(PLANTED), KeyboardInterrupt(), StoreError("ours"), Conflict("XS-1")])
def test_what_is_not_the_databases_passes_through(error: BaseException) -> None:
    """Errors of the caller's and our own are raised as they are."""
    with pytest.raises(type(error)) as caught, ours(Sqlite()):
        raise error
    assert caught.value is error
    assert issubclass(Refused, EapWorkflowError)


def test_nothing_raised_is_nothing_told() -> None:
    """A block that ends well ends well."""
    with ours(PostgreSql()):
        pass
