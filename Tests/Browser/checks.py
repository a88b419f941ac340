"""What every page must hold, whatever it is about."""

import json
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page

TOOLS = Path(__file__).resolve().parents[2] / ".venv" / "tools"
AXE = (TOOLS / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "EN-301-549", "RGAAv4"]


def axe(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA, EN 301 549 and RGAA 4. Evaluated by the browser's debugger, so
    the content security policy of the page stays as it is."""
    page.evaluate(f"() => {{ {AXE} }}")
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} ({(node['failureSummary'] or '')[:300]})"
        for violation in found["violations"] for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window; 0 when nobody must scroll sideways."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)")


def small_targets(page: Page, least: float = 24) -> list[str]:
    """Links and controls lower than WCAG 2.2 allows (2.5.8), except links inside a sentence."""
    return page.evaluate(
        """least => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
            .filter(target => {
                const box = target.getBoundingClientRect();
                if (box.width === 0 || target.closest(".unseen, [hidden]")) return false;
                const label = target.closest("label")?.getBoundingClientRect();
                return Math.max(box.height, label?.height ?? 0) < least && getComputedStyle(target).display !== "inline";
            })
            .map(target => `${target.outerHTML.slice(0, 120)} (${target.getBoundingClientRect().height})`)""", least)


def wide_text_spacing(page: Page) -> None:
    """The spacing that a reader may set (WCAG 1.4.12). A constructed style sheet: the policy allows no inline one."""
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
            document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        }""")


def invalid_html(pages: dict[str, str]) -> list[str]:
    """What the Nu HTML checker finds wrong in these pages, by name. One run for all: Java starts slowly."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(folder) / f"{number}.html"
            path.write_text(html, encoding="utf-8")
            names[path.name] = name
        done = subprocess.run(
            ["java", "-jar", str(TOOLS / "vnu.jar"), "--format", "json", "--stdout", "--exit-zero-always", folder],
            capture_output=True, text=True, timeout=300)
        messages = json.loads(done.stdout)["messages"]
    return [
        f"{names[message['url'].rsplit('/', 1)[-1]]}: {message['message']} in {message.get('extract', '')[:160]!r}"
        for message in messages
        if message["type"] != "info" or message.get("subType") == "warning"
        # A guess, not a rule: a German page that lists thirty French names, each marked as French, misleads it.
        if "appears to be written in" not in message["message"]
    ]
