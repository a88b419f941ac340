"""A whole mixed vote through the browser alone: roll, places, three channels, batches, account, minutes, verifiers.

Eight people are on the roll. Aubert and Bauer vote online with the codes of their letters and then take a paper, which
prevails; Colin votes online by the roll; Durand takes a paper after an undone mistake; Évrard votes at a kiosk; Faure is
below the least age; Gander takes a paper at the market, which has no network; Huber stays at home. Six marks stand.
One paper of the town hall is not in its box, so that the account does not close until two officers explain it.
"""

import csv
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from checks import axe
from service import FIXTURE

VOTE = "mixte"
DESK = f"/desk/votes/{VOTE}"
PASSPHRASE = "cinq mots tout à fait sans lien"
ROLL = """NOM;Prénom(s);Né(e) le;Adresse;CP;Courriel
Aubert;Éloïse;01/02/1980;1 rue du Tilleul;68100;famille@exemple.example
Bauer;Jürgen;02/03/1975;1 rue du Tilleul;68100;famille@exemple.example
Colin;Zoé;03/04/1990;2 rue du Tilleul;68100;colin@exemple.example
Durand;Noël;04/05/1960;3 rue du Tilleul;68100;
Évrard;Inès;05/06/1955;3 rue du Tilleul;68100;
Faure;Tom;06/07/2015;4 rue du Tilleul;68100;
Gander;Anna;07/08/1988;5 rue du Tilleul;68100;
Huber;Léa;08/09/1948;6 rue du Tilleul;68100;
"""


def done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").first).to_contain_text(words)


def refused(page: Page, words: str) -> None:
    expect(page.get_by_role("alert").first).to_contain_text(words)
    assert axe(page) == []


def cast(page: Page, *numbers: int) -> None:
    """Chooses the projects with these numbers and casts the ballot."""
    for number in numbers:
        page.get_by_role("checkbox", name=re.compile(rf"Choisir : {number}\. ")).check()
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")


def prepare(page: Page, folder) -> None:
    """The agent makes the vote and imports its roll."""
    page.goto("/desk/votes/import")
    page.get_by_label("Fichier").set_input_files(FIXTURE)
    page.get_by_label("Nom dans l’adresse").fill(VOTE)
    page.get_by_role("button", name="Importer le fichier").click()
    page.get_by_role("link", name="Modifier les règles et les projets").click()
    page.locator("details").evaluate_all("parts => parts.forEach(part => { part.open = true; })")
    page.get_by_label("Type de bulletin").select_option("approval")
    page.get_by_label("Nombre de projets, au plus").fill("5")
    page.locator("input[name=eligibility][value=account]").uncheck()
    for name, value in (("eligibility", "desk"), ("eligibility", "roll"), ("roll_field", "family_name"),
                        ("roll_field", "given_names"), ("roll_field", "birth_date"), ("channel", "kiosk"),
                        ("channel", "paper"), ("policy", "paper_prevails")):
        page.locator(f"input[name={name}][value={value}]").check()
    page.get_by_label("Âge minimal").fill("16")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    done(page, "Les réglages sont enregistrés")

    (folder / "liste.csv").write_text(ROLL)
    page.goto(f"{DESK}/roll/imports")
    page.get_by_label("Fichier CSV").set_input_files(folder / "liste.csv")
    for button, title in (("Envoyer le fichier", "Que contient chaque colonne ?"),
                          ("Lire le fichier", "Ce qui va changer"),
                          ("Confirmer cette version", "La nouvelle version est enregistrée")):
        page.get_by_role("button", name=button).click()
        wait_for(page, title)


