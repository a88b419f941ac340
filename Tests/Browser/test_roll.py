"""An agent imports a roll by keyboard, mends what is refused, and sees what changes; people find themselves on it."""

import re

import pytest
from playwright.sync_api import Page, expect

from checks import axe
from service import FIXTURE

VOTE = "avec-liste"
HEADER = "NOM;Prénom(s);Né(e) le;Adresse postale;CP;Courriel"
GOOD = """Dupont;Marie Anne;29/02/1980;1 rue du Tilleul;68100;
Le Goff;Yann;01/02/1950;;68100;
Müller-Lefèvre;Éloïse;12/11/1999;4 quai d’Oran;68200;"""
BAD = """Dupont;Marie Anne;29280;1 rue du Tilleul;68100;
;Yann;01/02/50;;68100;"""


@pytest.fixture(scope="module")
def desk(people):
    """The agent's page, on a draft whose settings ask for a roll."""
    context = people.context("agent")
    page = context.new_page()
    page.goto("/desk/votes/import")
    page.get_by_label("Fichier").set_input_files(FIXTURE)
    page.get_by_label("Nom dans l’adresse").fill(VOTE)
    page.get_by_role("button", name="Importer le fichier").click()
    expect(page.get_by_role("status")).to_contain_text("Le vote est préparé")
    page.goto(f"/desk/votes/{VOTE}/settings")
    page.locator("summary").filter(has_text="Qui peut voter").click()
    page.locator("input[name=eligibility][value=roll]").check()
    for field in ("family_name", "given_names", "birth_date"):
        page.locator(f"input[name=roll_field][value={field}]").check()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**/desk/votes/{VOTE}")
    yield page
    context.close()


def press_through(page: Page, name: str) -> None:
    """Tabs to a control by its accessible name and presses Enter: no mouse."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if name in page.evaluate("document.activeElement.innerText || document.activeElement.value || ''"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard does not reach “{name}”")


def send(page: Page, path) -> None:
    page.goto(f"/desk/votes/{VOTE}/roll/imports")
    page.get_by_label("Fichier CSV").set_input_files(path)
    press_through(page, "Envoyer le fichier")
    page.wait_for_url(re.compile(r"/roll/imports/[0-9a-f-]{36}"))


def settle(page: Page, before: str) -> None:
    """Leaves the step `before` and comes back to look until the work is done."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).not_to_have_text(before)
    while heading.inner_text() in ("Lecture du fichier", "Enregistrement de la liste"):
        page.get_by_role("link", name="Voir où cela en est").click()


def read(page: Page) -> None:
    press_through(page, "Lire le fichier")
    settle(page, "Que contient chaque colonne ?")


def test_refused_line_by_line(desk, tmp_path, picture):
    path = tmp_path / "liste.csv"
    path.write_bytes(f"{HEADER}\n{BAD}\n".encode("windows-1252"))
    send(desk, path)
    expect(desk.get_by_label("NOM", exact=True)).to_have_value("family_name")
    expect(desk.get_by_label("Né(e) le")).to_have_value("birth_date")
    assert axe(desk) == []
    picture(desk, "roll-columns")
    # A column that the vote needs is said to be nothing.
    desk.get_by_label("Né(e) le").select_option("-")
    press_through(desk, "Lire le fichier")
    expect(desk.get_by_role("alert")).to_contain_text("Date de naissance")
    assert axe(desk) == []
    desk.get_by_label("Né(e) le").select_option("birth_date")
    read(desk)
    table = desk.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(4)
    expect(table).to_contain_text("le tableur a transformé la date en nombre")
    expect(table).to_contain_text("écrivez l’année avec quatre chiffres")
    expect(desk.get_by_role("main")).to_contain_text("Rien n’a été enregistré")
    assert axe(desk) == []
    picture(desk, "roll-refused")
    desk.goto(f"/desk/votes/{VOTE}/roll")
    expect(desk.get_by_role("main")).to_contain_text("La liste est vide")


def test_other_files_are_refused(desk, tmp_path):
    for name, content, words in (
            ("vide.csv", b"", "ligne de titres"), ("classeur.csv", b"PK\x03\x04rest", "classeur"),
            ("unicode.csv", "\ufeffNom\nDupont\n".encode("utf-16-le"), "UTF-16"),
            ("longue.csv", b"x" * 10_000_000 + b"\n", "octets")):
        path = tmp_path / name
        path.write_bytes(content)
        desk.goto(f"/desk/votes/{VOTE}/roll/imports")
        desk.get_by_label("Fichier CSV").set_input_files(path)
        desk.get_by_role("button", name="Envoyer le fichier").click()
        expect(desk.get_by_role("alert")).to_contain_text(words)
        assert axe(desk) == []


