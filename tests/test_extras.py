"""What is not installed is named with the extra that brings it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest

from eap_workflow.extras import NotInstalled, extra


@pytest.mark.parametrize(
    ("package", "name", "statement"),
    [
        ("sqlalchemy", "sql", "from eap_workflow.store.sql import SqlStore"),
        ("alembic", "sql", "from eap_workflow.store.sql.migrating import migrate"),
        ("sqlalchemy", "asyncio", "from eap_workflow.asynchronous import AsyncService"),
        ("greenlet", "asyncio", "from eap_workflow.asynchronous import AsyncService"),
        ("jinja2", "mail", "from eap_workflow.notify import Rendering"),
        ("jinja2", "dossier", "from eap_workflow.dossier import page; page._environment()"),
        ("pytest", "testing", "import eap_workflow.testing"),
        ("hypothesis", "testing", "import eap_workflow.testing"),
        (
            "psycopg",
            "postgresql",
            "from eap_workflow.store.sql import migrating; migrating.migrate('postgresql://nobody@nowhere/nothing', None)",
        ),
    ],
)
def test_a_package_that_is_not_installed_is_named_with_its_extra(package: str, name: str, statement: str) -> None:
    """Whoever imports what needs an extra, and has not installed it, is told which one."""
    blocked = f"import sys; sys.modules[{package!r}] = None; {statement}"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", blocked], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == (
        f"eap_workflow.extras.NotInstalled: {package} is not installed; it comes with the extra '{name}':"
        f" pip install 'eap-workflow[{name}]'"
    )


def test_the_error_is_one_that_python_has_for_it() -> None:
    """Whoever asks whether a package is there, as a test runner that skips, catches it as any other that is missing."""
    with pytest.raises(ModuleNotFoundError, match="comes with the extra 'sql'") as caught, extra("sql", "nowhere"):
        import nowhere.inside  # type: ignore[import-not-found] # noqa: F401
    assert isinstance(caught.value, NotInstalled)
    assert caught.value.name == "nowhere"
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own, of a moment ago
    assert (str(again), again.name) == (str(caught.value), "nowhere")


def test_what_is_missing_for_another_reason_is_not_blamed_on_the_extra() -> None:
    """A module of another name, and any other error, is shown as it is."""
    with pytest.raises(ModuleNotFoundError, match="No module named 'elsewhere'"), extra("sql", "sqlalchemy"):
        import elsewhere  # type: ignore[import-not-found] # noqa: F401
    with pytest.raises(ZeroDivisionError), extra("sql", "sqlalchemy"):
        _ = 1 / 0
