"""`report.html` in a real browser: Debian's Chromium, headless, on a page that was opened from disk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from fuzz.report.formats.html import report_html
from tests.report.runs import FAILURE, Run, broken_run, hostile_run

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1280,1000"
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium is absent: apt-get install chromium chromium-driver"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: webdriver.Chrome, tmp_path: Path) -> webdriver.Chrome:
    return opened(browser, tmp_path, report_html(broken_run().summary))


def opened(browser: webdriver.Chrome, directory: Path, text: str) -> webdriver.Chrome:
    """The page, opened from disk, with the logs of what came before thrown away."""
    (directory / "report.html").write_text(text, encoding="utf-8")
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get((directory / "report.html").as_uri())
    return browser


def requested(browser: webdriver.Chrome) -> list[str]:
    messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
    sent = (each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent")
    return [url.partition("#")[0] for url in sent]


@pytest.mark.parametrize("run", [broken_run, hostile_run])
def test_it_opens_from_disk_without_a_request_or_a_complaint(
    browser: webdriver.Chrome, tmp_path: Path, run: Callable[[], Run]
) -> None:
    opened(browser, tmp_path, report_html(run().summary))
    assert [] == browser.get_log("browser")
    assert [(tmp_path / "report.html").as_uri()] == requested(browser)
    assert browser.title.startswith("FAIL · calfuzz")


def test_sections_fold_by_mouse_and_by_keyboard(page: webdriver.Chrome) -> None:
    section = page.find_element(By.ID, "clauses")
    summary = section.find_element(By.TAG_NAME, "summary")
    assert section.get_attribute("open") is not None
    summary.click()
    assert section.get_attribute("open") is None
    summary.send_keys(Keys.ENTER)
    assert section.get_attribute("open") is not None


def test_all_sections_fold_and_unfold_at_once(page: webdriver.Chrome) -> None:
    for button, left_open in (("close", 0), ("open", len(page.find_elements(By.TAG_NAME, "details")))):
        page.find_element(By.CSS_SELECTOR, f"[data-fold={button}]").click()
        assert left_open == len(page.find_elements(By.CSS_SELECTOR, "details[open]"))


def test_the_curl_button_copies_the_command(page: webdriver.Chrome) -> None:
    button = page.find_element(By.CSS_SELECTOR, ".steps .fail .copy")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    page.execute_script("document.body.append(document.createElement('textarea'))")
    area = page.find_element(By.TAG_NAME, "textarea")
    area.send_keys(Keys.CONTROL, "v")
    assert FAILURE["curl"][2] == area.get_attribute("value")
    assert "Copied." == page.find_element(By.ID, "said").text


def test_keys_lead_to_the_failures_even_in_a_folded_section(page: webdriver.Chrome) -> None:
    page.find_element(By.CSS_SELECTOR, "[data-fold=close]").click()
    page.find_element(By.TAG_NAME, "body").send_keys("j")
    assert "failure-0" == page.switch_to.active_element.get_attribute("id")
    assert page.find_element(By.ID, "failures").get_attribute("open") is not None


def nights_run() -> Run:
    """A run with new failures, old ones and one that comes and goes, and more than are unfolded."""
    known = {f"old-{number}": "fff" for number in range(4)} | {"flaky-0": "pfpf"}
    run = Run().started(staff=2).earlier(4, **known).phase("systematic")
    for number in range(300):
        run.send("matched" if number % 2 else "mismatched", "200" if number % 3 else "422 already_exists")
    for place, name in enumerate((*known, *(f"new-{number}" for number in range(9)))):
        argument = f"step 3 names account-{place:02}@example.com"
        run.failure(fingerprint=name, argument=argument, requests_to_find=10 + 20 * place, intermittent="flaky" in name)
    return run.phase_finished("systematic").finished("fail", 1)


def shown_failures(page: webdriver.Chrome) -> int:
    """The failures that the filter leaves; the list at the top has the same."""
    listed, told = (
        [each for each in page.find_elements(By.CSS_SELECTOR, rule) if each.get_attribute("hidden") is None]
        for rule in (".index li[data-kinds]", "article.failure")
    )
    assert len(listed) == len(told)
    return len(told)


def test_failures_can_be_filtered_by_text_and_by_age(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, report_html(nights_run().summary))
    box, choice = (page.find_element(By.CSS_SELECTOR, f".filter {tag}") for tag in ("input", "select"))
    assert 14 == shown_failures(page)
    box.send_keys("ACCOUNT-13 step")
    assert 1 == shown_failures(page)
    assert "1 of 14" == page.find_element(By.CSS_SELECTOR, ".filter output").text
    [found] = [each for each in page.find_elements(By.TAG_NAME, "article") if each.get_attribute("hidden") is None]
    assert found.is_displayed()  # it was folded
    box.clear()
    box.send_keys(" ")
    for kind, count in (("failing", 5), ("flaky", 1), ("new", 9)):
        choice.send_keys(Keys.DOWN)
        assert kind == choice.get_attribute("value")
        assert count == shown_failures(page)
    assert [] == browser.get_log("browser")


def test_typing_into_the_filter_leads_to_no_failure(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, report_html(nights_run().summary))
    page.find_element(By.CSS_SELECTOR, ".filter input").send_keys("jjk")
    assert "input" == page.switch_to.active_element.tag_name
    assert 0 == shown_failures(page)


def test_a_failure_stands_on_the_axis_where_it_was_found(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, report_html(nights_run().summary))
    places = page.execute_script(
        "return [...document.querySelectorAll('.index li[data-kinds] .track')].map((track) => {"
        "const [all, dot] = [track, track.firstElementChild].map((each) => each.getBoundingClientRect());"
        "return [track.title, (dot.x + dot.width / 2 - all.x) / all.width]; })"
    )
    shown = dict(places)
    assert 0.03 == pytest.approx(shown["found after 10 requests"], abs=0.01)
    assert 0.90 == pytest.approx(shown["found after 270 requests"], abs=0.01)


def test_long_lists_are_folded(browser: webdriver.Chrome, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, report_html(nights_run().summary))
    folded = [each.text for each in page.find_elements(By.CSS_SELECTOR, ".inner > summary")]
    assert ["4 more failures", "4 more failures", "All transitions as a table"] == folded


def at_400(browser: webdriver.Chrome) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )


def test_on_a_telephone_tables_are_cards_and_only_the_drawing_scrolls(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, report_html(nights_run().summary))
    at_400(page)
    page.find_element(By.CSS_SELECTOR, "[data-fold=open]").click()
    try:
        clipped = page.execute_script(
            "const parts = [...document.querySelectorAll('main *, header *')];"
            "const is_clipped = (part) => part.getBoundingClientRect().right > 401 && !part.closest('.wide, svg, pre');"
            "return parts.filter(is_clipped).map((part) => part.outerHTML.slice(0, 80))"
        )
        narrow = page.execute_script(
            "return [...document.querySelectorAll('.cards td')].filter((each) => each.textContent.length > 20"
            " && each.getBoundingClientRect().width < 200).map((each) => each.textContent)"
        )
        drawing = page.execute_script(
            "const box = document.querySelector('.diagram').parentElement;"
            "return [box.scrollWidth > box.clientWidth, getComputedStyle(box).overflowX]"
        )
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert [] == clipped
    assert [] == narrow
    assert [True, "auto"] == drawing


def test_it_has_a_light_and_a_dark_face(page: webdriver.Chrome) -> None:
    faces = {}
    for scheme in ("light", "dark"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        faces[scheme] = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert {"light": "rgb(246, 247, 249)", "dark": "rgb(18, 22, 28)"} == faces


def test_printing_unfolds_everything_and_folds_it_again(page: webdriver.Chrome) -> None:
    opened_before = len(page.find_elements(By.CSS_SELECTOR, "details[open]"))
    page.execute_script("window.most = 0; window.addEventListener('beforeprint', () => {"
                        "window.most = document.querySelectorAll('details[open]').length; })")  # fmt: skip
    page.execute_cdp_cmd("Page.printToPDF", {})
    assert page.execute_script("return window.most") == len(page.find_elements(By.TAG_NAME, "details"))
    assert opened_before == len(page.find_elements(By.CSS_SELECTOR, "details[open]"))


def test_nothing_is_wider_than_a_telephone(page: webdriver.Chrome) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    width = page.execute_script("return document.documentElement.scrollWidth")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width <= 390
