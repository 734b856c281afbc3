"""The scripts that stand on packages: how they come into the package, and the editor and the network that they make."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, need
from tests.servers import Served

LOCK = (ROOT / "browser" / "package-lock.json").read_text()
BUILT = ROOT / "src" / "imidgraph" / "server" / "static" / "built"
IN_WHEEL = "imidgraph/server/static/built/"
CONSTRUCT = "CONSTRUCT { ?drug imid:degrades ?protein } WHERE { ?drug a imid:Drug ; imid:degrades ?protein }"


def test_the_lock_names_no_host_and_knows_each_package() -> None:
    packages = {name: told for name, told in json.loads(LOCK)["packages"].items() if name}
    assert len(packages) > 15
    assert all(told["integrity"].startswith("sha512-") for told in packages.values())
    assert "resolved" not in LOCK
    assert "://" not in LOCK


def test_nothing_that_is_built_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files", "browser", str(BUILT)], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("git is missing, or this is no clone")
    assert {Path(name).suffix for name in listed.stdout.split()} == {".js", ".json", ".mjs", ".py"}
    assert "built" not in listed.stdout


def wheel_of(folder: Path, **variables: str) -> tuple[str, zipfile.ZipFile]:
    """Build a wheel from what git would hand out, and give what the build said."""
    (folder / "source").mkdir()
    named = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if named.returncode:
        pytest.skip("git is missing, or this is no clone")
    for name in named.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/", "ontology/facts/")):
            (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "source" / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(folder / "source")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr, zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.needs("npm")
def test_a_wheel_has_the_scripts_and_their_licenses(tmp_path: Path) -> None:
    said, wheel = wheel_of(tmp_path)
    with wheel:
        names = wheel.namelist()
        assert {IN_WHEEL + name for name in ("editor.js", "network.js", "licenses.txt")} <= set(names), said
        licenses = wheel.read(f"{IN_WHEEL}licenses.txt").decode()
        scripts = [wheel.read(IN_WHEEL + name).decode() for name in ("editor.js", "network.js")]
    assert not [name for name in names if "node_modules" in name or name.startswith("browser")]
    for package in ("@codemirror/view", "codemirror-lang-sparql", "cytoscape", "@lezer/lr"):
        assert f"{package} " in licenses
    assert licenses.count("Permission is hereby granted") == licenses.count("-" * 80) + 1
    assert all(20_000 < len(text) < 600_000 for text in scripts)


def test_without_npm_the_build_says_so_in_a_line(tmp_path: Path) -> None:
    said, wheel = wheel_of(tmp_path, PATH=str(tmp_path))
    with wheel:
        assert not [name for name in wheel.namelist() if name.startswith(IN_WHEEL)]
        assert "imidgraph/server/static/table.js" in wheel.namelist()
    assert said.count("The pages are built without completion and graph view: npm is not installed") == 1


@pytest.mark.needs("npm")
def test_without_a_network_the_build_says_so_in_a_line(tmp_path: Path) -> None:
    nowhere = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_cache": str(tmp_path / "cache")}
    said, wheel = wheel_of(tmp_path, **nowhere)
    with wheel:
        assert not [name for name in wheel.namelist() if name.startswith(IN_WHEEL)]
    lines = [line for line in said.splitlines() if "without completion and graph view" in line]
    assert len(lines) == 1
    assert len(lines[0]) < 200


# --- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not (BUILT / "editor.js").is_file():
        pytest.skip("the scripts are not built: npm is missing")
    with Served(tmp_path_factory.mktemp("scripts")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = need("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=program, args=["--no-sandbox"]) as running:
        yield running


@pytest.fixture
def page(served: Served, browser: Any) -> Iterator[Any]:
    """A page of a browser that hears nothing of a broken policy, an error or another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=served.address)
    context.set_default_timeout(60_000)
    shown = context.new_page()
    heard: list[str] = []
    shown.on("console", lambda message: heard.append(message.text))
    shown.on("pageerror", lambda error: heard.append(str(error)))
    shown.on("request", lambda request: request.url.startswith(served.address) or heard.append(request.url))
    yield shown
    context.close()
    assert [text for text in heard if "status of 400" not in text] == []


def write(page: Any, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text, delay=15)


def query_of(page: Any) -> str:
    return str(page.evaluate("document.querySelector('textarea[name=query]').value"))


@pytest.mark.parametrize(
    ("typed", "offered", "written"),
    [
        ("SELECT * { ?drug imid:degra", "imid:degrades", "imid:degrades"),
        ("SELECT * { ?drug a imid:Adverse", "imid:AdverseEffect", "imid:AdverseEffect"),
        ("SELECT * { ?drug ?any imid:lenalido", "imid:lenalidomide", "imid:lenalidomide"),
        ("SELECT * { ?drug ?any revlim", "imid:lenalidomide", "imid:lenalidomide"),
        ("SELECT * { ?drug ?any ?thing . ?dr", "?drug", "?drug"),
        ("SELECT * { ?drug sko", "skos:", "skos:"),
        ("PREFIX biol", "biolink:", "biolink: <https://w3id.org/biolink/vocab/>"),
    ],
)
def test_the_editor_completes(page: Any, typed: str, offered: str, written: str) -> None:
    page.goto("/sparql")
    write(page, typed)
    option = page.locator("[role=option]", has=page.get_by_text(offered, exact=True)).first
    option.wait_for()
    option.click()
    assert query_of(page).rstrip("} ").endswith(written)


