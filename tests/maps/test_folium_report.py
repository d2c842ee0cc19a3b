"""Tests of maps.folium_report: the page stands alone, is safe, is always the same, and works in a browser."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from maps.errors import PageDataError, ReviewShapeError
from maps.folium_report import render_html
from maps.leaflet_assets import leaflet_script, leaflet_style
from maps.style import DRAWN_OUTCOMES, verdict_style
from tests.maps.sample_reviews import VERDICTS, finding, sample_backdrop, sample_review

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MINUS = "\u2212"
NASTY = [
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    '" onmouseover="document.title=\'owned\'" x="',
    "{{ 7 * 191 }}{% raw %}{# x #}",
    "${document.title='owned'}`'\\",
    "<!--<script>",
    "</script/x <!-- </ScRiPt\n",
    "]]>\u2028&lt;b&gt;",
]


class Page(HTMLParser):
    """Collects what a page would load, what it runs and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.script_types: list[str | None] = []
        self.tags: list[str] = []
        self.text = ""
        self.policy = ""
        self._inside: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in values if name.startswith("on")]
        for name in ("src", "srcset", "data", "poster", "xlink:href", "action", "formaction"):
            if values.get(name):
                self.loads.append(str(values[name]))
        if values.get("href"):
            (self.links if tag == "a" else self.loads).append(str(values["href"]))
        self.styles.append(values.get("style") or "")
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        if tag == "script":
            self.script_types.append(values.get("type"))
            self.scripts.append("")
        self._inside = tag if tag in {"script", "style"} else None

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        elif self._inside == "style":
            self.styles.append(data)
        else:
            self.text += data


def page_of(review: dict[str, Any], **changes: Any) -> str:  # noqa: ANN401
    options = {"title": "变压器运输", "attribution": "合成演示数据", "backdrop": sample_backdrop()} | changes
    return render_html(review, **options)


def data_of(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.scripts[0])
    return found


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_page_loads_nothing_from_anywhere(verdict: str) -> None:
    html = page_of(sample_review(verdict))
    page = Page(html)
    assert page.loads == []
    assert not {"link", "iframe", "img", "object", "embed", "base"} & set(page.tags)
    addresses = re.findall(r"url\(\s*[\"']?([^)\"']*)", " ".join(page.styles))
    assert addresses
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert "@import" not in " ".join(page.styles)
    assert "sourceMappingURL" not in html
    assert "default-src 'none'" in page.policy
    for library in ("jsdelivr", "jquery", "bootstrap", "cdnjs", "fontawesome", "glyphicon"):
        assert library not in html.lower()


def test_leaflet_stands_in_the_page_once() -> None:
    html = page_of(sample_review("passes"))
    assert html.count(leaflet_script()) == 1
    assert html.count(leaflet_style()) == 1
    assert html.count("L.map(") == 1


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_same_review_gives_the_same_bytes(verdict: str) -> None:
    review = sample_review(verdict)
    turned = json.loads(json.dumps(review, sort_keys=True))
    assert page_of(review) == page_of(copy.deepcopy(review)) == page_of(turned)


def test_openstreetmap_is_always_named_and_once() -> None:
    for attribution in ("", "甲公司", "© OpenStreetMap contributors, ODbL 1.0"):
        html = page_of(sample_review("passes"), attribution=attribution)
        assert html.count("© OpenStreetMap contributors") == 1
        assert "© OpenStreetMap contributors, ODbL 1.0" in Page(html).text


def test_addresses_in_the_attribution_become_links_and_nothing_else_does() -> None:
    page = Page(
        page_of(sample_review("passes"), attribution="见 https://example.org/a?b=1&c=2。<b>x</b> javascript:alert(1)")
    )
    assert page.links[2:] == ["https://example.org/a?b=1&c=2"]
    assert "<b>x</b> javascript:alert(1)" in page.text


@pytest.mark.parametrize("nasty", NASTY)
def test_words_of_a_review_never_become_code(nasty: str) -> None:
    review = sample_review("blocked")
    plain = Page(page_of(review))
    for route in review["routes"]:
        route["phrase"] = nasty
        for item in (*route["legs"], *route["divisions"]):
            item["name"] = item["ref"] = item["code"] = nasty
        for item in route["findings"]:
            item |= {"reason": nasty, "source": nasty, "conditions": [nasty], "unit": nasty}
            item["structure"] = {"id": nasty, "name": nasty, "kind": nasty}
    review["why_not"]["blockers"] = [finding("blocked", nasty, 0, reason=nasty, basis=nasty, lon=112.7, lat=28.0)]
    review["classification"] |= {"class": nasty, "refusals": [nasty, {"clause": nasty, "text": nasty}]}
    review["jurisdiction"] = {"level": nasty, "accepts": nasty, "co_review": [{"body": nasty}]}
    review |= {"network_id": nasty, "overlay_ids": [nasty], "on": nasty, "deadlines": {nasty: nasty}}
    page = Page(page_of(review, title=nasty, attribution=nasty))
    assert page.handlers == []
    assert page.script_types == plain.script_types == ["application/json", None, None]
    assert page.scripts[1:] == plain.scripts[1:]
    assert not set("<>&\u2028") & set(page.scripts[0])
    assert page.links == plain.links
    assert set(page.tags) <= set(plain.tags) | {"details", "summary"}
    names = [f["properties"]["name"] for f in data_of(page)["features"] if f["properties"]["kind"] == "leg"]
    assert names == [nasty] * 3
    assert nasty.replace("\u2028", " ") in page.text
    assert "1337" not in page.text


