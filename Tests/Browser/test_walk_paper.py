"""Walk sheets on paper: printed with their codes, typed in by keyboard and without JavaScript, corrected, taken back."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import expect

from checks import axe, overflow
from test_print import LANGUAGES, Sheet

WALK = "gare-2027"
DESK = f"/desk/processes/idees-2027/walks/{WALK}/sheets"
STOPS = {
    "fr": ["Le parvis de la gare", "L’arrêt de tram", "Le passage souterrain", "Le parking à vélos",
           "La rue des platanes", "La place du marché", "Entre les arrêts"],
    "en": ["The station forecourt", "The tram stop", "The underpass", "The bicycle park", "Plane Tree Street",
           "The market square", "Between the stops"],
    "de": ["Der Bahnhofsvorplatz", "Die Haltestelle", "Die Unterführung", "Der Fahrradparkplatz", "Die Platanenstraße",
           "Der Marktplatz", "Zwischen den Halten"],
}


def picture_of_a_sheet() -> dict:
    """A small grey PNG, as a file that a form sends."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + bytes([200]) * 60 for _ in range(80))
    png = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60, 80, 8, 0, 0, 0, 0))
           + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return {"name": "feuille.png", "mimeType": "image/png", "buffer": png}


@pytest.fixture(scope="module")
def issued(people) -> list[str]:
    """The numbers of twenty-one sheets: three for each stop, and three for what is between them."""
    context = people.context("agent")
    page = context.new_page()
    page.goto(DESK)
    page.get_by_label("Combien de chaque").fill("0")
    page.get_by_role("button", name="Numéroter", exact=True).click()
    assert "1 à 100" in page.get_by_role("alert").inner_text()
    before = set(page.locator("tbody th").all_inner_texts())
    page.get_by_label("Combien de chaque").fill("3")
    page.get_by_role("button", name="Numéroter", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("21 feuilles sont numérotées")
    numbers = [text for text in page.locator("tbody th").all_inner_texts() if text not in before]
    context.close()
    assert len(numbers) == 21
    return numbers


# What is printed

@pytest.mark.parametrize("size", ["a4", "large"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_prints_the_whole_set(language, size, people, tmp_path):
    context = people.context(language=language)
    sheet = Sheet(context.request.get(f"/walks/{WALK}/print.pdf?language={language}&size={size}"), tmp_path)
    text = sheet.text()
    for stop in STOPS[language]:
        assert stop in text
    assert sheet.language() == language
    assert sheet.facts["Tagged"] == "yes"
    codes = sheet.codes()
    assert [code.splitlines()[-1] for code in codes[1:]] == [
        f"TILLEUL/1/WALK/GARE-2027/{language.upper()}/{page}" for page in range(2, sheet.pages + 1)]
    assert f"TILLEUL/1/WALK/GARE-2027/{language.upper()}/1" in codes[0]
    # Seven sheets of six lines; the code of the walk is for those who are there.
    marks = sheet.run("pdftotext", sheet.path, "-")
    assert len(re.findall(r"\b1\s+2\s+3\s+4\s+5\b", marks)) == 42
    assert "gare2027" not in text
    # A cover, a page for each stop, and two with the whole map.
    if size == "a4":
        assert sheet.pages == 9
    context.close()


def test_the_desk_prints_the_code_and_numbers(people, issued, tmp_path):
    context = people.context("agent")
    cover = Sheet(context.request.get(f"{DESK}/print.pdf?language=fr"), tmp_path)
    assert "gare2027" in cover.text()
    assert "112" in cover.text().split("Quand")[0]
    assert any(f"/walks/{WALK}/sheet" in code for code in cover.codes())
    first, last = int(issued[0][:4]), int(issued[-1][:4])
    folder = tmp_path / "numbered"
    folder.mkdir()
    sheet = Sheet(context.request.get(f"{DESK}/print.pdf?from={first}&to={last}"), folder)
    # Each page says its own number in its code; what is seen between the stops has a second page.
    pages = [(1, number) for number in issued[:18]] + [(page, number) for number in issued[18:] for page in (1, 2)]
    assert [code.splitlines()[-1] for code in sheet.codes()] == [
        f"TILLEUL/1/WALK/GARE-2027/FR/{page}/{number}" for page, number in pages]
    assert all(number in sheet.text() for number in issued)
    assert context.request.get(f"{DESK}/print.pdf?from=1&to=500").status == 422
    assert context.request.get(f"{DESK}/print.pdf?from=9000").status == 422
    context.close()


def test_nobody_else_has_the_sheets(people, issued):
    for who in ("nobody", "resident", "examiner"):
        context = people.context(who)
        for address in (DESK, f"{DESK}/{issued[0]}", f"{DESK}/print.pdf?from=1&to=2", f"/walks/{WALK}/paper",
                        f"/walks/{WALK}/paper/{issued[0]}"):
            answer = context.request.get(address)
            assert answer.status == 404 or "/sign-in" in answer.url, (who, address, answer.status)
        context.close()


# What comes back

def test_a_sheet_is_found_by_its_number_or_its_code(people, issued):
    context = people.context("agent")
    page = context.new_page()
    for typed, words in (
            ("", "Tapez le numéro"), ("0001-9", "dernier sert de contrôle"), ("9001-8", "n’a pas été imprimée"),
            ("TILLEUL/1/WALK/QUAIS-2027/FR/1/0001-3", "d’une autre marche : quais-2027"),
            ("TILLEUL/1/WALK/GARE-2027/FR/1", "n’a pas de numéro")):
        page.goto(DESK)
        page.get_by_label("Numéro de la feuille à saisir").fill(typed)
        page.keyboard.press("Enter")
        assert words in page.get_by_role("alert").inner_text().replace("\u00a0", " "), typed
    page.get_by_label("Numéro de la feuille à saisir").fill(f"TILLEUL/1/WALK/GARE-2027/FR/1/{issued[0]}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Feuille {issued[0]}")
    context.close()


def test_a_sheet_is_typed_by_keyboard_alone(people, issued, picture):
    context = people.context("agent")
    page = context.new_page()
    page.goto(DESK)
    page.keyboard.type(issued[0])
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=f"Feuille {issued[0]}").wait_for()
    assert axe(page) == []
    picture(page, "walk-paper-entry-1280")
    keyboard = page.keyboard
    # Two lines, Enter leading from field to field and from line to line.
    for kind, theme, feeling, concerned, words in (
            ("-", "B", "2", "2 5", "On ne voit pas la sortie"), ("+", "F", "", "", "Le marchand salue")):
        for key in (kind, theme, feeling):
            if key:
                keyboard.type(key)
            keyboard.press("Enter")
        keyboard.type(concerned)
        keyboard.press("Enter")
        keyboard.type(words)
        keyboard.press("Enter")
    expect(page.locator("#kind-3")).to_be_focused()
    keyboard.press("Alt+ArrowUp")
    expect(page.locator("#kind-2")).to_be_focused()
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text(f"Feuille {issued[0]} saisie, lignes : 2.")
    # The next number can be typed at once.
    expect(page.get_by_label("Numéro de la feuille à saisir")).to_be_focused()
    page.goto(f"{DESK}/{issued[0]}")
    assert page.locator("#kind-1").input_value() == "problem"
    assert page.locator("#theme-1 option:checked").inner_text().startswith("B ")
    assert page.locator("#feeling-1").input_value() == "-1"
    assert page.locator("#concerned-1").input_value() == "2 5"
    assert page.locator("#words-2").input_value() == "Le marchand salue"
    context.close()


def test_without_javascript_every_mistake_is_told_and_nothing_is_lost(people, issued, picture):
    context = people.context("agent", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{DESK}/{issued[1]}")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    assert "Rien n’est tapé" in page.get_by_role("alert").inner_text()
    page.locator("#words-1").fill("Un banc cassé")
    page.locator("#concerned-2").fill("2 40")
    page.locator("#words-2").fill("Un arbre")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    assert "le chiffre 40" in page.get_by_role("alert").inner_text()
    page.locator("#concerned-2").fill("2")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    alert = page.get_by_role("alert").inner_text()
    assert "Ligne 1" in alert and "Ligne 2" in alert
    assert page.locator("#words-1").input_value() == "Un banc cassé"
    # The checker of accessibility is a script itself.
    assert overflow(page) == 0
    picture(page, "walk-paper-entry-360-refused")
    page.get_by_role("button", name="Ajouter trois lignes").click()
    assert page.locator("tbody tr").count() == 9
    assert page.locator("#words-2").input_value() == "Un arbre"
    for line in (1, 2):
        page.locator(f"#kind-{line}").select_option("problem")
    page.locator("#kind-9").select_option("idea")
    page.locator("#words-9").fill("Au dos de la feuille")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.get_by_role("status").first).to_contain_text("lignes : 3.")
    # What was blank is said to be blank.
    page.goto(f"{DESK}/{issued[2]}")
    page.get_by_role("button", name="Rien n’est écrit sur cette feuille").click()
    expect(page.get_by_role("status").first).to_contain_text("lignes : 0.")
    context.close()


def axe_free(page) -> bool:
    return axe(page) == [] and overflow(page) == 0


def test_a_sheet_typed_twice_shows_what_stands_and_what_was_typed(people, issued):
    first, second = people.context("agent"), people.context("agent")
    pages = [context.new_page() for context in (first, second)]
    for page, words in zip(pages, ("Un trottoir étroit", "Un trottoir trop étroit")):
        page.goto(f"{DESK}/{issued[3]}")
        page.locator("#kind-1").select_option("problem")
        page.locator("#words-1").fill(words)
    pages[0].get_by_role("button", name="Enregistrer la feuille").click()
    pages[0].get_by_role("status").first.wait_for()
    pages[1].get_by_role("button", name="Enregistrer la feuille").click()
    assert "déjà saisie" in pages[1].get_by_role("alert").inner_text()
    assert pages[1].locator("#words-1").input_value() == "Un trottoir étroit"
    expect(pages[1].get_by_role("main")).to_contain_text("Ligne 1 : Un trottoir trop étroit")
    # A correction keeps what stood there.
    pages[1].locator("#words-1").fill("Un trottoir trop étroit")
    pages[1].get_by_role("button", name="Enregistrer les corrections").click()
    expect(pages[1].get_by_role("main")).to_contain_text("Avant : Problème, Un trottoir étroit")
    # And the whole entry is taken back while nobody has read it.
    pages[1].get_by_role("button", name="Annuler la saisie").click()
    expect(pages[1].get_by_role("status").first).to_contain_text("est annulée")
    assert pages[1].locator("#words-1").input_value() == ""
    for context in (first, second):
        context.close()


def test_the_crew_enters_and_nobody_but_staff_sees_the_picture(people, issued, picture):
    context = people.context("note_taker", viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"/walks/{WALK}/paper")
    assert axe_free(page)
    assert page.get_by_role("button", name="Numéroter", exact=True).count() == 0
    picture(page, "walk-paper-crew-360")
    page.get_by_label("Numéro de la feuille à saisir").fill(issued[20])
    page.get_by_role("button", name="Ouvrir la feuille").click()
    page.locator("#kind-1").select_option("idea")
    page.locator("#words-1").fill("Une horloge")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    assert "dites où c’est" in page.get_by_role("alert").inner_text()
    page.locator("#place-1").fill("Au coin de la rue")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.get_by_role("status").first).to_contain_text("lignes : 1.")
    page.goto(f"/walks/{WALK}/paper/{issued[20]}")
    page.get_by_label("Photo ou PDF de la feuille").set_input_files(picture_of_a_sheet())
    page.get_by_role("button", name="Joindre l’image").click()
    expect(page.get_by_role("status").first).to_contain_text("L’image est jointe.")
    address = page.locator(".pictures a").get_attribute("href")
    assert context.request.get(address).status == 200
    for who in ("nobody", "resident"):
        other = people.context(who)
        assert other.request.get(address).status == 404
        other.close()
    # At the desk the list says who entered it, and that there is a picture.
    agent = people.context("agent")
    desk = agent.new_page()
    desk.goto(f"{DESK}?state=entered&after={int(issued[20][:4]) - 1}")
    expect(desk.locator("tbody tr").first).to_contain_text("Prise de notes")
    agent.close()
    context.close()
