"""Staff carry a vote from its file to its result, in the browser."""

import csv
import pytest
from playwright.sync_api import expect

from checks import axe
from conftest import enter_code
from service import FIXTURE

PASSPHRASE = "cinq mots tout à fait sans lien"


def test_from_file_to_result(people, picture):
    agent = people.context("agent")
    page = agent.new_page()
    page.goto("/desk")
    page.get_by_role("link", name="Importer un vote").click()
    page.get_by_label("Fichier").set_input_files(FIXTURE)
    page.get_by_label("Nom dans l’adresse").fill("essai")
    page.get_by_role("button", name="Importer le fichier").click()
    expect(page.get_by_role("status")).to_contain_text("Le vote est préparé")
    agent.close()

    officer = people.context("officer")
    page = officer.new_page()
    page.goto("/desk/votes/essai")
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Faire la clé").click()
    key = page.get_by_label("essai.key").input_value()
    assert axe(page) == []
    page.get_by_role("link", name="J’ai copié ce texte").click()

    # A key that does not fit its passphrase opens nothing.
    page.get_by_label("Le texte de la clé").fill(key)
    page.get_by_label("Phrase secrète de la clé").fill("une tout autre phrase")
    page.get_by_role("button", name="Ouvrir le vote").click()
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    assert axe(page) == []
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir le vote").click()
    expect(page.get_by_role("status").first).to_contain_text("Le vote est ouvert")

    page.get_by_role("link", name="Courriers à code").click()
    page.get_by_label("Nombre de codes").fill("2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Faire les codes").click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        codes = [row["Code"] for row in csv.DictReader(file)]
    assert len(codes) == 2
    for code in codes:
        voter = people.context()
        ballot = voter.new_page()
        enter_code(ballot, "essai", code)
        ballot.locator("#choices input[type=number]").first.fill("3")
        ballot.get_by_role("button", name="Continuer : vérifier mes choix").click()
        ballot.get_by_role("button", name="Déposer mon bulletin").click()
        expect(ballot.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
        voter.close()

    page.goto("/desk/votes/essai")
    page.get_by_role("button", name="Clore le vote").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    page.get_by_label("Clore avant l’heure prévue").check()
    page.get_by_role("button", name="Clore le vote").click()
    expect(page.get_by_role("status").first).to_contain_text("Le vote est clos")
    page.get_by_label("Le texte de la clé").fill(key)
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir et compter").click()
    expect(page.get_by_role("status").first).to_contain_text("Les bulletins sont comptés")
    page.get_by_role("button", name="Publier le résultat").click()
    expect(page.get_by_role("status").first).to_contain_text("Le résultat est publié")
    page.goto("/votes/essai/result")
    expect(page.get_by_role("main")).to_contain_text("Comptés : 2 bulletins")
    picture(page, "desk-result")
    officer.close()


def test_file_with_errors_is_refused_line_by_line(people, tmp_path):
    broken = tmp_path / "broken.pb"
    lines = FIXTURE.read_text().splitlines()
    first = lines.index("PROJECTS") + 2
    lines[first] = lines[first].replace("390000", "cher")
    lines[first + 2] = lines[first + 2].replace("107000", "-5")
    broken.write_text("\n".join(lines))
    context = people.context("agent")
    page = context.new_page()
    page.goto("/desk/votes/import")
    page.get_by_label("Fichier").set_input_files(broken)
    page.get_by_label("Nom dans l’adresse").fill("casse")
    page.get_by_role("button", name="Importer le fichier").click()
    expect(page.get_by_role("alert")).to_be_visible()
    table = page.get_by_role("table")
    expect(table).to_contain_text(str(first + 1))
    expect(table).to_contain_text(str(first + 3))
    assert axe(page) == []
    assert context.request.get("/desk/votes/casse").status == 404
    context.close()


@pytest.mark.parametrize("who", ["resident", "auditor"])
def test_others_open_nothing(who, people, votes):
    """The desk's acts are refused to people without the role, whatever they send, and the vote stays as it was."""
    context = people.context(who)
    page = context.new_page()
    page.goto(f"/votes/{votes['published']}/check")
    token = page.locator("input[name=token]").first.get_attribute("value")
    for act in ("opening", "closing", "count", "publication", "packages"):
        answer = context.request.post(
            f"/desk/votes/{votes['open']}/{act}", form={"token": token, "early": "1", "count": "1"},
            headers={"Origin": people.service.url, "Sec-Fetch-Site": "same-origin"})
        # 422 where the vote's state already forbids the act to everybody.
        assert answer.status in (403, 404, 422), f"{act}: {answer.status}"
    page.goto(f"/votes/{votes['open']}")
    expect(page.get_by_role("link", name="Voter maintenant")).to_be_visible()
    context.close()
