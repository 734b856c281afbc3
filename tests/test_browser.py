"""The pages in a real browser: without scripts, with large text, with the keyboard alone, on paper; and as valid HTML."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import need
from tests.crawl import Crawl, iris
from tests.servers import Served
from tests.test_explorer import BROWSER, PAGES

pytestmark = pytest.mark.needs("chromium")
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll("body *")].filter((each) => {
    const style = getComputedStyle(each);
    const hides = style.overflowX === "hidden" || style.overflowY === "hidden";
    return hides && !each.closest("svg, .hidden, .skip, thead") && each.scrollWidth > each.clientWidth + 1;
}).map((each) => each.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver, driver.chromium.launch(executable_path=need("chromium"), args=["--no-sandbox"]) as found:
        yield found


@pytest.fixture(scope="module")
def plain(browser: Any) -> Iterator[Any]:
    """A page of a browser whose user has switched scripts off."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_read_without_scripts(served: Served, plain: Any, path: str) -> None:
    heard: list[str] = []
    plain.on("console", lambda message: heard.append(message.text))
    plain.goto(served.address + path)
    assert plain.locator("h1").is_visible()
    assert plain.get_by_role("searchbox").first.is_visible()
    assert len(plain.locator("main").inner_text()) > 40
    for details in plain.locator("main details:not(details details)").all()[:5]:
        details.locator("summary").first.click()
        assert details.get_attribute("open") is not None
        details.locator("summary").first.click()
    assert [text for text in heard if "404" not in text] == []


TASKS: dict[str, tuple[list[str], str]] = {
    "a caregiver: may he donate sperm?": (["What must be done and watched with lenalidomide?"], "must not donate sperm"),
    "a caregiver: what is the danger of blood clots?": (["? blood clots", "venous thromboembolism"], "boxed warning"),
    "a caregiver: which tests are needed?": (["What must be done and watched with lenalidomide?"], "pregnancy testing"),
    "a pharmacist: the dose of lenalidomide in dialysis": (["? Revlimid", "lenalidomide"], "People on dialysis: 5 mg"),
    "a pharmacist: neutropenia under both drugs": (["Compare lenalidomide and pomalidomide"], "% of 300, any grade"),
    "a pharmacist: is lenalidomide licensed for mantle cell lymphoma in the EU?": (
        ["lenalidomide"],
        "mantle cell lymphoma: US 2013, EU 2016",
    ),
    "a pharmacist: where does the label say it?": (
        ["lenalidomide", "All 10 statements with their evidence in boxed warnings"],
        "boxed warning; section 5.",
    ),
    "a curator: who says pomalidomide is third generation?": (
        ["pomalidomide", "All 4 statements with their evidence in class and generation"],
        "third drug of the class",
    ),
    "a curator: what could not be read?": (["About"], "dose on dialysis of the US label could not be read"),
    "a student: why does thalidomide harm the unborn child?": (["How does thalidomide cause birth defects?"], "SALL4"),
    "a writer: the boxed warnings as a spreadsheet": (
        ["Queries", "Risks named in the boxed warning of each drug", "CSV >"],
        "stroke",
    ),
    "a writer: references of this page into Zotero": (["lenalidomide", "RIS >"], "TY  - JOUR"),
}
"""What people come for: the clicks from the first page ("?" searches, ">" downloads), and what they then see."""


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_three_clicks_without_scripts(served: Served, plain: Any, task: str) -> None:
    clicks, found = TASKS[task]
    assert len(clicks) <= 3
    plain.goto(served.address)
    text = ""
    for click in clicks:
        if click.startswith("? "):
            plain.get_by_role("searchbox").first.fill(click[2:])
            plain.keyboard.press("Enter")
        else:
            link = plain.get_by_role("link", name=click.removesuffix(" >"), exact=True).first
            if click.endswith(" >"):
                text = httpx.get(served.address + link.get_attribute("href"), timeout=60).text
            else:
                link.click()
        plain.wait_for_load_state()
    assert re.search(found, text or plain.locator("main").inner_text())


