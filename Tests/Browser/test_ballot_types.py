"""Ballots that are ranked and ballots with grades, from the settings form to a verified result."""

import os
import re
import subprocess

import pytest
from playwright.sync_api import expect

from checks import axe, overflow
from conftest import enter_code
from test_vote import TRACKER, tab_to

PROJECTS = [("1", "Le banc", 3000), ("2", "La fontaine", 5000), ("3", "Le kiosque", 4000), ("4", "Le jardin", 6000)]


def written(kind: str, most: int = 3) -> str:
    """A file with four projects and no ballot."""
    meta = {
        "description": "Quatre projets", "country": "France", "unit": "Essai", "instance": "essai", "num_projects": "4",
        "num_votes": "0", "budget": "12000", "vote_type": kind, "rule": "greedy", "date_begin": "2026",
        "date_end": "2026", "currency": "EUR", "language": "fr", "max_length": str(most)}
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items()),
             "PROJECTS", "project_id;cost;name", *(f"{id};{cost};{name}" for id, name, cost in PROJECTS),
             "VOTES", "voter_id;vote" + (";points" if kind == "scoring" else "")]
    return "\n".join(lines) + "\n"


def prepared(service, tmp_path, slug: str, kind: str, most: int = 3) -> list[str]:
    file = tmp_path / f"{slug}.pb"
    file.write_text(written(kind, most))
    process = "budget-participatif"
    return ["votes", "import", str(file), "--process", process, "--slug", slug, "--data-dir", str(service.data)]


def opened(service, tmp_path, slug: str) -> list[str]:
    """Opens a vote and returns two codes."""
    secret = tmp_path / "passphrase"
    secret.write_text("cinq mots tout à fait sans lien")
    service.run("votes", "open", slug, "--passphrase-file", str(secret), "--data-dir", str(service.data))
    return service.codes(slug, 3)


def counted(service, tmp_path, slug: str) -> None:
    """Closes, counts, publishes and verifies."""
    data = ["--data-dir", str(service.data)]
    service.run("votes", "close", slug, *data)
    service.run("votes", "count", slug, "--passphrase-file", str(tmp_path / "passphrase"), *data)
    service.run("votes", "publish", slug, *data)
    verifier = os.environ.get("TILLEUL_VERIFY")
    if not verifier:
        pytest.skip("name the verifier in TILLEUL_VERIFY")
    report = subprocess.run(
        [verifier, f"{service.url}/votes/{slug}/record"], capture_output=True, text=True, timeout=120)
    assert report.returncode == 0, report.stdout + report.stderr


def field(page, title: str):
    return page.locator("li.project").filter(has_text=title).locator("input[type=number], select")


def test_ranking_by_keyboard_by_buttons_and_without_javascript(people, service, tmp_path, picture):
    service.run(*prepared(service, tmp_path, "classement", "ordinal"))
    codes = opened(service, tmp_path, "classement")

    # Numbers from the keyboard, in the order of the page; nothing else is needed.
    context = people.context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    enter_code(page, "classement", codes.pop())
    for title, rank in (("Le kiosque", "1"), ("Le banc", "2"), ("La fontaine", "3")):
        page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus(); }")
        tab_to(page, title)
        while page.evaluate("document.activeElement.localName === 'a'"):
            tab_to(page, title)
        page.keyboard.type(rank)
    assert axe(page) == []
    picture(page, "ballot-ranking")

    # The buttons change places with the neighbour: the bench goes up, the kiosk goes down.
    page.get_by_role("button", name="Monter d’un rang : Le banc").click()
    assert [field(page, title).input_value() for title in ("Le banc", "Le kiosque", "La fontaine", "Le jardin")] == [
        "1", "2", "3", ""]
    # A project without a rank comes last; the last one that goes down leaves the ballot.
    page.get_by_role("button", name="Monter d’un rang : Le jardin").click()
    assert field(page, "Le jardin").input_value() == "4"
    expect(page.locator("[data-gauge-advice]")).to_be_visible()
    page.get_by_role("button", name="Descendre d’un rang : Le jardin").click()
    assert field(page, "Le jardin").input_value() == ""
    # The same rank twice is told at once.
    field(page, "La fontaine").fill("2")
    expect(page.locator("[data-gauge-advice]")).to_contain_text("Le rang 2 est donné à plusieurs projets")
    field(page, "La fontaine").fill("3")
    expect(page.locator("[data-gauge-advice]")).to_be_hidden()
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    answers = page.locator(".answers > li")
    assert [" ".join(text.split()) for text in answers.all_inner_texts()] == [
        "1 Le banc Rang 1 3 000 €", "3 Le kiosque Rang 2 4 000 €", "2 La fontaine Rang 3 5 000 €"]
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("main")).to_contain_text("Rang 1")
    assert TRACKER.search(page.get_by_role("main").inner_text())
    context.close()

    # Without JavaScript, on a phone: a mistake leads back to the list, and then through.
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter_code(page, "classement", codes.pop())
    field(page, "Le jardin").fill("1")
    field(page, "Le banc").fill("1")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    expect(page.get_by_role("alert")).to_contain_text("Le rang 1 est donné à plusieurs projets")
    field(page, "Le banc").fill("2")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    context.close()

    counted(service, tmp_path, "classement")
    context = people.context()
    page = context.new_page()
    page.goto("/votes/classement/result")
    # Bench 3 + 1, kiosk and garden 2 each, fountain 1. Of 12 000: 3 000, then 4 000 by the order of the numbers; 6 000
    # do not fit in the 5 000 left, and the fountain's 5 000 do.
    assert page.locator("li.project.chosen h3").all_inner_texts() == ["Le banc", "Le kiosque", "La fontaine"]
    context.close()


