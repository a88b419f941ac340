"""Questionnaires on paper: printed and tagged, typed in by keyboard and without JavaScript, read twice, settled."""

import re

import pytest
from playwright.sync_api import expect

from checks import axe, overflow
from test_print import LANGUAGES, Sheet

DESK = "/desk/processes/consultations-2027/consultations/place-lambert/questionnaires/usages/sheets"


@pytest.fixture(scope="module")
def issued(people) -> list[str]:
    """The numbers of four sheets of an edition, all of which are read twice."""
    context = people.context("agent")
    page = context.new_page()
    page.goto(DESK)
    page.get_by_label("Feuilles lues deux fois, sur cent").fill("100")
    page.get_by_role("button", name="Enregistrer les consignes").click()
    expect(page.get_by_role("status").first).to_contain_text("consignes sont enregistrées")
    page.get_by_label("Lieu", exact=True).fill("Essai")
    page.get_by_label("Nombre de feuilles").fill("0")
    page.get_by_role("button", name="Numéroter les feuilles").click()
    assert "1 à 5" in page.get_by_role("alert").inner_text()
    page.get_by_label("Nombre de feuilles").fill("4")
    page.get_by_role("button", name="Numéroter les feuilles").click()
    expect(page.get_by_role("status").first).to_contain_text("Les feuilles sont numérotées")
    words = page.locator("table").last.locator("tbody th").first.inner_text()
    context.close()
    first = int(re.search(r"\d{6}", words)[0])
    return [number(first + place) for place in range(4)]


def number(of: int) -> str:
    """The number with its check digit (ISO/IEC 7064, MOD 11,10)."""
    product = 10
    for digit in f"{of:06}":
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return f"{of:06}-{(11 - product) % 10}"


# What is printed

