"""A browser for tests: Debian's Chromium driven by Playwright, and what every page must fulfil in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as PlaywrightBrowser
from playwright.sync_api import BrowserContext, Page, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # the map draws without a graphics card
)
WIDE, PHONE = (1280, 800), (390, 844)
LOCAL_SCHEMES = frozenset({"data", "blob"})
MAP_IS_IDLE = "html[data-map=idle]"
MAP_WAIT_MS = 60_000


@dataclass
class Visit:
    """One page in a browser and everything it did."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def other_hosts(self, address: str) -> list[str]:
        """Requests to any server but ours."""
        own = urlsplit(address).netloc
        parts = ((url, urlsplit(url)) for url in self.requests)
        return [url for url, part in parts if part.scheme not in LOCAL_SCHEMES and part.netloc != own]

    def serious_findings(self) -> list[str]:
        """What axe-core finds that keeps people out."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]

    def overflow_px(self) -> int:
        """How much wider than the window the page is."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def wait_for_map(self) -> None:
        """Wait until the map has drawn everything."""
        self.page.locator(MAP_IS_IDLE).wait_for(state="attached", timeout=MAP_WAIT_MS)


@dataclass
class Browser:
    """Opens pages, each as a new visitor."""

    playwright: PlaywrightBrowser
    _contexts: list[BrowserContext] = field(default_factory=list)

    def visit(
        self,
        address: str,
        path: str,
        *,
        size: tuple[int, int] = WIDE,
        language: str = "zh",
        dark: bool = False,
        scripts: bool = True,
    ) -> Visit:
        """Open a page and watch it."""
        context = self.playwright.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        self._contexts.append(context)
        context.add_cookies([{"name": "dajian_lang", "value": language, "url": address}])
        visit = Visit(context.new_page())
        visit.page.on("console", lambda one: visit.errors.append(one.text) if one.type == "error" else None)
        visit.page.on("pageerror", lambda error: visit.errors.append(str(error)))
        visit.page.on("request", lambda request: visit.requests.append(request.url))
        visit.page.goto(address + path)
        return visit

    def close_pages(self) -> None:
        """End every visit."""
        while self._contexts:
            self._contexts.pop().close()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The browser of this machine; skips, saying why, where there is none. It never fetches one."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"NO BROWSER: none of {', '.join(PROGRAMS)} is installed, so no page was looked at")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(Path(program)), args=list(FLAGS), headless=True)
        browser = Browser(launched)
        yield browser
        browser.close_pages()
        launched.close()