def part(page, name: str):
    """The heading of a part of the settings."""
    return page.locator("main summary").filter(has_text=re.compile(rf"^\s*{name}"))


def focused(page) -> str:
    return page.evaluate("document.activeElement.id")


def gauge(page):
    return page.locator("[data-gauge-words]")


def test_one_project_is_chosen_by_radio_buttons(people, service, tmp_path, picture):
    """A choice takes the place of the one before, whatever the means and whatever the list shows."""
    service.run(*prepared(service, tmp_path, "un-seul", "approval", most=1))
    codes = opened(service, tmp_path, "un-seul")

    # By keyboard: Tab enters the group once, the arrows choose, and the last button is the blank ballot.
    context = people.context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    enter_code(page, "un-seul", codes[0])
    buttons = page.get_by_role("radiogroup", name="Votre choix : un seul projet").get_by_role("radio")
    assert buttons.count() == 5 and page.get_by_role("checkbox").count() == 0
    assert page.locator("input:checked").count() == 0
    buttons.first.focus()
    page.keyboard.press("Space")
    first = focused(page)
    page.keyboard.press("ArrowDown")
    assert focused(page) != first
    assert page.locator("input:checked").count() == 1 and page.locator("li.project.chosen").count() == 1
    expect(gauge(page)).to_contain_text("1 projet")
    assert axe(page) == []
    picture(page, "ballot-one")
    page.locator("#choice-blank").focus()
    page.keyboard.press("Space")
    expect(gauge(page)).to_contain_text("0 projet")
    assert page.locator("li.project.chosen").count() == 0
    page.get_by_role("button", name="Continuer : vérifier mes choix").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Votre bulletin est blanc")
    page.get_by_role("main").get_by_role("link", name="Modifier mes choix").click()
    expect(page.locator("#choice-blank")).to_be_checked()
    context.close()

    # By touch on a phone, with a list that shows one project: what was chosen before, out of sight, gives way.
    context = people.context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    enter_code(page, "un-seul", codes[1])
    page.get_by_label("Le banc").locator("xpath=..").tap()
    expect(gauge(page)).to_contain_text("1 projet")
    page.get_by_label("Chercher").fill("kiosque")
    page.get_by_role("button", name="Afficher").tap()
    expect(page.get_by_role("status").first).to_contain_text("Votre choix n’est pas dans cette liste")
    expect(gauge(page)).to_contain_text("1 projet")
    page.get_by_label("Le kiosque").locator("xpath=..").tap()
    expect(gauge(page)).to_contain_text("1 projet")
    assert overflow(page) == 0
    picture(page, "ballot-one-360")
    page.get_by_role("button", name="Continuer : vérifier mes choix").tap()
    page.wait_for_url("**/ballot/review")
    assert [" ".join(text.split()) for text in page.locator(".answers > li").all_inner_texts()] == [
        "3 Le kiosque 4 000 €"]
    page.get_by_role("main").get_by_role("link", name="Modifier mes choix").tap()
    page.wait_for_url("**/ballot")
    # A form that names two all the same, as no button sends it, is not trimmed: the voter is told.
    token = page.locator("input[name=token]").first.get_attribute("value")
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": service.url}
    kept = page.request.post(
        "/votes/un-seul/ballot/draft", headers=form, data=f"token={token}&shown=1&shown=3&choice=1&choice=3")
    assert kept.ok
    page.goto("/votes/un-seul/ballot/review")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()

    # Without JavaScript.
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter_code(page, "un-seul", codes[2])
    page.get_by_label("La fontaine").check()
    page.get_by_label("Le jardin").check()
    page.get_by_role("button", name="Calculer le total").click()
    expect(page.get_by_label("Le jardin")).to_be_checked()
    expect(page.get_by_label("La fontaine")).not_to_be_checked()
    page.get_by_label("Aucun projet : voter blanc").check()
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    expect(page.get_by_role("main")).to_contain_text("Votre bulletin est blanc")
    page.get_by_role("main").get_by_role("link", name="Modifier mes choix").click()
    page.get_by_label("Le jardin").check()
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    context.close()
    counted(service, tmp_path, "un-seul")


