"""Every type of page, in every language, in a real browser."""

import pytest
from playwright.sync_api import Page

from checks import axe, invalid_html, overflow, small_targets, wide_text_spacing
from conftest import LANGUAGES
from pages import PAGES, PageType
from service import FIXTURE


@pytest.fixture(scope="session")
def places(people, votes) -> dict[str, str]:
    """What the paths of `pages.py` leave open."""
    context = people.context()
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}")
    process = page.locator('a[href^="/processes/"]').first.get_attribute("href").rsplit("/", 1)[-1]
    context.close()
    context = people.context("voter")
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}/ballot")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    page.get_by_role("heading", level=1, name="Votre bulletin est déposé").wait_for()
    receipt = page.url.removeprefix(people.service.url)
    context.close()
    context = people.context("agent")
    page = context.new_page()
    page.goto(f"/desk/comparisons/new?vote={votes['published']}")
    page.get_by_role("button", name="Comparer").click()
    page.get_by_role("heading", level=1, name="Règles comparées").wait_for()
    comparison = page.url.removeprefix(people.service.url)
    context.close()
    # A vote in preparation, for the form that only such a vote has.
    people.service.run(
        "votes", "import", str(FIXTURE), "--process", process, "--slug", "en-preparation",
        "--data-dir", str(people.service.data))
    return {**votes, "process": process, "receipt": receipt, "comparison": comparison, "draft": "en-preparation"}


@pytest.fixture(scope="session")
def opened(people):
    """A page of this person in this language, with what went wrong in it: kept, since a context takes a while."""
    kept = {}

    def open_page(kind: PageType, language: str, path: str) -> tuple[Page, list[str]]:
        if (kind.who, language) not in kept:
            page = people.context(kind.who, language).new_page()
            troubles: list[str] = []
            page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: troubles.append(str(error)))
            page.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
            page.on("request", lambda request: None if request.url.startswith((people.service.url, "data:"))
                    else troubles.append(f"asks another site: {request.url}"))
            kept[kind.who, language] = page, troubles
        page, troubles = kept[kind.who, language]
        page.set_viewport_size({"width": 1280, "height": 900})
        troubles.clear()
        answer = page.goto(path)
        assert answer.status == kind.status, f"{path}: {answer.status}"
        assert page.url == people.service.url + path, f"{path} led to {page.url}"
        return page, [trouble for trouble in troubles if not (kind.status != 200 and str(kind.status) in trouble)]

    return open_page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
def test_page_is_accessible(kind, language, opened, places):
    page, troubles = opened(kind, language, kind.path.format(**places))
    assert page.locator("html").get_attribute("lang") == (kind.language or language)
    assert page.locator("h1").count() == 1
    assert axe(page) == []
    assert small_targets(page) == []
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert overflow(page) == 0, f"{kind.name} is wider than {width} px"
    wide_text_spacing(page)
    assert overflow(page) == 0, f"{kind.name} with wide text spacing is wider than 320 px"
    assert troubles == []


@pytest.mark.parametrize("theme", ["dark", "contrast", "forced"])
@pytest.mark.parametrize("name", ["home", "vote-open", "ballot", "review", "receipt", "result", "record", "sign-up"])
def test_colours_have_contrast(name, theme, people, places):
    kind = next(page for page in PAGES if page.name == name)
    options = {"dark": {"color_scheme": "dark"}, "contrast": {"contrast": "more"}, "forced": {"forced_colors": "active"}}
    context = people.context(kind.who, **options[theme])
    page = context.new_page()
    page.goto(kind.path.format(**places))
    assert axe(page) == []
    context.close()


def test_pages_are_valid_html(people, places):
    pages = {}
    for who in sorted({kind.who for kind in PAGES}):
        for language in LANGUAGES:
            context = people.context(who, language)
            for kind in PAGES:
                if kind.who == who:
                    answer = context.request.get(kind.path.format(**places))
                    pages[f"{kind.name} ({language})"] = answer.text()
            context.close()
    assert invalid_html(pages) == []


def test_titles_tell_pages_apart(opened, places):
    titles = {}
    for kind in PAGES:
        page, _ = opened(kind, "fr", kind.path.format(**places))
        titles.setdefault(page.title(), []).append(kind.name)
    # The same page in another state may keep its title.
    twins = [names for names in titles.values() if len({name.split("-")[0] for name in names}) > 1]
    assert twins == [], "\n".join(map(str, twins))


def test_first_view_is_light(people, votes):
    """At most 100 KB over the network and 15 requests for HTML, CSS and JavaScript of the list of projects."""
    context = people.context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"/votes/{votes['open']}", wait_until="networkidle")
    context.close()
    assert 0 < len(sizes) <= 15
    assert sum(sizes) <= 100_000


def test_skip_link_leads_to_the_content(people):
    context = people.context()
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()


def test_language_is_kept(people):
    context = people.context()
    page = context.new_page()
    page.goto("/votes")
    page.get_by_role("link", name="Deutsch").click()
    assert page.locator("html").get_attribute("lang") == "de"
    assert "lang=" not in page.url
    page.goto("/help")
    assert page.locator("html").get_attribute("lang") == "de"
    context.close()


def test_high_contrast_is_kept(people):
    context = people.context()
    page = context.new_page()
    page.goto("/help")
    page.get_by_role("link", name="Contraste renforcé").click()
    page.goto("/votes")
    assert page.locator("html").get_attribute("data-theme") == "contrast"
    assert axe(page) == []
    context.close()


def test_refused_form_leads_to_its_fields(people, votes):
    """The summary has the focus, each mistake leads to its field, and what was typed is still there."""
    context = people.context()
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}/code")
    page.get_by_label("Votre code de vote").fill("AAAA-AAAA-AAAA")
    page.get_by_role("button", name="Utiliser ce code").click()
    assert page.get_by_role("alert").evaluate("box => box === document.activeElement")
    assert axe(page) == []
    page.get_by_role("alert").get_by_role("link").first.click()
    field = page.get_by_label("Votre code de vote")
    assert field.evaluate("field => field === document.activeElement")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.input_value() == "AAAA-AAAA-AAAA"
    context.close()
