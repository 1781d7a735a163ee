"""The sandbox page in Chromium, as a newcomer uses it: ask, declare, undo, turn the clock, press, fill in a form."""

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.clock import TurnedClock
from bot.plan.file import PACKAGED
from bot.sandbox.run import Sandbox
from tests.kit.cast import ZONE
from tests.kit.stage import RUNBOOKS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=ZONE)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="no Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM or "chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def plan(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The plan: the first team's, with what a test adds to Toms."""
    written, toms = tmp_path / "plan.yaml", "    email: toms@example.com\n"
    written.write_text(PACKAGED.read_text().replace(toms, f"{toms}{getattr(request, 'param', '')}"))
    return written


@pytest.fixture
def sandbox(tmp_path: Path, plan: Path) -> Iterator[str]:
    """A sandbox on Tuesday 24 November 2026; its address."""
    box = Sandbox(f"sqlite:///{tmp_path / 'sandbox.sqlite'}", plan, RUNBOOKS, TurnedClock(TUESDAY))
    told_to_stop, served = threading.Event(), threading.Event()
    address: list[str] = []

    def is_served(url: str) -> None:
        address.append(url)
        served.set()

    def serve() -> None:
        box.serve(0, told_to_stop, is_served)

    thread = threading.Thread(target=serve)
    thread.start()
    assert served.wait(20)
    yield address[0]
    told_to_stop.set()
    thread.join(20)


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, sandbox: str) -> Iterator[Page]:
    """The page, on a desk and on a phone. At the end it must have shown nothing that it does not know."""
    width, height = request.param
    errors: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(sandbox)
    yield page
    assert page.locator(".unknown-block").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert errors == []
    context.close()


def say(page: Page, text: str) -> None:
    """Type into the message box, and send."""
    box = page.get_by_label("Message", exact=True)
    box.fill(text)
    box.press("Escape")  # the list of commands
    box.press("Enter")


def act_as(page: Page, name: str) -> None:
    """Be somebody else."""
    page.get_by_label("Acting as").select_option(label=name)


