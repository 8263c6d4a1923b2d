"""A whole, consistent copy of a SQLite store, made while it is written to: ``eap-workflow store backup``.

To copy the file is not enough: what was acknowledged last stands in the write-ahead log beside it. SQLite has two ways to
copy one state of a database. Its online backup copies pages, free ones among them, in which a removed request may still be
read, and begins again whenever another process writes between two parts of it. ``VACUUM INTO`` reads in one transaction that
hinders no writer, so that damage is noticed, and writes one file with nothing in it but what is there now: so it is this
one. It takes as much time as all rows need, and the log grows by what is written meanwhile.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.store.sql import schema
from eap_workflow.store.sql.dialects import Dialect, dialect_of, parsed
from eap_workflow.store.sql.failures import ours

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


@frozen(kw_only=True)
class Backup:
    """A copy that was made.

    Attributes:
        version: The version that its tables are of.
        size: How long it is, in bytes.
    """

    version: str
    size: int


def backup(url: str, file: str | os.PathLike[str]) -> Backup:
    """Copy a SQLite store to a new file, which is durable when this returns, and is there whole or not at all.

    The copy holds everything that was acknowledged before, and nothing of a transaction that has not ended. Only its owner
    may read it. A store of an older version can be copied too, before it is migrated.

    Args:
        url: SQLAlchemy's URL of the store.
        file: Where the copy goes; nothing may be there.

    Raises:
        InvalidValue: The URL is none, or of PostgreSQL, which ``pg_dump`` copies; or there is something at ``file``, or no
            file can be made there.
        StoreError: The store cannot be read, is nobody's of ours, or of a newer version.
    """
    place, target = parsed(url), Path(file)
    dialect = dialect_of(place.get_backend_name())
    if dialect.name != "sqlite":
        raise InvalidValue(
            "store", "only SQLite is copied so: pg_dump makes a consistent copy of a PostgreSQL database"
        )
    # Asked before the work as well as after it.
    if os.path.lexists(target):
        raise _taken()
    try:
        # A copy that is cut short is left under a name of its own, never under the one that was asked for.
        handle, made = tempfile.mkstemp(prefix=f"{target.name[:40]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        try:
            version = _copy(dialect, place, made)
            _sync(made)
            size = os.stat(made).st_size  # noqa: PTH116 - it is a name, as all here
            # Unlike a renaming, a link never takes the place of what is there.
            os.link(made, target)
        finally:
            with suppress(OSError):
                os.unlink(made)  # noqa: PTH108
        _sync(target.parent)
    except InvalidValue:
        # It is a ValueError as well, and what it is about is not the place of the copy.
        raise
    except FileExistsError:
        raise _taken() from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no name of a file"
        raise InvalidValue("file", f"no copy can be made there: {why}") from None
    return Backup(version=version, size=size)


def _copy(dialect: Dialect, place: URL, made: str) -> str:
    with closing(dialect), ours(dialect):
        engine = dialect.engine(place, create=False)
        try:
            with engine.connect() as connection:
                version = schema.version(dialect, connection)
                schema.check_known(version)
                if version == schema.NOTHING:
                    raise StoreError("the database holds no tables of ours")
                connection.exec_driver_sql("VACUUM INTO ?", (made,))
        finally:
            engine.dispose()
    return version


def _taken() -> InvalidValue:
    return InvalidValue("file", "there is something there already, and a copy never takes its place")


def _sync(path: str | Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; Windows has no such thing as an open folder."""
    is_folder = os.path.isdir(path)  # noqa: PTH112
    if os.name == "nt" and is_folder:
        return
    # Windows waits only for what was opened to be written to.
    handle = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
