"""Casting a ballot as residents do: by keyboard, without JavaScript, on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow
from conftest import enter_code

TRACKER = re.compile(r"\b([0-9A-Z]{4}[\s-]+){3}[0-9A-Z]{4}\b")


def focused(page: Page) -> str:
    """The accessible name of what has the focus, as far as this test needs it: label, words or value."""
    return page.evaluate(
        """() => {
            const focus = document.activeElement;
            const words = focus.getAttribute("aria-label")
                || [...(focus.labels ?? [])].map(label => label.textContent).join(" ") || focus.textContent;
            return words.replace(/\\s+/g, " ").trim();
        }""")


def tab_to(page: Page, words: str, limit: int = 200) -> None:
    """Presses Tab until something named with these words has the focus, and the ring around it can be seen."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if words in focused(page):
            ring = page.evaluate(
                """() => {
                    const focus = document.activeElement;
                    return [focus, focus.closest("label")].filter(Boolean).some(element => {
                        const style = getComputedStyle(element);
                        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3;
                    });
                }""")
            assert ring, f"no focus ring around {words}"
            visible = page.evaluate(
                """() => {
                    const box = document.activeElement.getBoundingClientRect();
                    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                    return top === document.activeElement || document.activeElement.contains(top)
                        || top?.closest("label")?.contains(document.activeElement);
                }""")
            assert visible, f"{words} has the focus below something else"
            return
    raise AssertionError(f"Tab does not lead to {words}")


def choose_with_keyboard(page: Page) -> None:
    """Gives something to the project that has the focus, whichever the type of ballot."""
    kind = page.evaluate("document.activeElement.type")
    if kind == "checkbox":
        page.keyboard.press("Space")
    elif kind == "select-one":
        page.keyboard.press("ArrowDown")
    else:
        page.keyboard.press("ArrowUp")


def choices(page: Page):
    """The boxes or fields of the ballot, in the order of the page."""
    return page.get_by_role("main").locator(
        "#choices input[type=checkbox], #choices input[type=number], #choices select")


def choose(page: Page, number: int, value: str = "1") -> None:
    field = choices(page).nth(number)
    if field.get_attribute("type") == "checkbox":
        field.check()
    elif field.get_attribute("type") == "number":
        field.fill(value)
    else:
        field.select_option(index=1)