def test_a_newcomer_asks_declares_undoes_and_watches_the_handoff(page: Page) -> None:
    expect(page.get_by_text("Hello! I look after this team's on-call rotation")).to_be_visible()
    act_as(page, "Toms")
    say(page, "/oncall")
    expect(page.get_by_text("is on call now, until Mon 30 Nov 2026, 09:00.").last).to_be_visible()
    say(page, "/holiday 24 Dec - 26 Dec")
    expect(page.get_by_text("You are away Thu 24 – Sat 26 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("everything is as it was before")).to_be_visible()
    page.get_by_role("button", name="Mon 09:00").click()
    expect(page.get_by_text("On-call handoff, Mon 30 Nov 2026")).to_be_visible()
    act_as(page, "Maya")
    page.get_by_role("button", name="I've got it").click()
    expect(page.get_by_text("I've got it, Mon 30 Nov 2026")).to_be_visible()


def test_a_form_is_opened_and_says_what_is_wrong_in_it(page: Page) -> None:
    act_as(page, "Danny")
    say(page, "/holiday")
    page.get_by_role("button", name="Declare time off").click()
    form = page.get_by_role("dialog")
    form.get_by_label("First day").fill("2026-12-16")
    form.get_by_label("Last day").fill("2026-12-15")
    form.get_by_role("button", name="Declare").click()
    expect(form.get_by_text("That is before the first day, Wed 16 Dec 2026.")).to_be_visible()
    form.get_by_label("Last day").fill("2026-12-17")
    form.get_by_role("button", name="Declare").click()
    expect(page.get_by_role("dialog").get_by_text("You are away Wed 16 – Thu 17 Dec 2026")).to_be_visible()


def test_maya_asks_for_cover_and_danny_takes_it(page: Page) -> None:
    act_as(page, "Maya")
    say(page, "/oncall cover week")
    expect(page.get_by_text("Cover for your Mon 30 Nov – Sun 6 Dec 2026")).to_be_visible()
    act_as(page, "Danny")
    expect(page.get_by_text("Maya asks for cover: Mon 30 Nov – Sun 6 Dec 2026.")).to_be_visible()
    page.get_by_role("button", name="I'll take it").click()
    expect(page.get_by_text("You take Mon 30 Nov – Sun 6 Dec 2026 for Maya.")).to_be_visible()
    expect(page.get_by_text("Danny takes Mon 30 Nov – Sun 6 Dec 2026 for Maya.")).to_be_visible()
    act_as(page, "Maya")
    page.get_by_role("button", name="On-call bot").click()
    expect(page.get_by_text("Danny takes Mon 30 Nov – Sun 6 Dec 2026 for you.")).to_be_visible()


def test_toms_asks_for_a_swap_and_danny_offers_another_week(page: Page) -> None:
    act_as(page, "Toms")
    say(page, "/oncall swap @Danny 21 Dec for 4 Jan")
    expect(page.get_by_text("I ask Danny by direct message.")).to_be_visible()
    act_as(page, "Danny")
    page.get_by_role("button", name="On-call bot").click()
    page.get_by_role("button", name="Another week").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Your week in return").select_option(label="Mon 7 – Sun 13 Dec 2026")
    form.get_by_role("button", name="Offer").click()
    expect(page.get_by_role("dialog").get_by_text("I ask Toms.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    act_as(page, "Toms")
    page.get_by_role("button", name="On-call bot").click()
    page.get_by_role("button", name="Swap").click()
    expect(
        page.get_by_text("Agreed: Danny takes Mon 21 – Sun 27 Dec 2026, you take Mon 7 – Sun 13 Dec 2026.").first
    ).to_be_visible()


def test_an_admin_sees_whose_weeks_change_before_somebody_leaves(page: Page) -> None:
    act_as(page, "Robin (an admin)")
    say(page, "/oncall roster")
    page.get_by_role("button", name="Remove", exact=True).click()
    form = page.get_by_role("dialog")
    form.get_by_label("Who").select_option(label="Rene")
    form.get_by_label("From the handoff on").select_option(label="Mon 7 Dec 2026")
    form.get_by_role("button", name="Preview").click()
    expect(form.get_by_text("Mon 14 – Sun 20 Dec 2026: Toms instead of Rene")).to_be_visible()
    expect(form.get_by_text("Nothing is changed yet.")).to_be_visible()
    form.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("dialog").get_by_text("Done.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    say(page, "/oncall log")
    expect(page.get_by_text("Robin changed the rotation: Rene leaves it from Mon 7 Dec 2026")).to_be_visible()


def test_maya_opens_her_home_declares_cancels_and_reads_a_runbook(page: Page) -> None:
    act_as(page, "Maya")
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_role("heading", name="The next eight weeks")).to_be_visible()
    page.get_by_role("button", name="Declare time off").click()
    form = page.get_by_role("dialog")
    form.get_by_label("First day").fill("2026-12-01")
    form.get_by_label("Last day").fill("2026-12-02")
    form.get_by_role("button", name="Declare").click()
    expect(form.get_by_text("You are away Tue 1 – Wed 2 Dec 2026")).to_be_visible()
    form.get_by_role("button", name="Close").click()
    expect(page.get_by_text("• Tue 1 – Wed 2 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("You are not away Tue 1 – Wed 2 Dec 2026 any more")).to_be_visible()
    expect(page.get_by_text("• Tue 1 – Wed 2 Dec 2026")).to_have_count(0)
    page.get_by_role("button", name="Runbook").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Known issues").click()
    expect(page.get_by_role("dialog").get_by_role("heading", name="Unit-level profit: Common issues")).to_be_visible()


def test_danny_takes_what_maya_asks_in_his_home(page: Page) -> None:
    act_as(page, "Maya")
    say(page, "/oncall cover 3 Dec @Danny")
    expect(page.get_by_text("Cover for your Thu 3 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("You ask for cover: Thu 3 Dec 2026.")).to_be_visible()
    act_as(page, "Danny")
    page.get_by_role("button", name="I'll take it").click()
    expect(page.get_by_text("You take Thu 3 Dec 2026 for Maya.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Waiting for you")).to_have_count(0)
    act_as(page, "Maya")
    expect(page.get_by_text("Danny takes Thu 3 Dec 2026 for you.")).to_be_visible()


def test_maya_chooses_her_reminders_and_quiet_hours(page: Page) -> None:
    act_as(page, "Maya")
    say(page, "/oncall settings")
    page.get_by_role("button", name="Change").click()
    form = page.get_by_role("dialog")
    form.get_by_label("A week before").select_option(label="Remind me")
    form.get_by_label("Quiet from").select_option(label="22:00")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Quiet hours need a beginning and an end; choose both, or neither.")).to_be_visible()
    form.get_by_label("Quiet until").select_option(label="07:30")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_text("Quiet from 22:00 until 07:30 (Europe/Berlin)")).to_be_visible()


def test_the_calendar_shows_its_picture_and_fairness_sends_one(page: Page) -> None:
    act_as(page, "Toms")
    say(page, "/oncall calendar")
    picture = page.get_by_alt_text("The rotation as a calendar")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth; }") == 1120
    say(page, "/oncall fairness")
    expect(page.get_by_text("nobody is more than").last).to_be_visible()
    page.get_by_role("button", name="On-call bot").click()
    expect(page.get_by_alt_text("Who carried how much")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("plan", ["    country: DE\n"], indirect=True)
def test_a_public_holiday_is_a_hint_that_one_press_takes_off(page: Page) -> None:
    act_as(page, "Toms")
    for day in ("30 Nov", "7 Dec", "14 Dec"):
        page.get_by_role("button", name="Mon 09:00").click()
        expect(page.get_by_text(f"On-call handoff, Mon {day} 2026")).to_be_visible()
    expect(page.get_by_text("Fri 25 Dec 2026: Christmas Day (Toms)").first).to_be_visible()
    page.get_by_role("button", name="Take it off").first.click()
    expect(page.get_by_text("You are away Fri 25 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("everything is as it was before")).to_be_visible()


def test_the_links_of_the_feed_can_be_revoked(page: Page) -> None:
    act_as(page, "Maya")
    say(page, "/oncall feed")
    expect(page.get_by_text("/rotation.ics")).to_be_visible()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("/rotation.ics")).to_have_count(0)


def test_nothing_can_be_typed_before_the_page_knows_who_says_it(page: Page) -> None:
    page.route("**/ui/state*", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("The sandbox does not answer. Is it still running?")).to_be_visible()
    expect(page.get_by_label("Message", exact=True)).to_be_disabled()
    page.unroute("**/ui/state*")
    expect(page.get_by_label("Message", exact=True)).to_be_enabled()


def test_what_is_typed_as_a_form_closes_or_cannot_arrive_is_not_lost(page: Page) -> None:
    act_as(page, "Danny")
    say(page, "/holiday")
    page.get_by_role("button", name="Declare time off").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    say(page, "/holiday 24 Dec")
    expect(page.get_by_text("You are away Thu 24 Dec 2026")).to_be_visible()
    page.route("**/ui/say", lambda route: route.abort())
    say(page, "/holiday mine")
    expect(page.get_by_label("Message", exact=True)).to_have_value("/holiday mine")


def test_start_over_forgets_everything(page: Page) -> None:
    act_as(page, "Toms")
    say(page, "/holiday 24 Dec")
    expect(page.get_by_text("You are away Thu 24 Dec 2026")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("dialog").get_by_role("button", name="Start over").click()
    expect(page.get_by_text("You are away Thu 24 Dec 2026")).to_have_count(0)
    expect(page.get_by_text("Hello! I look after this team's on-call rotation")).to_be_visible(timeout=15_000)
    say(page, "/holiday mine")
    expect(page.get_by_text("You have no time off coming up.")).to_be_visible()


def test_the_help_fits_on_a_screen_and_shows_the_rest_when_pressed(page: Page) -> None:
    say(page, "/oncall help")
    more = page.get_by_role("button", name="All commands")
    expect(more).to_be_visible()
    message = page.locator(".message", has=more)
    box = message.bounding_box()
    assert box
    assert box["height"] <= 590  # what a phone of 390 by 844 leaves between the page's head and its message box
    more.click()
    expect(page.get_by_text("Set it up for you")).to_be_visible()
