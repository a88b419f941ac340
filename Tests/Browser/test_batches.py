"""Two operators enter a batch by keyboard alone, a third person settles it, an officer looks at the account."""

import re

import pytest
from playwright.sync_api import expect

import service as services
from checks import axe
from conftest import People
from service import Service

VOTE = "partout-2026"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, browser):
    """A city of its own: the vote on every channel is closed here."""
    services.PEOPLE |= {"a": "saisie-a", "b": "saisie-b", "third": "arbitrage"}
    started = Service(tmp_path_factory.mktemp("batches"))
    people = People(started, browser, [], VOTE)
    officer = people.context("officer")
    page = officer.new_page()
    declare(page)
    officer.close()
    started.run("votes", "close", VOTE, "--data-dir", str(started.data))
    yield people
    started.stop()


def declare(page):
    """A batch of four papers, shown once more before it is declared."""
    page.goto(f"/desk/votes/{VOTE}/batches")
    page.get_by_label("Nom du lot").fill("lot 1")
    page.get_by_label("Bulletins", exact=True).fill("0")
    page.get_by_role("button", name="Vérifier le lot").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez un nom en lettres minuscules")
    assert axe(page) == []
    page.get_by_label("Nom du lot").fill("lot-1")
    page.get_by_label("Bulletins", exact=True).fill("4")
    page.get_by_role("button", name="Vérifier le lot").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Déclarer ce lot ?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lot lot-1")
    expect(page.get_by_role("main")).to_contain_text("Les bulletins se saisissent après la clôture")


def enter(page, letter, lines):
    """Types the lines with Enter, and nothing else."""
    page.goto(f"/desk/votes/{VOTE}/batches/lot-1")
    page.get_by_role("button", name=f"Saisie {letter}").first.press("Enter")
    for line in lines:
        expect(page.get_by_label(re.compile("Bulletin|Corriger"))).to_be_focused()
        page.keyboard.type(line)
        # The next field looks like this one: only another page tells them apart.
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Tous les bulletins ont une ligne")


def hand_in(page):
    page.get_by_role("link", name="Vérifier et remettre la saisie").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Remettre")
    expect(page.get_by_role("button", name="Remettre la saisie")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("La saisie est remise")


def test_by_keyboard_from_two_entries_to_a_settlement(desk, picture):
    a = desk.context("a")
    page = a.new_page()
    page.goto(f"/desk/votes/{VOTE}/batches/lot-1")
    picture(page, "paper-batch")
    # An unknown number is refused on the spot; < goes back; the line is corrected.
    page.get_by_role("button", name="Saisie A").first.press("Enter")
    line = page.get_by_label(re.compile("Bulletin|Corriger"))
    expect(line).to_be_focused()
    page.keyboard.type("999:2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Aucun projet n’a le numéro 999")
    expect(line).to_be_focused()
    expect(line).to_have_value("999:2")
    assert axe(page) == []
    line.fill("-")
    page.keyboard.press("Enter")
    for text in ["!1", "<", "!2"]:
        expect(line).to_be_focused()
        expect(line).to_be_editable()
        line.fill(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    picture(page, "paper-entry")
    for text in ["-", "!4"]:
        expect(line).to_be_focused()
        line.fill(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    hand_in(page)
    a.close()

    b = desk.context("b")
    page = b.new_page()
    enter(page, "B", ["-", "!2", "!5", "!4"])
    hand_in(page)
    b.close()

    third = desk.context("third")
    page = third.new_page()
    page.goto(f"/desk/votes/{VOTE}/batches/lot-1")
    page.get_by_role("link", name="Comparer les saisies").press("Enter")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Bulletin 3")
    assert axe(page) == []
    picture(page, "paper-comparison")
    page.get_by_label("A : -").press("Space")
    page.get_by_role("button", name="Trancher ce bulletin 3").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
    page.get_by_label("A : -").press("Space")
    page.locator("#reason-3").fill("Le bulletin est là, il est blanc.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("La décision est notée")
    page.get_by_role("link", name="Arrêter le lot").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arrêter le lot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Le lot est arrêté")
    expect(page.get_by_role("main")).to_contain_text("illisible")
    third.close()

    officer = desk.context("officer")
    page = officer.new_page()
    page.goto(f"/desk/votes/{VOTE}/account")
    expect(page.get_by_role("table")).to_contain_text("Bulletins en tout")
    assert axe(page) == []
    picture(page, "paper-account")
    officer.close()


def test_a_file_with_mistakes_is_told_line_by_line(desk):
    officer = desk.context("officer")
    page = officer.new_page()
    page.goto(f"/desk/votes/{VOTE}/batches")
    page.get_by_label("Nom du lot").fill("lot-2")
    page.get_by_label("Bulletins", exact=True).fill("2")
    page.get_by_role("button", name="Vérifier le lot").click()
    page.get_by_role("button", name="Déclarer le lot").click()
    officer.close()
    a = desk.context("a")
    page = a.new_page()
    page.goto(f"/desk/votes/{VOTE}/batches/lot-2")
    page.get_by_label("Fichier CSV de la saisie A").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"paper;choices\n1;3.12\n2;12-Mar\n"})
    page.get_by_role("button", name="Lire le fichier – Saisie A").click()
    table = page.get_by_role("table")
    expect(table).to_contain_text("le tableur a changé")
    expect(table.get_by_role("row")).to_have_count(3)
    assert axe(page) == []
    page.get_by_label("Fichier CSV de la saisie A").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"paper;choices\n1;-\n2;!torn\n"})
    page.get_by_role("button", name="Lire le fichier – Saisie A").click()
    expect(page.get_by_role("status").first).to_contain_text("lu sans erreur")
    # Nobody presses anything: the page loads itself again until the file is stored.
    expect(page.get_by_role("main")).to_contain_text("remise,")
    assert page.request.get(page.url).headers.get("refresh") is None
    a.close()
