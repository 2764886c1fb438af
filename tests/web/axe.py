"""axe-core on a page that a browser shows: what it finds wrong at WCAG 2.2 AA."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe

# WCAG 2.0 to 2.2, levels A and AA, and what is good practice for landmarks and headings.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without `preload` it fetches no style sheet a second time, which our policy would refuse and the browser complain of.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "preload": False, "resultTypes": ["violations"]}


def violations(page: Any, *, only: str = "") -> list[str]:
    """One line for each rule broken and each place it is broken at; empty for a page without fault.

    `only` names one rule, such as `color-contrast`: the others find the same in the dark.
    """
    options = {**OPTIONS, "runOnly": {"type": "rule", "values": [only]}} if only else OPTIONS
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:160]}" for rule in found for node in rule["nodes"]]
