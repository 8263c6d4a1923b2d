"""Which databases the store runs on, and that both answer to the same questions."""

from __future__ import annotations

import inspect

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.store.sql.dialects import DIALECTS, dialect_of, parsed
from eap_workflow.store.sql.postgresql import PostgreSql
from eap_workflow.store.sql.sqlite import Sqlite


def test_each_database_has_its_dialect() -> None:
    """A dialect is found by SQLAlchemy's name of the database, and says that name itself."""
    assert isinstance(dialect_of("sqlite"), Sqlite)
    assert isinstance(dialect_of("postgresql"), PostgreSql)
    assert all(dialect_of(name).name == name for name in DIALECTS)


@pytest.mark.parametrize("name", ["mysql", "oracle", "", "SQLite", "planted"])
def test_another_database_is_refused(name: str) -> None:
    """The store runs on two databases, which the error names; what was asked for it does not show."""
    with pytest.raises(InvalidValue, match="a SQLite or a PostgreSQL database is needed") as caught:
        dialect_of(name)
    assert caught.value.field == "store"
    assert "planted" not in str(caught.value)


def test_both_answer_to_the_same_questions() -> None:
    """Whatever the store asks of one dialect it can ask of the other, with the same arguments."""
    assert _questions(Sqlite) == _questions(PostgreSql)


def _questions(dialect: type) -> dict[str, list[str]]:
    members = {name: inspect.getattr_static(dialect, name) for name in dir(dialect) if not name.startswith("_")}
    return {
        name: list(inspect.signature(member).parameters) if inspect.isfunction(member) else []
        for name, member in members.items()
    }


@pytest.mark.parametrize(
    "url", ["", "planted", "planted.db", "sqlite", "sqlite:/planted", "://planted", "a b://planted"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    """What SQLAlchemy cannot read as a URL is refused without showing it, for it may hold a password."""
    with pytest.raises(InvalidValue, match="a SQLAlchemy URL is needed") as caught:
        parsed(url)
    assert "planted" not in str(caught.value) + repr(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql+psycopg://host/name", "sqlite://"])
def test_a_url_is_read(url: str) -> None:
    """A URL comes back as it was given."""
    assert parsed(url).render_as_string(hide_password=False) == url
