"""Tiles, letters and style over HTTP: cached, tagged, compressed; another host only with a key."""
# ruff: noqa: ARG001 - fixtures of conftest have no importable types, and some are asked for their effect

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.cases import grounds
from api.settings import ServiceSettings
from api.tiles.files import KeptFiles
from api.tiles.settings import map_settings

TILE = "/tiles/8/208/107.mvt"


@pytest.fixture
def client(app: FastAPI, network: grounds.Source) -> TestClient:
    return TestClient(app, raise_server_exceptions=False)


def full_tile(client: TestClient) -> str:
    """A tile with a road in it, wherever the sample lies."""
    for x in range(204, 212):
        for y in range(104, 110):
            answer = client.get(f"/tiles/8/{x}/{y}.mvt")
            if answer.status_code == 200 and "roads" in mapbox_vector_tile.decode(answer.content):
                return f"/tiles/8/{x}/{y}.mvt"
    raise AssertionError("no tile has a road in it")


def test_a_tile_is_compressed_and_tagged(client: TestClient) -> None:
    path = full_tile(client)
    answer = client.get(path)
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "no-cache"
    assert "roads" in mapbox_vector_tile.decode(answer.content)
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == answer.content
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_under_its_version_a_tile_is_kept(client: TestClient) -> None:
    style = client.get("/map/style/light.json").json()
    version = style["sources"]["dajian"]["tiles"][0].partition("?v=")[2]
    assert "immutable" in client.get(f"{TILE}?v={version}").headers["cache-control"]
    assert client.get(f"{TILE}?v=old").headers["cache-control"] == "no-cache"


def test_a_tile_is_made_once(client: TestClient, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = full_tile(client)
    first = client.get(path).content
    kept = list((settings.var / "tiles").rglob("*.gz"))
    assert kept
    assert all(gzip.decompress(file.read_bytes()) for file in kept if file.stat().st_size)
    monkeypatch.setattr("maps.tiles.TileMaker.tile", lambda *_: pytest.fail("made again"))
    assert client.get(path).content == first


def test_another_set_of_closures_is_another_version(client: TestClient, network: grounds.Source) -> None:
    before = client.get(TILE).headers["etag"]
    file = network.overlay_folder / "demo.geojson"
    content = file.read_bytes()
    file.unlink()
    try:
        assert client.get(TILE).headers["etag"] != before
    finally:
        file.write_bytes(content)
    assert client.get(TILE).headers["etag"] == before


def test_beyond_the_network_there_is_nothing(client: TestClient) -> None:
    assert client.get("/tiles/8/0/0.mvt").status_code == 204


@pytest.mark.parametrize("place", ["15/0/0", "-1/0/0", "3/99999999999999999999/0", "a/0/0", "8/0/-1"])
def test_impossible_tiles_are_refused(client: TestClient, place: str) -> None:
    assert client.get(f"/tiles/{place}.mvt").status_code == 422


def test_letters_are_served_and_nothing_else_is(client: TestClient) -> None:
    answer = client.get("/glyphs/Noto Sans SC Regular/0-255.pbf")
    assert answer.status_code == 200
    assert len(answer.content) > 10_000
    same = client.get("/glyphs/Noto Sans SC Regular/0-255.pbf", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status_code == 304
    for wrong in ("Noto Sans SC Regular/0-256", "Noto Sans SC Regular/1-256", "Other/0-255"):
        assert client.get(f"/glyphs/{wrong}.pbf").status_code == 404
    assert client.get("/glyphs/Noto Sans SC Regular/99999-100254.pbf").status_code == 422
    assert client.get("/glyphs/Noto Sans SC Regular/..%2F0-255.pbf").status_code in {404, 422}


@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DAJIAN_TIANDITU_KEY", "0123abcd")
    monkeypatch.setenv("DAJIAN_MAP_APPROVAL", "GS(2026)0000<b>")
    map_settings.cache_clear()
    yield
    monkeypatch.undo()
    map_settings.cache_clear()


def test_without_a_key_no_other_host_is_named(client: TestClient) -> None:
    assert "://" not in client.get("/map/style/dark.json").text
    policy = client.get("/map").headers["content-security-policy"]
    assert "tianditu" not in policy
    assert "default-src 'self'" in policy


def test_with_a_key_the_base_map_and_the_approval_number_are_there(client: TestClient, with_key: None) -> None:
    style: dict[str, Any] = client.get("/map/style/light.json").json()
    assert style["sources"]["tianditu-vec"]["tiles"][0].endswith("tk=0123abcd")
    assert "审图号：GS(2026)0000&lt;b&gt;" in style["sources"]["dajian"]["attribution"]
    assert "https://t0.tianditu.gov.cn" in client.get("/map").headers["content-security-policy"]
    assert "tianditu" not in client.get("/").headers["content-security-policy"]


def test_every_picture_names_its_source(client: TestClient, network: grounds.Source) -> None:
    style = client.get("/map/style/light.json").json()
    assert network.grounds().network.graph.attribution in style["sources"]["dajian"]["attribution"]


def test_kept_files_survive_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = KeptFiles(tmp_path / "file")
    assert gzip.decompress(kept.get("a", "1/2", lambda: b"content")) == b"content"


def test_kept_files_of_earlier_keys_go(tmp_path: Path) -> None:
    kept = KeptFiles(tmp_path)
    kept.get("old", "1/2", lambda: b"x")
    assert kept.get("new", "1/2", lambda: b"y") == kept.get("new", "1/2", lambda: b"z")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
