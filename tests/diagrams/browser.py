"""A real browser, where there is one: Chromium without a window, on pages of this machine alone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--virtual-time-budget=20000",
    "--dump-dom",
)


def asked(page: str, script: str, folder: Path) -> Any:
    """Show a page, and give what a script says of it.

    Args:
        page: The page's body.
        script: The body of an asynchronous function; what it returns is sent as JSON.
        folder: Where the page and the browser's own files are kept.
    """
    assert CHROMIUM is not None
    file = folder / "page.html"
    send = "document.body.innerHTML = ''; document.body.append(answer)"
    run = (
        "addEventListener('load', async () => { const answer = document.createElement('pre'); answer.id = 'answer';"
        f"try {{ answer.textContent = JSON.stringify(await (async () => {{ {script} }})()); }}"
        f"catch (error) {{ answer.textContent = JSON.stringify({{error: String(error)}}); }} {send} }})"
    )
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{page}<script>{run}</script></body>", encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'browser'}", file.as_uri()],
        capture_output=True,
        check=True,
        text=True,
        timeout=90,
    )
    found = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found is not None, "the page did not answer"
    return json.loads(unescape(found[1]))
