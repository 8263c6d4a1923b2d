"""Version 0002: tables with a prefix, on SQLite and PostgreSQL; steps chained, each with its format; an outbox.

Beside the tables of version 0001, everything that was kept is brought over, and they are dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from sqlalchemy import BigInteger, Column, Identity, Integer, PrimaryKeyConstraint, Text, UniqueConstraint, text

from eap_workflow.store.sql.migrations import rows_of_0001

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"

TEXT: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

GUARDS = {
    "sqlite": (
        """CREATE TRIGGER eap_steps_are_kept BEFORE DELETE ON eap_steps
                WHEN NOT EXISTS (SELECT 1 FROM eap_removals WHERE request = OLD.request)
                BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
        """CREATE TRIGGER eap_steps_are_final BEFORE UPDATE ON eap_steps
                BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
        """CREATE TRIGGER eap_steps_follow BEFORE INSERT ON eap_steps
                WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM eap_steps WHERE request = NEW.request)
                    OR EXISTS (SELECT 1 FROM eap_steps WHERE position = NEW.position)
                BEGIN SELECT RAISE(ABORT, 'a step follows on the last one of its request'); END""",
        """CREATE TRIGGER eap_removals_follow BEFORE INSERT ON eap_removals
                WHEN EXISTS (SELECT 1 FROM eap_removals WHERE number = NEW.number OR request = NEW.request)
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
        """CREATE TRIGGER eap_removals_are_kept BEFORE DELETE ON eap_removals
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
        """CREATE TRIGGER eap_removals_are_final BEFORE UPDATE ON eap_removals
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
        """CREATE TRIGGER eap_policies_are_kept BEFORE DELETE ON eap_policies
                BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END""",
        """CREATE TRIGGER eap_policies_are_final BEFORE UPDATE ON eap_policies
                BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END""",
        """CREATE TRIGGER eap_calendars_are_kept BEFORE DELETE ON eap_calendars
                BEGIN SELECT RAISE(ABORT, 'calendars are append-only'); END""",
        """CREATE TRIGGER eap_calendars_are_final BEFORE UPDATE ON eap_calendars
                BEGIN SELECT RAISE(ABORT, 'calendars are append-only'); END""",
    ),
    "postgresql": (
        "ALTER TABLE eap_steps ADD COLUMN written xid8 NOT NULL DEFAULT pg_current_xact_id()",
        "CREATE INDEX eap_steps_as_written ON eap_steps (written, position)",
        """CREATE FUNCTION eap_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'this table is append-only'; END $$""",
        """CREATE FUNCTION eap_refuse_unless_removed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF EXISTS (SELECT 1 FROM eap_removals WHERE request = OLD.request) THEN RETURN OLD; END IF;
                    RAISE EXCEPTION 'steps are append-only';
                END $$""",
        """CREATE TRIGGER eap_steps_are_kept BEFORE DELETE ON eap_steps
                FOR EACH ROW EXECUTE FUNCTION eap_refuse_unless_removed()""",
        """CREATE TRIGGER eap_steps_are_final BEFORE UPDATE ON eap_steps
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
        """CREATE TRIGGER eap_steps_are_not_emptied BEFORE TRUNCATE ON eap_steps
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
        """CREATE TRIGGER eap_removals_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_removals
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
        """CREATE TRIGGER eap_policies_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_policies
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
        """CREATE TRIGGER eap_calendars_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_calendars
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
    ),
}
# A SQLite file that is ours alone says so, and a number by which the library of version 0001 refuses it as a newer one.
MARKS = (f"PRAGMA application_id = {0x45415057}", "PRAGMA user_version = 2")


def upgrade() -> None:
    """Make the tables, and bring over what version 0001 kept."""
    connection, options = op.get_bind(), op.get_context().opts
    _make_tables()
    _make_indexes()
    for statement in GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)
    if options["found"] == down_revision:
        rows_of_0001.bring_over(connection, options["processes"])
        for table in ("steps", "requests", "commands", "policies"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    if connection.dialect.name == "sqlite" and options["alone"]:
        for statement in MARKS:
            connection.exec_driver_sql(statement)


def _make_tables() -> None:
    _table(
        "steps",
        Column("position", NUMBER, Identity(), primary_key=True),
        _text("request"),
        _number("version"),
        _number("format"),
        _text("content"),
        _text("before"),
        _text("digest"),
        UniqueConstraint("request", "version", name="eap_steps_once"),
    )
    _table(
        "requests",
        _text("request", key=True),
        _text("workflow"),
        _text("state"),
        _number("version"),
        _text("at"),
        _text("employer", optional=True),
        _text("assist_case", optional=True),
        _number("pending"),
        _number("approved_in_advance"),
        _text("due_on", optional=True),
        _text("clock_at", optional=True),
        _text("passes_at", optional=True),
        _text("head"),
        _text("snapshot"),
    )
    _table("commands", _text("id", key=True), _text("digest"), _text("request"), _number("first"), _number("last"))
    _table(
        "policies", _text("contract"), _text("version"), _text("content"), PrimaryKeyConstraint("contract", "version")
    )
    _table("calendars", _text("fingerprint", key=True), _text("content"))
    _table(
        "messages",
        _text("id", key=True),
        _text("caused_at"),
        _text("request"),
        _text("kind"),
        _text("state"),
        _number("attempts"),
        _text("next_at", optional=True),
        _text("taken_by", optional=True),
        _text("problem", optional=True),
        _text("content"),
    )
    _table("checkpoints", _text("name", key=True), _text("position"))
    _table(
        "removals",
        _number("number", key=True),
        _text("request"),
        _text("workflow"),
        _number("steps"),
        _text("head"),
        _text("at"),
        _text("by"),
        _text("before"),
        _text("digest"),
        UniqueConstraint("request", name="eap_removals_once"),
    )


def _make_indexes() -> None:
    _index("commands", "by_request", "request")
    _index("messages", "in_order", "caused_at", "id")
    _index("messages", "by_request", "request")
    _index("messages", "by_next_attempt", "next_at", "id", partial=True)
    _index("requests", "by_case", "assist_case", partial=True)
    _index("requests", "by_clock", "clock_at", "request", partial=True)
    _index("requests", "by_passing", "passes_at", "request", partial=True)
    _index("requests", "by_due_date", "due_on", "request", partial=True)
    _index("requests", "by_state", "state", "request")
    _index("requests", "by_employer", "employer", "request", partial=True)


def _table(name: str, *parts: Column[Any] | PrimaryKeyConstraint | UniqueConstraint) -> None:
    op.create_table(f"eap_{name}", *parts, sqlite_strict=True, sqlite_autoincrement=name == "steps")


def _text(name: str, *, optional: bool = False, key: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=optional, primary_key=key)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, NUMBER, nullable=False, primary_key=key, autoincrement=False)


def _index(table: str, name: str, *columns: str, partial: bool = False) -> None:
    where: dict[str, Any] = {}
    if partial:
        there = text(f"{columns[0]} IS NOT NULL")
        where = {"sqlite_where": there, "postgresql_where": there}
    op.create_index(f"eap_{table}_{name}", f"eap_{table}", list(columns), **where)
