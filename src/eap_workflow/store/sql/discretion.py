"""What other libraries would log of a statement: rows and values, at the level DEBUG, which stay out of every log."""

from __future__ import annotations

import logging

ENGINE = "eap_workflow"
"""By this name SQLAlchemy logs what the store's engines do."""


def hush(*, driver: str = "") -> None:
    """Keep rows and values out of the log of the store's engines, or of a driver that logs by itself."""
    # An option hides the values of statements from SQLAlchemy's log; rows, which it shows at DEBUG, are kept out by this.
    logging.getLogger(driver or f"sqlalchemy.engine.Engine.{ENGINE}").addFilter(_is_no_detail)


def _is_no_detail(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