def test_values_of_a_later_version_are_shown_as_they_stand() -> None:
    review = sample_review("conditional")
    review["verdict"] = "perhaps"
    review["classification"]["class"] = "IV"
    review["routes"][0]["findings"][0] |= {"outcome": "perhaps", "quantity": "noise", "basis": "heard"}
    page = Page(page_of(review))
    for word in ("perhaps", "IV", "noise", "heard"):
        assert word in page.text
    assert {f["properties"].get("outcome", "passes") for f in data_of(page)["features"]} <= set(DRAWN_OUTCOMES)


def test_what_the_engine_found_can_be_read_in_the_page() -> None:
    review = sample_review("blocked")
    review["classification"]["refusals"] = [{"clause": "ord62-17.1", "reason": "物品可以解体"}]
    review["deadlines"] = {"受理": "2 个工作日"}
    text = Page(page_of(review)).text
    for words in (
        "不可通行", "二类", "2026-11-22", "5f0c6b1de27a", "roadworks-17", "京广铁路跨线桥", "4,200 mm",
        f"{MINUS}280 mm",
        "osm:way/9902 maxheight=4.2", "通行前现场复核净空", "最小调整",
        f"总质量 98,000 kg → 90,000 kg（{MINUS}8,000 kg）",
        "ord62-17.1 物品可以解体", "距三类界限 4,500 mm 仅 20 mm", "湘潭县公路部门", "受理 2 个工作日",
        "不能代替现场勘验",
        "1.048", "+0.052", "46.2 km", "1 h 30 min",
    ):  # fmt: skip
        assert words in text


def test_a_review_with_hardly_anything_in_it_still_gives_a_page() -> None:
    html = render_html({"verdict": "no_route", "routes": []}, title="", attribution="")
    assert "起讫点之间没有可绘制的路线" in html
    assert "无连通路线" in html


def test_each_verdict_differs_in_more_than_colour() -> None:
    styles = [verdict_style(outcome) for outcome in DRAWN_OUTCOMES]
    assert len({style.shape for style in styles}) == len(styles)
    assert len({(style.width_px, style.dash) for style in styles}) == len(styles)
    assert len({style.sign for style in styles}) == len(styles)


def test_the_backdrop_brings_lines_but_no_words() -> None:
    data = data_of(Page(page_of(sample_review("passes"))))
    assert len(data["backdrop"]["features"]) == 4
    assert all(feature["properties"] == {} for feature in data["backdrop"]["features"])


@pytest.mark.parametrize(
    "backdrop", [{"type": "Topology"}, {}, [1], {"type": "LineString", "coordinates": [[0, float("nan")]]}]
)
def test_a_backdrop_that_cannot_be_drawn_is_a_named_fault(backdrop: Any) -> None:  # noqa: ANN401
    with pytest.raises(PageDataError):
        page_of(sample_review("passes"), backdrop=backdrop)


def test_a_route_without_line_is_a_named_fault() -> None:
    review = sample_review("passes")
    del review["routes"][0]["geometry"]
    with pytest.raises(ReviewShapeError, match=r"routes\[0\].geometry"):
        page_of(review)


def open_in_browser(html: str, folder: Path) -> str:
    """The page's elements after its scripts have run, in a browser that reaches no server."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: chromium is not installed, the page was not tried in one")
    file = folder / "report.html"
    file.write_text(html, encoding="utf-8")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}", "--window-size=1280,900", "--virtual-time-budget=4000", "--dump-dom",
        "--force-prefers-reduced-motion", "--enable-logging=stderr", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    assert complaints == []
    return done.stdout


@pytest.mark.slow
def test_a_browser_without_network_draws_routes_markers_and_names(tmp_path: Path) -> None:
    review = sample_review("blocked")
    drawn = open_in_browser(page_of(review), tmp_path)
    for outcome in DRAWN_OUTCOMES:
        paths = re.findall(rf'<path class="stretch {outcome} leaflet-interactive"[^>]* d="M[^"]+"', drawn)
        assert paths
        assert verdict_style(outcome).color in paths[0]
    assert drawn.count('class="badge on-map') == 8  # nine findings, two of them in one place
    assert ">+1</span>" in drawn
    assert drawn.count("leaflet-marker-icon") >= 10
    assert 'class="name leg"' in drawn
    assert "NaN" not in drawn.partition("<script")[0]


@pytest.mark.slow
def test_a_click_on_a_finding_opens_it_on_the_map(tmp_path: Path) -> None:
    html = page_of(sample_review("blocked"))
    # The page allows no script but its own: lift that for the one that clicks.
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    click = "<script>document.querySelector('tr[data-number=\"2\"]').click();</script></body>"
    drawn = open_in_browser(html.replace("</body>", click), tmp_path)
    popup = drawn.partition('class="leaflet-popup-content"')[2]
    assert "京广铁路跨线桥" in popup[:1500]
    assert re.search(r'<tr class="go current"[^>]*data-number="2"', drawn)


@pytest.mark.slow
def test_nasty_words_do_nothing_in_a_browser(tmp_path: Path) -> None:
    review = sample_review("blocked")
    route = review["routes"][0]
    for item, nasty in zip((*route["findings"], *route["legs"]), NASTY * 2, strict=False):
        item |= {"reason": nasty, "name": nasty, "ref": nasty}
    route["divisions"][0]["name"] = NASTY[1]
    drawn = open_in_browser(page_of(review, title="".join(NASTY)), tmp_path)
    assert "<title>owned" not in drawn
    assert drawn.count('class="stretch') >= 4


@pytest.mark.slow
@pytest.mark.parametrize("verdict", ["no_route", "passes"])
def test_a_browser_opens_the_other_pages_without_complaint(verdict: str, tmp_path: Path) -> None:
    drawn = open_in_browser(page_of(sample_review(verdict), backdrop=None), tmp_path)
    assert 'class="folium-map leaflet-container' in drawn
    assert ("起讫点之间没有可绘制的路线" in drawn) == (verdict == "no_route")
