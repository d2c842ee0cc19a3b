"""How soon a page is there (页面速度): first paint of the main pages, and when the map has drawn everything.

    python -m benchmarks.page_speed [--network DIR] [--times 10]

A web process answers on an embedded database; Chromium opens every page as a new visitor, with nothing cached. The
first visit of the map, which has its tiles made, is told apart. Aim on an idle machine: first paint of the map 1.5 s.
"""

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import describe_machine
from benchmarks.web import Web, running_web
from tests.pages.browsing import PHONE, WIDE, Browser, Visit, open_browser

GOAL_MAP_S = 1.5
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
PUBLIC = ("/", "/map", "/guide")
SIGNED_IN = {"carrier": ("/plan", "/my"), "province-window": ("/desk",)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help="network folder; without one the synthetic province is made")
    parser.add_argument("--times", type=int, default=10, help="visits of a page (default: 10)")
    given = parser.parse_args()
    print(describe_machine(), flush=True)
    with running_web(given.network) as web, open_browser() as browser:
        first = map_is_drawn(browser, web)
        print(f"map, first visit, tiles are made:     painted {first[0]:.2f} s, drawn {first[1]:.2f} s")
        for size, name in ((WIDE, "wide"), (PHONE, "phone")):
            measure_map(browser, web, size, name, given.times)
        for path in PUBLIC:
            report(path, [paint_s(visited(browser, web, path)) for _ in range(given.times)])
        for login, paths in SIGNED_IN.items():
            for path in paths:
                report(path, [paint_s(visited(browser, web, path, login)) for _ in range(given.times)])


def measure_map(browser: Browser, web: Web, size: tuple[int, int], name: str, times: int) -> None:
    """The map with its tiles kept, as most people meet it."""
    found = [map_is_drawn(browser, web, size) for _ in range(times)]
    painted, drawn = (statistics.median(one) for one in zip(*found, strict=True))
    verdict = "reached" if painted <= GOAL_MAP_S else "MISSED"
    print(f"map, {name}: painted {painted:.2f} s (goal {GOAL_MAP_S}: {verdict}), drawn {drawn:.2f} s", flush=True)


def map_is_drawn(browser: Browser, web: Web, size: tuple[int, int] = WIDE) -> tuple[float, float]:
    """First paint, and when nothing is left to draw, in seconds."""
    visit = browser.visit(web.url, "/map", size=size)
    assert not visit.errors, visit.errors
    visit.wait_for_map()
    drawn = float(visit.page.evaluate("performance.now()")) / 1e3
    painted = paint_s(visit)
    browser.close_pages()
    return painted, drawn


def visited(browser: Browser, web: Web, path: str, login: str | None = None) -> Visit:
    """A page in a new browser, signed in if somebody is named."""
    if login is None:
        return browser.visit(web.url, path)
    visit = browser.visit(web.url, f"/sign-in?next={path}")
    visit.page.locator("input[name=login]").fill(login)
    visit.page.locator("input[name=password]").fill(web.password)
    visit.page.locator("main form button[type=submit]").first.click()
    visit.page.goto(web.url + path)
    return visit


def paint_s(visit: Visit) -> float:
    """First contentful paint in seconds."""
    assert not visit.errors, visit.errors
    while (painted := visit.page.evaluate(PAINT)) is None:  # a page's policy forbids waiting for an expression
        visit.page.wait_for_timeout(20)
    return float(painted) / 1e3


def report(path: str, seconds: Sequence[float]) -> None:
    """A line of one page."""
    print(f"{path:<24} first paint {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s", flush=True)


if __name__ == "__main__":
    main()