@pytest.mark.parametrize("size", ["a4", "large"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_specimen_is_tagged_in_its_language(language, size, people, tmp_path):
    context = people.context("agent", language=language)
    sheet = Sheet(context.request.get(f"{DESK}/print.pdf?language={language}&size={size}"), tmp_path)
    text = re.sub(r"\s+", " ", sheet.text())
    assert sheet.language() == language
    assert sheet.facts["Tagged"] == "yes"
    for words in {"fr": ["MODÈLE", "Répondez à la question", "Cochez 3 cases au plus", "À pied", "Numéro du quartier"],
                  "en": ["SPECIMEN", "Answer question", "Tick 3 boxes at most", "Number of the district"],
                  "de": ["MUSTER", "Beantworten Sie Frage", "höchstens 3 Kästchen", "Nummer des Stadtteils"]}[language]:
        assert words in text, words
    # Headings, lists and the table are what they are for whoever hears them.
    tags = sheet.run("pdfinfo", "-struct", sheet.path)
    for tag in ("H1", "H2", "H3", "LI", "Table", "TH"):
        assert re.search(rf"^\s*{tag}\b", tags, re.M), tag
    codes = sheet.codes()
    assert all(f"TILLEUL/1/QUESTIONNAIRE/PLACE-LAMBERT/USAGES/1/{language.upper()}/{page}" in code
               for page, code in enumerate(codes, 1))
    # In large print it is on the second page.
    assert any("/consultations/place-lambert/questionnaires/usages" in code for code in codes)
    if size == "large":
        letters = sorted(sheet.letters())
        assert letters[len(letters) // 2] > 18
    context.close()


def test_numbered_sheets_carry_their_numbers(people, issued, tmp_path):
    context = people.context("agent")
    first, last = int(issued[0][:6]), int(issued[-1][:6])
    sheet = Sheet(context.request.get(f"{DESK}/print.pdf?from={first}&to={last}"), tmp_path)
    text = sheet.text()
    for serial in issued:
        assert serial in text
    assert "MODÈLE" not in text
    ends = {code.splitlines()[-1].rsplit("/", 1)[-1] for code in sheet.codes()[1:]}
    assert set(issued) >= {end for end in ends if "-" in end}
    assert context.request.get(f"{DESK}/print.pdf?from={first}&to={first + 100}").status == 422
    context.close()


# What comes back

def test_a_sheet_is_typed_by_keyboard_alone_and_a_second_time_by_somebody_else(people, issued, picture):
    context = people.context("entry_a")
    page = context.new_page()
    page.goto("/desk")
    page.get_by_role("link", name="Questionnaires sur papier à saisir").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Vos usages")).press("Enter")
    expect(page.get_by_label("Numéro de la feuille à saisir")).to_be_focused()
    assert axe(page) == []
    picture(page, "questionnaire-sheets-operator")
    keyboard = page.keyboard
    keyboard.type(issued[0])
    keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=f"Feuille {issued[0]}").wait_for()
    assert axe(page) == []
    picture(page, "questionnaire-sheet-entry")
    expect(page.locator("#answer-frequence")).to_be_focused()
    # How often, by what, when, how it is; then what comes first, and how many cars.
    for typed in ("3", "13", "3.5.2026", "3 2 -", "", "", "", "2 1 - 3 -", "4"):
        keyboard.type(typed)
        keyboard.press("Enter")
    expect(page.locator("#answer-craintes")).to_be_focused()
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Le sort l’a désignée")
    # The next number can be typed at once.
    expect(page.get_by_label("Numéro de la feuille à saisir")).to_be_focused()
    context.close()

    other = people.context("entry_b")
    page = other.new_page()
    page.goto(DESK)
    page.get_by_role("link", name=issued[0]).press("Enter")
    expect(page.get_by_role("main")).to_contain_text("vous ne voyez pas ce qu’elle a lu")
    assert page.locator("#answer-frequence").input_value() == ""
    for typed in ("3", "1", "3.5.2026", "3 2 -", "", "", "", "2 1 - 3 -", "4"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("les lectures diffèrent")
    other.close()

    agent = people.context("agent")
    page = agent.new_page()
    page.goto(f"{DESK}/{issued[0]}")
    assert axe(page) == []
    picture(page, "questionnaire-sheet-settle")
    page.get_by_role("button", name="Enregistrer la décision").click()
    alert = page.get_by_role("alert").inner_text()
    assert "Choisissez ce qui est écrit" in alert and "Dites pourquoi" in alert
    page.get_by_role("radio", name=re.compile("Première saisie")).check()
    page.get_by_label("Motif de la décision").fill("La croix du tram se voit")
    page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_role("status").first).to_contain_text("tranchée")
    assert page.locator("#answer-modes").input_value() == "1 3"
    page.goto(DESK)
    expect(page.get_by_role("main")).to_contain_text("Taux d’erreur")
    agent.close()


def test_without_javascript_every_mistake_is_told_and_nothing_is_lost(people, issued, picture):
    context = people.context("entry_a", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{DESK}/{issued[1]}")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    assert "Rien n’est tapé" in page.get_by_role("alert").inner_text()
    page.locator("#answer-frequence").fill("2 3")
    page.locator("#answer-moments").fill("1 2")
    page.locator("#answer-mot").fill("Minérale")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    alert = page.get_by_role("alert").inner_text()
    assert "Plusieurs cases" in alert and "Tapez 3 numéros" in alert
    assert page.locator("#answer-mot").input_value() == "Minérale"
    assert overflow(page) == 0
    picture(page, "questionnaire-sheet-refused-360")
    page.locator("#answer-frequence").fill("!")
    page.locator("#answer-moments").fill("?")
    page.locator("#answer-pietons").fill("5")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.get_by_role("status").first).to_contain_text(f"Feuille {issued[1]} saisie")
    # Entered twice it is refused, by whatever way.
    page.goto(f"{DESK}/{issued[1]}")
    assert page.locator("#answer-frequence").input_value() == "!"
    context.close()


def test_the_desk_is_usable_on_a_narrow_screen(people, picture):
    context = people.context("agent", viewport={"width": 360, "height": 800})
    page = context.new_page()
    for path in ("", "/list"):
        page.goto(f"{DESK}{path}")
        assert axe(page) == [] and overflow(page) == 0
        picture(page, f"questionnaire-sheets-360{path.replace('/', '-')}")
    context.close()
