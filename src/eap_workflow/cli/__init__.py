"""The command line, ``eap-workflow``: an extra, so it says what to install where its packages are missing."""

from __future__ import annotations

import gc
import sys

from eap_workflow.extras import NotInstalled, extra

NEEDED = ("click", "rich", "sqlalchemy")
OBJECTS_TO_A_COLLECTION = 50_000


def main() -> None:
    """Run the command line; the exit status says how it went.

    0: done. 1: it could not be done. 2: the call was wrong, or the extra is not installed. 3: some commands of a file
    were refused, and the rest was done. 4: what was checked does not hold.
    """
    try:
        with extra("cli", *NEEDED):
            from eap_workflow.cli.app import app
    except NotInstalled as missing:
        sys.stderr.write(f"Error: {missing}\n")
        raise SystemExit(2) from None
    from eap_workflow.cli.standard_output import guarded

    collect_seldom()
    with guarded():
        app()


def collect_seldom() -> None:
    """Have this process look for reference cycles seldom: for a process that is a command's own, and no service's.

    A batch of commands or a page of requests is thousands of objects that are in no cycle and go away together. To look for
    cycles among them after every few hundred took a sixth of the time of a long file, and found none.
    """
    gc.set_threshold(OBJECTS_TO_A_COLLECTION, *gc.get_threshold()[1:])