def wait_for(page: Page, title: str) -> None:
    """Waits as a person does who comes back to look."""
    while page.get_by_role("link", name="Voir où cela en est").count():
        page.get_by_role("link", name="Voir où cela en est").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def plan(page: Page, place: str, name: str, network: bool) -> None:
    page.goto(f"{DESK}/places")
    page.get_by_label("Nom dans le registre public").fill(place)
    page.get_by_label("Nom du lieu").first.fill(name)
    page.get_by_label("Ce lieu a une connexion").set_checked(network)
    page.get_by_role("button", name="Ajouter ce lieu").click()
    done(page, "Le lieu est ajouté")
    page.get_by_label("Adresse e-mail de l’agent").fill("bureau@demonstration.example")
    for label, days in (("Début", -2), ("Fin", 2)):
        moment = datetime.now() + timedelta(days=days)
        page.get_by_label(label).fill(moment.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Prévoir").click()
    done(page, "La permanence est prévue")


def find(page: Page, name: str) -> None:
    page.goto(f"{DESK}/places/mairie/issue?q={name}")


def enter(page: Page, batch: str, letter: str, lines: list[str]) -> None:
    """Types a batch: numbers and Enter, paper after paper."""
    page.goto(f"{DESK}/batches/{batch}")
    page.get_by_role("button", name=f"Saisir à l’écran – Saisie {letter}").click()
    for number, line in enumerate(lines, start=1):
        expect(page.get_by_label(f"Bulletin {number} sur {len(lines)}")).to_be_focused()
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    page.get_by_role("link", name="Vérifier et remettre la saisie").click()
    page.get_by_role("button", name="Remettre la saisie").click()
    done(page, "La saisie est remise")


def settle(page: Page, batch: str) -> None:
    page.goto(f"{DESK}/batches/{batch}/comparison")
    page.get_by_role("link", name="Arrêter le lot").click()
    page.get_by_role("button", name="Arrêter le lot").click()
    done(page, "Le lot est arrêté")


@pytest.fixture
def pages(people):
    """A page for each of those who work on the vote, made when they first come."""
    made: dict[str, Page] = {}

    def page(who: str) -> Page:
        if who not in made:
            made[who] = people.context(who).new_page()
        return made[who]

    yield page
    for one in made.values():
        one.context.close()


def test_paper_kiosk_and_web_in_one_count(people, pages, tmp_path, picture):
    prepare(pages("agent"), tmp_path)
    officer = pages("officer")
    key = open_vote(officer)
    letters = codes(officer, tmp_path)

    vote_online(people, letters)
    work_at_the_places(people, pages, picture)
    close(officer, key)
    read_papers(pages, tmp_path, picture)
    explain_and_publish(pages, key)
    certify(pages, picture)

    page = people.context().new_page()
    page.goto(f"/votes/{VOTE}/result")
    # Two sealed ballots, one paper with choices and a blank one; the torn one is not counted.
    expect(page.get_by_role("main")).to_contain_text("Comptés : 4 bulletins")
    picture(page, "mixed-result")
    assert axe(page) == []
    page.goto(f"/votes/{VOTE}/record/")
    expect(page.get_by_role("link", name="Quelqu’un a-t-il voté sous mon nom ?")).to_be_visible()
    picture(page, "mixed-record")
    assert axe(page) == []
    read_the_record(page, picture)
    verify(people, page, tmp_path)
    page.context.close()


def open_vote(page: Page) -> str:
    """Commits the roll, plans two places, makes the key, and opens."""
    page.goto(f"{DESK}/roll")
    page.get_by_role("button", name="Arrêter la liste").click()
    done(page, "La liste est arrêtée")
    plan(page, "mairie", "Mairie", network=True)
    plan(page, "marche", "Marché couvert", network=False)
    page.goto(DESK)
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Faire la clé").click()
    key = page.get_by_label(f"{VOTE}.key").input_value()
    page.get_by_role("link", name="J’ai copié ce texte").click()
    page.get_by_label("Le texte de la clé").fill(key)
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir le vote").click()
    done(page, "Le vote est ouvert")
    # Every code of a vote with a roll belongs to somebody: codes for anybody are not offered.
    expect(page.get_by_role("button", name="Créer les codes")).to_have_count(0)
    return key


def codes(page: Page, folder) -> dict[str, str]:
    """The codes of the first two letters, by family name."""
    page.goto(f"{DESK}/packages")
    page.get_by_label("Nombre de codes").fill("2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Faire les codes").click()
    download.value.save_as(folder / "codes.csv")
    with (folder / "codes.csv").open(encoding="utf-8-sig") as file:
        letters = {row["Nom de famille"]: row["Code"] for row in csv.DictReader(file)}
    assert sorted(letters) == ["Aubert", "Bauer"]
    return letters


def vote_online(people, letters: dict[str, str]) -> None:
    for name, choice in (("Aubert", 3), ("Bauer", 2)):
        page = people.context().new_page()
        page.goto(f"/votes/{VOTE}/code")
        page.get_by_label("Votre code de vote").fill(letters[name].lower())
        page.get_by_role("button", name="Utiliser ce code").click()
        cast(page, choice)
        page.context.close()
    page = people.context().new_page()
    page.goto(f"/votes/{VOTE}/roll")
    for label, words in (("Nom de famille", "COLIN"), ("Prénoms", "zoe"), ("Date de naissance", "3/4/1990"),
                         ("Courriel", "colin@exemple.example")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Un message est parti")
    link = page.locator(f"main a[href^='/votes/{VOTE}/confirmation/']").first
    page.goto("/dev/mail")
    while not link.count():
        page.reload()
    link.click()
    page.get_by_role("button", name="Ouvrir mon bulletin").click()
    cast(page, 1)
    page.context.close()


def work_at_the_places(people, pages, picture) -> None:
    page = pages("poller")
    # The desk leads to the places of the vote, for somebody who has no page of the vote itself.
    page.goto("/desk")
    page.get_by_role("main").locator(f"a[href='{DESK}/places']").click()
    page.get_by_role("link", name="Mairie").click()
    page.get_by_role("link", name="Rapport du lieu").click()
    page.get_by_label("Combien de bulletins sont arrivés ?").fill("10")
    page.get_by_role("button", name="Noter").click()
    done(page, "L’arrivée est notée")

    find(page, "faure")
    expect(page.get_by_text("à partir de 16 ans")).to_be_visible()
    expect(page.get_by_role("button", name="Émarger et remettre un bulletin")).to_have_count(0)
    find(page, "durand")
    page.wait_for_function("document.activeElement !== document.body")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Erreur : aucun bulletin remis, annuler").click()
    done(page, "cette personne peut voter")
    for name in ("durand", "aubert"):
        find(page, name)
        expect(page.get_by_text("A voté en ligne")).to_have_count(1 if name == "aubert" else 0)
        page.wait_for_function("document.activeElement !== document.body")
        page.keyboard.press("Enter")
        done(page, "émargement fait")
    page.get_by_role("button", name="Remplacer un bulletin détérioré").click()
    done(page, "sans second émargement")

    device = people.browser.new_context(
        base_url=people.service.url, locale="fr", storage_state=people.enter("poller"))
    kiosk = device.new_page()
    kiosk.goto(f"{DESK}/places/mairie/devices")
    kiosk.get_by_label("Usage").select_option("kiosk")
    kiosk.get_by_label("Nom de l’appareil").fill("Borne 1")
    kiosk.get_by_role("button", name="Ouvrir cet appareil").click()
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("Borne de vote")
    find(page, "evrard")
    page.get_by_role("link", name=re.compile("Ouvrir une borne")).click()
    page.get_by_label("Texte lu à voix haute, et accepté").check()
    page.get_by_role("button", name="Ouvrir la séance").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reçu de l’aide")
    kiosk.goto("/kiosk")
    kiosk.get_by_role("button", name="Commencer").click()
    cast(kiosk, 1)
    kiosk.get_by_role("button", name="Terminer et fermer ma session").click()
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("Borne de vote")
    device.close()

    # The market's printed list: Bauer's line meets a vote online.
    page.goto(f"{DESK}/places/marche/lines")
    page.get_by_label("Numéros des lignes").fill("2, 7")
    page.get_by_role("button", name="Émarger ces lignes").click()
    done(page, "Émargées : 1. À régler : 1.")
    page.get_by_role("button", name="Oui, il est dans l’urne").click()
    done(page, "l’autre vote est annulé")
    page.goto(f"{DESK}/places/mairie/report")
    page.get_by_label("Inutilisés et rendus").fill("7")
    page.get_by_role("button", name="Signer le rapport").click()
    expect(page.get_by_role("table")).to_contain_text("le compte est bon")
    picture(page, "mixed-report")

    for batch, place, papers, spoiled in (("mairie-1", "mairie", "1", "1"), ("marche-1", "marche", "2", "0")):
        page.goto(f"{DESK}/batches")
        page.get_by_label("Nom du lot").fill(batch)
        page.get_by_label("Lieu de vote", exact=True).select_option(place)
        page.get_by_label("Bulletins", exact=True).fill(papers)
        page.get_by_label("Détériorés").fill(spoiled)
        page.get_by_role("button", name="Vérifier le lot").click()
        page.get_by_role("button", name="Déclarer le lot").click()
        done(page, "Le lot est déclaré")


def close(page: Page, key: str) -> None:
    page.goto(DESK)
    page.get_by_label("Clore avant l’heure prévue").check()
    page.get_by_role("button", name="Clore le vote").click()
    done(page, "Le vote est clos")
    count(page, key)
    refused(page, "Ces lots ne sont pas arrêtés : mairie-1, marche-1")


def count(page: Page, key: str) -> None:
    page.get_by_label("Le texte de la clé").fill(key)
    page.get_by_label("Phrase secrète de la clé").fill(PASSPHRASE)
    page.get_by_role("button", name="Ouvrir et compter").click()


def read_papers(pages, folder, picture) -> None:
    """Two operators read every paper, and a third person settles where they differ."""
    first, second, third = pages("entry_a"), pages("entry_b"), pages("adjudicator")
    first.goto("/desk")
    first.get_by_role("link", name="Lots de bulletins : Municipal PB in Toulouse").click()
    enter(first, "mairie-1", "A", ["1,5"])
    (folder / "b.csv").write_text("paper;choices\n1;1,8\n")
    second.goto(f"{DESK}/batches/mairie-1")
    second.get_by_label("Fichier CSV de la saisie B").set_input_files(folder / "b.csv")
    second.get_by_role("button", name="Lire le fichier – Saisie B").click()
    enter(first, "marche-1", "A", ["-", "!1"])
    enter(second, "marche-1", "B", ["-", "!1"])

    third.goto("/desk")
    third.get_by_role("link", name="Lots de bulletins : Municipal PB in Toulouse").click()
    comparison = third.get_by_role("link", name="Comparer les saisies")
    third.get_by_role("link", name="mairie-1").click()
    while not comparison.count():
        third.reload()
    comparison.click()
    third.get_by_label("A : 1,5").check()
    third.get_by_role("button", name="Trancher ce bulletin").first.click()
    refused(third, "Dites pourquoi")
    third.get_by_label("A : 1,5").check()
    third.get_by_label("Pourquoi").first.fill("Relu à deux : c’est un 5.")
    third.get_by_role("button", name="Trancher ce bulletin").first.click()
    done(third, "La décision est notée")
    picture(third, "mixed-comparison")
    settle(third, "mairie-1")
    settle(third, "marche-1")


def explain_and_publish(pages, key: str) -> None:
    """The account lacks a paper: no result before two officers have said why."""
    page, other = pages("officer"), pages("second")
    page.goto(DESK)
    count(page, key)
    done(page, "Les bulletins sont comptés")
    page.get_by_role("button", name="Publier le résultat").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.goto(f"{DESK}/account")
    # The mark that was undone has no paper, and none is missed for it.
    expect(page.get_by_role("row", name=re.compile("Remis moins émargés"))).not_to_contain_text("−1")
    page.get_by_label("Lieu de vote").select_option("mairie")
    page.get_by_label("Pourquoi le compte n’est pas juste").fill("Un bulletin remis n’est pas dans l’urne.")
    page.get_by_role("button", name="Proposer cette explication").click()
    expect(page.get_by_role("button", name="Confirmer et inscrire au registre")).to_have_count(0)
    other.goto(f"{DESK}/account")
    other.get_by_role("button", name="Confirmer et inscrire au registre").click()
    expect(other.get_by_role("main")).to_contain_text("Le compte est juste")
    page.goto(DESK)
    page.get_by_role("button", name="Publier le résultat").click()
    done(page, "Le résultat est publié")


def certify(pages, picture) -> None:
    """Two officers sign the minutes before one of them certifies: nobody does it alone."""
    page, other = pages("officer"), pages("second")
    page.goto(f"{DESK}/account")
    page.get_by_role("button", name="Signer le procès-verbal").click()
    expect(page.get_by_role("button", name="Certifier le vote")).to_have_count(0)
    other.goto(f"{DESK}/account")
    other.get_by_role("button", name="Signer le procès-verbal").click()
    other.get_by_role("button", name="Certifier le vote").click()
    picture(other, "mixed-account")
    assert axe(other) == []
    expect(other.get_by_role("button", name="Certifier le vote")).to_have_count(0)


def read_the_record(page: Page, picture) -> None:
    """The record tells the whole story, batch by batch, with its account and who signed."""
    page.goto(f"/votes/{VOTE}/record/")
    expect(page.get_by_role("table", name="Les lots déclarés")).to_contain_text("mairie-1 (")
    expect(page.get_by_role("table", name="Ce que contient chaque lot")).to_contain_text("marche-1 (")
    story = page.get_by_role("main")
    expect(story).to_contain_text("écart expliqué de 1")
    expect(story).to_contain_text("Un bulletin remis n’est pas dans l’urne.")
    expect(story).to_contain_text("returning_officer-1")
    for name in ("La liste est arrêtée", "Le compte est juste", "Les responsables ont signé le procès-verbal"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert axe(page) == []
    picture(page, "mixed-record")
    page.get_by_role("link", name="Procès-verbal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Procès-verbal")
    page.go_back()


def verify(people, page: Page, folder) -> None:
    """Both verifiers say yes, from nothing but what everybody may download."""
    archive = folder / "record.tar.gz"
    archive.write_bytes(page.request.get(f"/votes/{VOTE}/record/bundle.tar.gz").body())
    (folder / "verify.py").write_bytes(page.request.get("/verify.py").body())
    commands = [[sys.executable, "-I", folder / "verify.py", archive]]
    if verifier := os.environ.get("TILLEUL_VERIFY"):
        commands.append([verifier, f"{people.service.url}/votes/{VOTE}/record"])
    for command in commands:
        told = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert told.returncode == 0, told.stdout + told.stderr