def test_versions_are_confirmed_by_an_agent(desk, tmp_path, picture):
    path = tmp_path / "liste.csv"
    path.write_text(f"{HEADER}\n{GOOD}\n")
    send(desk, path)
    read(desk)
    expect(desk.get_by_role("heading", level=1)).to_have_text("Ce qui va changer")
    assert axe(desk) == []
    press_through(desk, "Confirmer cette version")
    settle(desk, "Ce qui va changer")
    press_through(desk, "Voir la liste")
    expect(desk.get_by_role("main")).to_contain_text("3 personnes sur la liste")
    # A second file takes somebody away and moves somebody: both are shown, nothing is done by itself.
    path.write_text(f"{HEADER}\n{GOOD.replace('1 rue du Tilleul', '7 rue Neuve').replace('Le Goff;Yann;01/02/1950;;68100;', '')}\n")
    send(desk, path)
    read(desk)
    main = desk.get_by_role("main")
    expect(main).to_contain_text("1 personne n’est plus dans le fichier")
    expect(main).to_contain_text("(avant : 1 rue du Tilleul)")
    picture(desk, "roll-difference")
    assert axe(desk) == []
    press_through(desk, "Abandonner cet import")
    expect(desk.get_by_role("status").first).to_contain_text("Rien n’a changé")
    expect(main).to_contain_text("3 personnes sur la liste")
    desk.get_by_label("Nom", exact=True).fill("muller elo")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("table").first).to_contain_text("Müller-Lefèvre")
    picture(desk, "roll")
    assert axe(desk) == []


@pytest.mark.parametrize("who", ["resident", "auditor", "nobody"])
def test_the_roll_is_for_those_who_work_on_it(who, people, desk):
    context = people.context(who)
    for path in ("roll/imports", "roll/claims", "packages"):
        page = context.new_page()
        answer = page.goto(f"/desk/votes/{VOTE}/{path}")
        assert answer.status == 404 or "/sign-in" in page.url
        page.close()
    context.close()


def test_people_find_themselves_on_the_roll(people, desk, tmp_path, picture):
    """By their names however spelled, with a link; whoever is nearly on it waits for a person, who decides."""
    data = str(people.service.data)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("cinq mots tout à fait sans lien")
    passphrase.chmod(0o600)
    people.service.run("roll", "commit", VOTE, "--data-dir", data)
    people.service.run("votes", "open", VOTE, "--passphrase-file", str(passphrase), "--data-dir", data)
    context = people.context()
    page = context.new_page()

    def say(family: str, given: str, birth: str, email: str) -> None:
        page.goto(f"/votes/{VOTE}/code")
        page.get_by_role("link", name="Je suis sur la liste").click()
        page.get_by_label("Nom de famille").fill(family)
        page.get_by_label("Prénoms").fill(given)
        page.get_by_label("Date de naissance").fill(birth)
        page.get_by_label("Courriel").fill(email)
        page.get_by_role("button", name="Continuer").click()

    say("", "Éloïse", "31/31/1999", "")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    assert axe(page) == []
    picture(page, "roll-entrance")
    say("Muler Lefevre", "eloise", "12.11.1999", "eloise@example.fr")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Une personne va examiner")
    desk.goto(f"/desk/votes/{VOTE}/roll/claims")
    desk.get_by_role("link", name="Muler Lefevre").click()
    assert axe(desk) == []
    picture(desk, "roll-claim")
    press_through(desk, "C’est cette personne")
    expect(desk.get_by_role("alert")).to_contain_text("Choisissez une personne")
    desk.get_by_role("radio").first.check()
    press_through(desk, "C’est cette personne")
    expect(desk.get_by_role("status").first).to_contain_text("La demande est acceptée")
    say("MULLER-LEFEVRE", "Eloise", "12/11/1999", "eloise@example.fr")
    expect(page.get_by_role("main")).to_contain_text("eloise@example.fr")
    assert axe(page) == []

    page.goto(f"/votes/{VOTE}/my-mark")
    assert axe(page) == []
    picture(page, "my-mark")
    page.get_by_label("Nom de famille").fill("Le Goff")
    page.get_by_label("Prénoms").fill("Yann")
    page.get_by_label("Date de naissance").fill("01/02/1950")
    page.get_by_label("Courriel").fill("yann@example.fr")
    page.get_by_role("button", name="Voir la réponse").last.click()
    expect(page.get_by_role("main")).to_contain_text("Un agent vérifie votre demande")
    context.close()
