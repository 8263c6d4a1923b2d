"""A real browser, where there is one: Chromium without a window, on pages of this machine alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = Path(os.environ.get("EAP_WORKFLOW_NODE_MODULES", "node_modules")).absolute()
AXE = MODULES / "axe-core" / "axe.min.js"
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
)
SCHEMES = {"dark": "0", "light": "1"}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def asked(page: str, script: str, folder: Path) -> Any:
    """Show a page, and give what a script says of it.

    Args:
        page: The page's body.
        script: The body of an asynchronous function; what it returns is sent as JSON.
        folder: Where the page and the browser's own files are kept.
    """
    file = folder / "page.html"
    send = "document.body.innerHTML = ''; document.body.append(answer)"
    run = (
        "addEventListener('load', async () => { const answer = document.createElement('pre'); answer.id = 'answer';"
        f"try {{ answer.textContent = JSON.stringify(await (async () => {{ {script} }})()); }}"
        f"catch (error) {{ answer.textContent = JSON.stringify({{error: String(error)}}); }} {send} }})"
    )
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{page}<script>{run}</script></body>", encoding="utf-8")
    return answer_of(file, folder)


def examined(pages: Mapping[str, str], folder: Path, *, scheme: str, width: int) -> dict[str, Any]:
    """Show pages in windows of a width, and give what axe-core finds on each, and how wide it is.

    The pages' own policy forbids every script, so it is taken out for as long as they are looked at.

    Args:
        pages: By name, each a whole page.
        folder: Where the pages and the browser's own files are kept.
        scheme: Whether the reader prefers a light page or a dark one.
        width: How many pixels wide the windows are.
    """
    shutil.copy(AXE, folder / "axe.min.js")
    frames = []
    for name, page in pages.items():
        look = (
            "addEventListener('load', async () => { const found = await axe.run(document, {resultTypes: ['violations']});"
            "const violations = found.violations.map((each) => [each.id, ...each.nodes.map((node) => node.html)]);"
            "const root = document.documentElement;"
            "const dark = matchMedia('(prefers-color-scheme: dark)').matches;"
            f"parent.postMessage({{name: {json.dumps(name)}, violations, passes: found.passes.length, dark,"
            "too_wide: root.scrollWidth - root.clientWidth, scrolling: [...document.querySelectorAll('.scroll')]"
            ".filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.getAttribute('aria-label'))"
            "}, '*'); })"
        )
        scripts = f'<script src="axe.min.js"></script><script>{look}</script></body>'
        (folder / f"{name}.html").write_text(POLICY.sub("", page).replace("</body>", scripts), encoding="utf-8")
        frames.append(f'<iframe src="{name}.html" style="width:{width}px;height:700px;border:0"></iframe>')
    wait = (
        "<script>const found = {}; addEventListener('message', (each) => { found[each.data.name] = each.data;"
        f"if (Object.keys(found).length === {len(pages)}) {{ const answer = document.createElement('pre'); answer.id = 'answer';"
        "answer.textContent = JSON.stringify(found); document.body.replaceChildren(answer); } })</script>"
    )
    file = folder / "frames.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{wait}{''.join(frames)}</body>", encoding="utf-8")
    found: dict[str, Any] = answer_of(file, folder, f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}")
    return found


def printed(file: Path, folder: Path) -> Path:
    """Print a page that lies on the disk as PDF."""
    pdf = folder / f"{file.stem}.pdf"
    _run(file, folder, f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    return pdf


def fetched(file: Path, folder: Path) -> set[str]:
    """Open a page that lies on the disk, as it is, and give the address of all that the browser asked for."""
    log = folder / "net.json"
    _run(file, folder, f"--log-net-log={log}", "--dump-dom")
    return set(re.findall(r'"url":"([^"]+)"', log.read_text(encoding="utf-8")))


def answer_of(file: Path, folder: Path, *options: str) -> Any:
    """Open a page that lies on the disk, and give what it has answered, as JSON, in its element ``answer``.

    Args:
        file: The page.
        folder: Where the browser's own files are kept.
        *options: Of the browser.
    """
    dom = _run(file, folder, "--dump-dom", *options)
    found = re.search(r'<pre id="answer">(.*?)</pre>', dom, re.DOTALL)
    assert found is not None, "the page did not answer"
    return json.loads(unescape(found[1]))


def _run(file: Path, folder: Path, *options: str) -> str:
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, *FLAGS, *options, f"--user-data-dir={folder / 'browser'}", file.as_uri()],
        capture_output=True,
        check=True,
        text=True,
        timeout=120,
    )
    return done.stdout
