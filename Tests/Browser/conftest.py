"""The service, the browser and the people who use it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from service import ROOT, Service

PICTURES = ROOT / ".build" / "pictures"
LANGUAGES = ("fr", "en", "de")

# Machines may be slow: patience ends only for what never comes.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that fails says what its pages showed: the address and the words."""
    outcome = yield
    report = outcome.get_result()
    browser = item.funcargs.get("browser")
    if not report.failed or browser is None:
        return
    for page in [page for context in browser.contexts for page in context.pages][-6:]:
        try:
            words = page.locator("body").inner_text(timeout=5_000)[:3_000]
        except Exception as error:  # A page that cannot be read is no reason to lose the report.
            words = f"(not readable: {error})"
        report.sections.append((f"The page at {page.url}", words))


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    running = Service(tmp_path_factory.mktemp("tilleul"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield started
        started.close()


class People:
    """Browser contexts of those who visit: nobody, a voter with a code, and the signed-in cast of the demonstration."""

    def __init__(self, service: Service, browser: Browser, codes: list[str], vote: str):
        self.service, self.browser, self.codes, self.vote = service, browser, codes, vote
        self.states: dict[str, dict] = {}
        self.living: dict[str, BrowserContext] = {}

    def code(self) -> str:
        """A voting code that nobody has used yet."""
        return self.codes.pop()

    def context(self, who: str = "nobody", language: str = "fr", **options) -> BrowserContext:
        """A fresh context of this person; the language is the cookie of the switch.

        A session is kept from one context to the next. That of an account is taken over as the last context left it: its
        token is replaced after a change of roles, and the one before is taken for half a minute only. One that has ended
        is made anew.
        """
        while True:
            if who in self.living:
                self.keep(who, self.living.pop(who))
            if who != "nobody" and who not in self.states:
                self.states[who] = self.enter(who)
            context = self.browser.new_context(
                base_url=self.service.url, locale=language, storage_state=self.states.get(who), **options)
            context.set_default_timeout(PATIENCE)
            home = context.request.get(f"/?lang={language}")
            if who in ("nobody", "voter"):
                return context
            if 'action="/sign-out"' in home.text():
                self.keep(who, context)
                self.living[who] = context
                return context
            del self.states[who]
            context.close()

    def keep(self, who: str, context: BrowserContext) -> None:
        """Keeps the session of a context, and nothing else that its pages stored; of one that was closed, nothing new."""
        try:
            cookies = context.cookies()
        except Error:
            return
        self.states[who] = {"cookies": [each for each in cookies if "session" in each["name"]], "origins": []}

    def enter(self, who: str) -> dict:
        context = self.browser.new_context(base_url=self.service.url, locale="fr")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if who == "voter":
            enter_code(page, self.vote, self.code())
        else:
            address, password = self.service.sign_in(who)
            page.goto("/sign-in")
            page.get_by_label("Adresse").fill(address)
            page.get_by_label("Mot de passe").fill(password)
            page.get_by_role("main").get_by_role("button", name="Se connecter").click()
            page.get_by_role("button", name="Se déconnecter").wait_for()
        state = context.storage_state()
        context.close()
        return state


def enter_code(page: Page, vote: str, code: str) -> None:
    """Enters a vote with a code, in French."""
    page.goto(f"/votes/{vote}/code")
    page.get_by_label("Votre code de vote").fill(code)
    page.get_by_role("button", name="Utiliser ce code").click()
    page.get_by_role("heading", level=1, name="Choisissez vos projets").wait_for()


@pytest.fixture(scope="session")
def votes(service, browser) -> dict[str, str]:
    """The handles of the demonstration's votes: `open` takes ballots now, `published` has a result."""
    context = browser.new_context(base_url=service.url, locale="fr")
    page = context.new_page()
    page.goto("/votes")
    found = {}
    for state, words in (("open", "Ouvert"), ("published", "Résultat publié")):
        # The vote on every channel has its own tests.
        card = page.get_by_role("main").get_by_role("listitem").filter(
            has=page.get_by_text(words, exact=True), has_not_text="sur papier")
        found[state] = card.get_by_role("link").first.get_attribute("href").rsplit("/", 1)[-1]
    context.close()
    return found


@pytest.fixture(scope="session")
def people(service, browser, votes) -> People:
    return People(service, browser, service.codes(votes["open"], 40), votes["open"])


@pytest.fixture
def picture():
    """Takes a picture of a page for a person to look at: .build/pictures/NAME.png."""

    def take(page: Page, name: str) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take
