"""Take the pictures of the main pages (界面截图) from a started demo, for README and docs.

    dajian demo --port 8000                                # in another terminal
    python tools/make_screenshots.py http://127.0.0.1:8000 docs/pictures --password PASSWORD

The password of the demo's accounts stands on its start page and in `demo_logins.json`. Every picture is a PNG of
at most 300 kB. Exit status 1, with a line for each, if a page is missing, answers with a fault or asks another host.
"""

import argparse
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking")
SIZES = {"wide": (1280, 900), "tall": (1280, 1400), "phone": (390, 844)}
LARGEST_BYTES = 300_000
COLOURS = (256, 128, 64, 32)
MAP_WAIT_MS = 60_000
ANSWER_WAIT_MS = 180_000
OK = 200
TRIP = {"start": "112.9388, 28.2282", "end": "113.1340, 27.8280"}  # the seats of two cities of the demo


class MissingPageError(Exception):
    """A page that should be pictured is not there."""


Way = Callable[[Page, str], None]


@dataclass(frozen=True)
class Shot:
    """One page to be pictured: name of the file, whose it is, how one gets there, in which sizes."""

    name: str
    login: str | None
    way: Way
    sizes: tuple[str, ...] = ("wide",)


@dataclass
class Visit:
    """A browser window signed in as somebody, and what went wrong in it."""

    page: Page
    faults: list[str] = field(default_factory=list)


def go(path: str) -> Way:
    """Open an address."""

    def way(page: Page, address: str) -> None:
        answer = page.goto(address + path)
        status = answer.status if answer else 0
        if status != OK:
            raise MissingPageError(f"{path}: answered {status}")

    return way


def first(path: str, link: str) -> Way:
    """Open a list and follow its first link of a kind."""

    def way(page: Page, address: str) -> None:
        go(path)(page, address)
        target = page.locator(f"main a[href^='{link}']").first
        if not target.count():
            raise MissingPageError(f"{path}: no link to {link}…")
        go(target.get_attribute("href") or link)(page, address)

    return way


def planned(page: Page, address: str) -> None:
    """Ask for a route with one of the ready vehicles."""
    go("/plan?preset=modular7")(page, address)
    for name, place in TRIP.items():
        page.locator(f"input[name={name}]").fill(place)
    page.locator("#plan-ask").click()
    page.wait_for_url("**/plan/*", timeout=ANSWER_WAIT_MS)


SHOTS = (
    Shot("start", None, go("/"), ("wide", "phone")),
    Shot("map", None, go("/map")),
    Shot("guide", None, go("/guide"), ("tall", "phone")),
    Shot("plan", "carrier", planned, ("tall", "phone")),
    Shot("my", "carrier", go("/my"), ("wide", "phone")),
    Shot("desk-case", "province-reviewer", first("/desk", "/desk/cases/"), ("tall",)),
    Shot("dashboard", "province-approver", go("/dashboard")),
    Shot("inbox", "highway-centre", first("/inbox", "/inbox/"), ("wide", "phone")),
    Shot("inspect", "city-enforcement", go("/inspect"), ("wide", "phone")),
)


@contextmanager
def window(browser: Browser, address: str, size: str, login: str | None, password: str) -> Iterator[Visit]:
    """A fresh window, signed in."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == "phone" else 1,
        color_scheme="light",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    visit = Visit(context.new_page())
    own = urlsplit(address).netloc
    visit.page.on("request", lambda one: _note_host(visit, one.url, own))
    visit.page.on("pageerror", lambda error: visit.faults.append(f"script: {error}"))
    try:
        if login is not None:
            sign_in(visit.page, address, login, password)
        yield visit
    finally:
        context.close()


def _note_host(visit: Visit, url: str, own: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"data", "blob"} and parts.netloc != own:
        visit.faults.append(f"asked another host: {url}")


def sign_in(page: Page, address: str, login: str, password: str) -> None:
    """Sign in by the form."""
    go("/sign-in")(page, address)
    page.locator("#f-login").fill(login)
    page.locator("#f-password").fill(password)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
    if urlsplit(page.url).path == "/sign-in":
        raise MissingPageError(f"{login} cannot sign in: is this the demo, and its password?")


def settle(page: Page) -> None:
    """Wait until maps are drawn and letters are there."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    if page.locator("canvas.maplibregl-canvas").count():
        page.locator("html[data-map=idle]").wait_for(state="attached", timeout=MAP_WAIT_MS)


def small_png(shot: bytes) -> bytes:
    """The picture as it is if that is small enough, else with as many colours as fit the largest size."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    packed = packed_png(image)
    for colours in COLOURS:
        if len(packed) <= LARGEST_BYTES:
            break
        packed = packed_png(image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))
    return packed


def packed_png(image: Image.Image) -> bytes:
    """An image as a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def take(browser: Browser, shot: Shot, size: str, address: str, password: str) -> tuple[bytes, list[str]]:
    """One picture and what was wrong with its page."""
    with window(browser, address, size, shot.login, password) as visit:
        shot.way(visit.page, address)
        settle(visit.page)
        return small_png(visit.page.screenshot()), visit.faults


def take_all(browser: Browser, address: str, folder: Path, password: str, only: list[str]) -> list[str]:
    """All pictures; what went wrong, by picture."""
    faults = []
    for shot in (one for one in SHOTS if not only or one.name in only):
        for size in shot.sizes:
            name = f"{shot.name}-phone" if size == "phone" else shot.name
            try:
                packed, wrong = take(browser, shot, size, address, password)
            except (MissingPageError, PlaywrightError) as error:
                faults.append(f"{name}: {str(error).splitlines()[0]}")
                continue
            (folder / f"{name}.png").write_bytes(packed)
            faults += [f"{name}: {one}" for one in wrong]
            print(f"{name}.png {len(packed) // 1000} kB")
    return faults


def main() -> int:
    """Take the pictures; the exit status."""
    parser = argparse.ArgumentParser(description="Take the pictures of the main pages from a started demo.")
    parser.add_argument("address", help="of the demo, such as http://127.0.0.1:8000")
    parser.add_argument("folder", type=Path, help="where the pictures are written")
    parser.add_argument("--password", required=True, help="of the demo's accounts")
    names = [shot.name for shot in SHOTS]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="NAME", help=f"of {', '.join(names)}")
    asked = parser.parse_args()
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        print(f"no browser: none of {', '.join(PROGRAMS)} is installed", file=sys.stderr)
        return 1
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS), headless=True)
        faults = take_all(browser, asked.address.rstrip("/"), asked.folder, asked.password, asked.only)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