class Visit:
    """A page of each kind, which a phone opened, and then whoever looks at it; it hears what the browser complains of."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.heard: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.heard.append(message.text))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)

    def look(self, width: int = 1280, height: int = 900, scheme: str = "light", media: str = "screen") -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(media=media, color_scheme=scheme)

    def barriers(self, *rules: str) -> list[tuple[str, str]]:
        """Ask axe, about everything or some rules."""
        if not self.page.evaluate("!!window.axe"):
            self.page.evaluate((need("node_modules/axe-core") / "axe.min.js").read_text())
        found = self.page.evaluate("rules => axe.run(rules.length ? {runOnly: rules} : {})", rules)
        return [(each["id"], each["nodes"][0]["html"][:200]) for each in found["violations"]]


@pytest.fixture(scope="module", params=PAGES.values(), ids=PAGES)
def visit(request: pytest.FixtureRequest, served: Served, browser: Any) -> Iterator[Visit]:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    yield Visit(page, served.address + request.param)
    page.close()


def test_nothing_is_wider_than_the_window(visit: Visit) -> None:
    wide = [width for width in (360, 768, 1280, 1920) if visit.look(width) or not visit.page.evaluate(FITS)]
    assert wide == []


def test_large_text_breaks_nothing(visit: Visit) -> None:
    visit.look()
    visit.page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits, cut = visit.page.evaluate(FITS), visit.page.evaluate(CUT)
    visit.page.evaluate("document.documentElement.style.fontSize = ''")
    assert fits
    assert cut == []
    visit.look(640, 450)  # what a zoom of 200 percent leaves of the same window
    assert visit.page.evaluate(FITS)


@pytest.mark.needs("node_modules/axe-core")
def test_axe_finds_no_barrier(visit: Visit) -> None:
    visit.look()
    assert visit.barriers() == []
    visit.look(scheme="dark")  # which changes colors, and nothing else
    assert visit.barriers("color-contrast", "link-in-text-block") == []


@pytest.mark.needs("node_modules/axe-core")
def test_axe_finds_no_barrier_on_paper(visit: Visit) -> None:
    visit.look(794, 1123, media="print")  # A4
    assert visit.barriers() == []
    assert visit.page.evaluate(FITS)
    assert "not medical advice" in visit.page.locator("body").inner_text()


def test_a_browser_has_nothing_to_complain_of(visit: Visit, served: Served) -> None:
    allowed = "404" if visit.page.url.endswith(PAGES["unknown"]) else "\0"
    assert [text for text in visit.heard if allowed not in text] == []
    assert [url for url in visit.requests if not url.startswith(served.address)] == []


def test_names_appear_as_one_types(served: Served, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(served.address)
    page.locator("input[name=q]").press_sequentially("revlim", delay=20)
    option = page.locator("[role=option]").first
    option.wait_for(timeout=20_000)
    assert "lenalidomide" in option.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lenalidomide", timeout=20_000)
    page.close()


def test_a_table_is_sorted_filtered_and_paged(served: Served, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{served.address}/graph?center=lenalidomide")
    page.locator("summary", has_text="statements that join them").click()
    rows = page.locator("table.facts tbody tr:visible")
    rows.first.wait_for()
    assert rows.count() == 50
    page.get_by_role("button", name="Statement", exact=True).click()
    first = rows.first.inner_text()
    page.get_by_role("button", name="Statement", exact=True).click()
    assert rows.first.inner_text() != first
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_text("Page 2 of").wait_for()
    page.get_by_label("Only rows with").fill("neutropenia grade")
    assert 0 < rows.count() < 50
    page.locator("summary", has_text="Columns").click()
    page.locator(".filter details").get_by_label("Sources").uncheck()
    assert not page.locator("table.facts thead").get_by_text("Sources").is_visible()
    page.close()


@pytest.mark.parametrize("path", ["/", "/neutropenia", "/compare?drugs=lenalidomide&drugs=pomalidomide", "/about"])
def test_the_keyboard_reaches_everything(served: Served, browser: Any, path: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(served.address + path)
    number = page.evaluate("""() => {
        const all = [...document.querySelectorAll("a[href], button, input, select, summary, textarea, [tabindex='0']")];
        const seen = all.filter((each) => each.checkVisibility() && !each.closest("svg"));
        seen.forEach((each, place) => { each.dataset.place = place; });
        return seen.length;
    }""")
    reached = set()
    for _ in range(2 * number):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.dataset.place, getComputedStyle(document.activeElement).outlineStyle]")
        if found[0] is not None:
            assert found[1] != "none", "the focus is seen"
            reached.add(found[0])
        if len(reached) == number:
            break
    page.close()
    assert len(reached) == number


@pytest.mark.needs("java", "node_modules/vnu-jar")
def test_the_pages_are_valid_html(served: Served, tmp_path: Path) -> None:
    with httpx.Client(base_url=served.address, headers=BROWSER, timeout=60) as client:
        for name, path in PAGES.items():
            (tmp_path / f"{name}.html").write_text(client.get(path).text)
    validator = need("node_modules/vnu-jar") / "build/dist/vnu.jar"
    command = ["java", "-jar", str(validator), "--format", "json", "--stdout", "--exit-zero-always", str(tmp_path)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["messages"]
    assert [(each["url"].rpartition("/")[2], each["message"], each.get("extract")) for each in told] == []


def test_links_lead_somewhere(served: Served) -> None:
    """A sample of all links of the site, and of all IRIs of the graph; `python -m tests.crawl` follows every one."""
    crawl = Crawl(served.address, every=60)
    start = [*PAGES_THAT_ANSWER, *iris()[::40]]
    with concurrent.futures.ThreadPoolExecutor(1) as threads:  # the driver of the browser has this thread's loop
        threads.submit(lambda: asyncio.run(crawl.run(start))).result()
    assert crawl.wrong == []
    assert crawl.asked > 200


PAGES_THAT_ANSWER = [path for name, path in PAGES.items() if name != "unknown"]