def test_an_error_is_marked_where_it_is(page: Any) -> None:
    page.goto("/sparql")
    write(page, "SELECT ?drug {\n?drug nowhere:thing ?other\n")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sparql?query=**")
    marked = page.locator(".cm-lintRange-error")
    marked.wait_for()
    assert marked.inner_text() == "nowhere:thing"
    assert page.locator(".cm-lint-marker-error").count() == 1
    assert "Line 2, column" in page.get_by_role("alert").inner_text()
    page.keyboard.type(" ")
    marked.wait_for(state="detached")


def test_what_the_grammar_does_not_expect_is_marked_while_one_types(page: Any) -> None:
    page.goto("/sparql")
    write(page, "SELECT ?drug WHERE WHERE { ?drug a imid:Drug ")
    page.locator(".cm-lintRange-warning").first.wait_for()


def test_the_keyboard_comes_in_and_out(page: Any) -> None:
    page.goto("/sparql")
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement.className").startswith("cm-content")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.shadowRoot === null")


def test_a_query_is_kept_and_forgotten(page: Any) -> None:
    page.goto("/sparql")
    write(page, "ASK { imid:lenalidomide imid:degrades imid:IKZF1 ")
    page.get_by_label("Keep the query above as").fill("IKZF1?")
    page.keyboard.press("Enter")
    page.goto("/sparql")
    page.get_by_role("link", name="IKZF1?").last.click()
    page.get_by_text("yes", exact=True).wait_for()
    page.get_by_role("button", name="Forget IKZF1?").click()
    page.goto("/sparql")
    page.get_by_label("Keep the query above as").wait_for()
    assert page.get_by_role("button", name="Forget").count() == 0


def until(page: Any, told: str) -> None:
    """Wait until something is so; Playwright's own way would evaluate a string, which the policy of the pages does not allow."""
    for _ in range(300):
        if page.evaluate(told):
            return
        page.wait_for_timeout(200)
    raise AssertionError(told)


def network(page: Any) -> Any:
    page.locator("figure.network .canvas canvas").first.wait_for(state="attached")
    until(page, "!!document.querySelector('figure.network').network")
    return lambda call: page.evaluate(f"document.querySelector('figure.network').network.{call}")


def test_a_neighborhood_is_opened_further(page: Any) -> None:
    page.goto("/graph?center=SALL4")
    asked = network(page)
    before = asked("nodes().length")
    asked("$id('imid:thalidomide').emit('tap')")
    page.get_by_role("button", name="Show what is around it").click()
    until(page, f"document.querySelector('figure.network').network.nodes().length > {before} + 10")
    page.locator(".panel").get_by_role("link", name="thalidomide").click()
    page.wait_for_url("**/thalidomide")


def test_a_line_leads_to_its_statements(page: Any) -> None:
    page.goto("/graph?start=thalidomide&end=IKZF1")
    asked = network(page)
    asked("edges().filter(edge => edge.source().id() === 'imid:thalidomide' && edge.target().id() === 'imid:IKZF1').emit('tap')")
    page.locator(".panel").get_by_role("link", name="details").first.click()
    page.wait_for_url("**/thalidomide-degrades-IKZF1-*")


def test_what_a_query_constructs_is_drawn(page: Any) -> None:
    page.goto(f"/sparql?query={CONSTRUCT}")
    asked = network(page)
    assert asked("edges().length") == page.locator("table tbody tr").count()
    assert asked("$id('https://w3id.org/imidgraph/lenalidomide').data('page')") == "/lenalidomide"


def violations(page: Any) -> list[tuple[str, str]]:
    page.wait_for_load_state("networkidle")  # names that arrive late would change what is looked at
    page.evaluate((need("node_modules/axe-core") / "axe.min.js").read_text())
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in page.evaluate("axe.run()")["violations"]]


def settle(page: Any) -> None:
    """Wait until names that come late and marks of faults no longer change the page: axe fails where it changes under it."""
    page.wait_for_load_state("networkidle")
    page.evaluate("""() => new Promise((quiet) => {
        const roots = [document, ...[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)];
        let waiting = setTimeout(quiet, 700);
        const watch = new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(quiet, 700); });
        roots.forEach((root) => watch.observe(root, {subtree: true, childList: true, attributes: true}));
        setTimeout(quiet, 6000);
    })""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.needs("node_modules/axe-core")
def test_axe_finds_no_barrier_while_one_works(served: Served, browser: Any, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=served.address, color_scheme=scheme)
    context.set_default_timeout(60_000)
    shown = context.new_page()
    shown.goto("/sparql?query=SELECT ?x { ?x no:where ?y }")
    shown.locator(".cm-lintRange-error").wait_for()
    write(shown, "SELECT * { ?drug imid:degra")
    shown.locator("[role=option]").first.wait_for()
    settle(shown)
    found = violations(shown)
    shown.goto("/graph?center=cereblon")
    network(shown)("$id('imid:lenalidomide').emit('tap')")
    found += violations(shown)
    context.close()
    assert found == []