def test_keyboard_only_in_french(people, votes, picture):
    context = people.context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}")
    tab_to(page, "Voter maintenant")
    page.keyboard.press("Enter")
    page.wait_for_url("**/code")
    tab_to(page, "Votre code de vote")
    page.keyboard.type(people.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot")
    expect(page.get_by_role("status").filter(has_text="0 projet choisi")).to_be_visible()

    titles = page.get_by_role("main").get_by_role("heading", level=2)
    first, third = (" ".join(titles.nth(number).inner_text().split()) for number in (0, 2))
    for title in (first, third):
        tab_to(page, title)
        while page.evaluate("document.activeElement.localName === 'a'"):
            tab_to(page, title)
        choose_with_keyboard(page)
    expect(page.get_by_role("status").filter(has_text="2 projets choisis")).to_be_visible()
    assert axe(page) == []
    picture(page, "ballot-chosen")

    tab_to(page, "Continuer : vérifier mes choix")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot/review")
    main = page.get_by_role("main")
    expect(main).to_contain_text(first)
    expect(main).to_contain_text(third)
    picture(page, "review")
    tab_to(page, "Déposer mon bulletin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipts/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    assert TRACKER.search(main.inner_text())
    expect(main).to_contain_text(first)
    assert axe(page) == []
    picture(page, "receipt")
    context.close()


def test_without_javascript(people, votes):
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    choose(page, 0)
    choose(page, 1)
    page.get_by_role("button", name="Calculer le total").click()
    expect(page.get_by_role("status").filter(has_text="2 projets choisis")).to_be_visible()

    # A search keeps what is chosen among the projects it does not show.
    page.get_by_label("Chercher un projet").fill("zzzzzz")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("main")).to_contain_text("2 de vos choix ne sont pas dans cette liste")
    page.get_by_label("Chercher un projet").fill("")
    page.get_by_role("button", name="Afficher").click()

    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_label("Un mot de votre choix").fill("tilleul")
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    assert TRACKER.search(page.get_by_role("main").inner_text())
    context.close()


def test_leaving_keeps_the_choices(people, votes):
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    choose(page, 3)
    page.get_by_role("button", name="Quitter et garder mes choix").click()
    page.wait_for_url(f"**/votes/{votes['open']}")
    expect(page.get_by_role("status").filter(has_text="Vos choix sont gardés")).to_be_visible()
    page.get_by_role("link", name="Voter maintenant").click()
    expect(page.get_by_role("status").filter(has_text="1 projet choisi")).to_be_visible()
    context.close()


def test_too_much_is_told_and_refused(people, votes, picture):
    """What the script says while choosing, the server says when it is asked to go on."""
    context = people.context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    for number in range(choices(page).count()):
        choose(page, number, "3")
    advice = page.locator("[data-gauge-advice]")
    expect(advice).to_be_visible()
    assert re.search(r"dépassez|trop", advice.inner_text())
    assert overflow(page) == 0
    assert axe(page) == []
    picture(page, "ballot-over-360")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.wait_for_url("**/ballot?check=1")
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    assert alert.evaluate("box => box === document.activeElement")
    assert axe(page) == []
    context.close()


def test_running_total_is_the_servers(people, votes):
    """The sentence that the script computes is letter for letter the one the server gives for the same draft."""
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    for number in (0, 2, 4):
        choose(page, number)
    words = page.locator("[data-gauge-words]")
    expect(words).to_contain_text("3 projets choisis")
    computed = " ".join(words.inner_text().split())
    page.get_by_label("Ordre de la liste").select_option("number")
    page.get_by_role("button", name="Afficher").click()
    page.wait_for_load_state()
    answer = context.request.get(f"/votes/{votes['open']}/ballot").text()
    assert computed in " ".join(re.sub(r"<[^>]+>", " ", answer).split())
    context.close()


def test_running_total_counts_what_a_search_hides(people, votes):
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    titles = page.get_by_role("main").get_by_role("heading", level=2)
    choose(page, 0)
    other = titles.nth(1).inner_text()
    page.get_by_label("Chercher un projet").fill(other)
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("main")).to_contain_text("1 de vos choix n’est pas dans cette liste")
    choose(page, 0)
    expect(page.locator("[data-gauge-words]")).to_contain_text("2 projets choisis")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.wait_for_url("**/review")
    assert page.get_by_role("main").locator(".answers > li").count() == 2
    context.close()


def test_a_second_ballot_replaces_the_first(people, votes):
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    trackers = []
    for turn in range(2):
        page.goto(f"/votes/{votes['open']}/ballot")
        choose(page, turn)
        page.get_by_role("button", name="Continuer : vérifier mes choix").click()
        page.get_by_role("button", name="Déposer mon bulletin").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
        trackers.append(TRACKER.search(page.get_by_role("main").inner_text())[0])
    assert trackers[0] != trackers[1]
    context.close()


def test_receipt_file_says_what_the_page_says(people, votes):
    context = people.context(accept_downloads=True)
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    choose(page, 0)
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    tracker = re.sub(r"\W", "", TRACKER.search(page.get_by_role("main").inner_text())[0])
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le reçu").click()
    assert tracker in re.sub(r"[\s-]", "", download.value.path().read_text())
    context.close()


def test_receipt_prints_on_its_own(people, votes, picture):
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    choose(page, 0)
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("button", name="Imprimer cette page")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Imprimer cette page")).to_be_hidden()
    picture(page, "receipt-print")
    context.close()