def test_grades_set_at_the_desk_and_given_by_keyboard(people, service, tmp_path, picture):
    service.run(*prepared(service, tmp_path, "mentions-essai", "scoring"))
    agent = people.context("agent", viewport={"width": 1280, "height": 800})
    page = agent.new_page()
    page.goto("/desk/votes/mentions-essai/settings")
    # Every part is folded and says what it holds; the keyboard opens one.
    assert page.locator("details.panel[open]").count() == 0 and overflow(page) == 0
    expect(part(page, "Projets")).to_contain_text("4 projets")
    part(page, "Le bulletin").press("Enter")
    page.get_by_label("Type de bulletin").select_option("grades")
    assert page.get_by_label("Mentions, de la meilleure").input_value().splitlines()[0] == "Excellent"
    # A rule that cannot read grades is refused, at its field, whose part is open: it alone.
    page.get_by_role("button", name="Enregistrer").click()
    expect(part(page, "Le compte").locator("..")).to_have_attribute("open", "")
    assert page.locator("details.panel[open]").count() == 1
    expect(page.get_by_role("alert")).to_contain_text("Cette règle ne sait pas compter ce type de bulletin")
    assert axe(page) == []
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id") == "rule"
    page.get_by_label("Règle de compte").select_option("majority_judgment")
    part(page, "Conditions du compte").click()
    page.get_by_label("Projets qui s’excluent").fill("1, 9")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Aucun projet ne porte le numéro 9")
    page.get_by_label("Projets qui s’excluent").fill("1, 2")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text(
        "Un seul de ces projets peut être retenu : 1. Le banc · 2. La fontaine")
    agent.close()
    codes = opened(service, tmp_path, "mentions-essai")

    context = people.context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    enter_code(page, "mentions-essai", codes.pop())
    for title, steps in (("Le banc", 1), ("Le kiosque", 3), ("Le jardin", 7)):
        field(page, title).focus()
        for _ in range(steps):
            page.keyboard.press("ArrowDown")
    assert axe(page) == []
    picture(page, "ballot-grades")
    tab_to(page, "Continuer : vérifier mes choix")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ballot/review")
    expect(page.get_by_role("main")).to_contain_text("Excellent")
    tab_to(page, "Déposer mon bulletin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    expect(page.get_by_role("main")).to_contain_text("À rejeter")
    context.close()

    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    enter_code(page, "mentions-essai", codes.pop())
    field(page, "La fontaine").select_option("Bien")
    field(page, "Le banc").select_option("Très bien")
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre bulletin est déposé")
    context.close()

    counted(service, tmp_path, "mentions-essai")
    context = people.context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto("/votes/mentions-essai/result")
    page.get_by_role("link", name="Voir le compte pas à pas").click()
    main = page.get_by_role("main")
    # Lower medians of two ballots: the bench has Très bien, all others À rejeter; the fountain is excluded by it.
    expect(main).to_contain_text("Mention majoritaire : Très bien")
    expect(main).to_contain_text("Il ne peut pas être réalisé avec 1. Le banc, qui est retenu.")
    assert axe(page) == []
    assert overflow(page) == 0
    picture(page, "count-grades-360")
    page.get_by_role("link", name="2. La fontaine").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pourquoi ce projet n’est pas retenu")
    expect(main).to_contain_text(re.compile("il aurait été retenu"))
    assert axe(page) == []
    context.close()


def test_review_errors_lead_to_the_field(people, service, votes):
    """Somebody who goes to the review with a ballot that is not valid is led to the choice on the page before."""
    context = people.context(java_script_enabled=False)
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    inputs = page.locator("#choices input[type=number]")
    inputs.first.fill("9")
    identity = inputs.first.get_attribute("id")
    page.get_by_role("button", name="Calculer le total").click()
    page.goto(f"/votes/{votes['open']}/ballot/review")
    link = page.get_by_role("alert").locator(f'a[href$="#{identity}"]').first
    link.click()
    assert page.url.endswith(f"/votes/{votes['open']}/ballot?check=1#{identity}")
    context.close()


def test_rules_are_compared_on_past_ballots_alone(people, votes, picture):
    agent = people.context("agent", viewport={"width": 1280, "height": 800})
    page = agent.new_page()
    page.goto("/desk")
    page.get_by_role("link", name="Comparer des règles de compte").click()
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez un vote publié")
    assert axe(page) == []
    # The open vote is not offered, and asking for it all the same is refused.
    offered = page.get_by_label("Un vote dont le résultat est publié")
    assert votes["open"] not in offered.locator("option").evaluate_all("options => options.map(o => o.value)")
    offered.evaluate("(list, vote) => { list.options[0].value = vote; list.value = vote; }", votes["open"])
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("alert")).to_contain_text("n’est pas publié")
    page.get_by_label("Un vote dont le résultat est publié").select_option(votes["published"])
    page.get_by_role("button", name="Comparer").click()
    page.get_by_role("heading", level=1, name="Règles comparées").wait_for()
    for _ in range(40):
        if page.get_by_text("Le compte continue").count() == 0:
            break
        page.wait_for_timeout(500)
        page.reload()
    table = page.get_by_role("table").first
    expect(table).to_contain_text("greedy_votes")
    expect(table).to_contain_text("mes_cost_add1u")
    assert axe(page) == []
    picture(page, "comparison")
    address = page.url
    agent.close()
    resident = people.context("resident")
    assert resident.request.get(address).status == 404
    resident.close()
