"""Selected projects being built: the board, a delivery, the desk; by keyboard, without JavaScript, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from checks import axe, overflow

BOARD = "/processes/idees-2025/deliveries"
DESK = f"/desk{BOARD}"


@pytest.fixture(scope="module")
def handles(people) -> dict[str, str]:
    """A delivery for each status."""
    context = people.context()
    page = context.new_page()
    page.goto(BOARD)
    found = {
        column.get_attribute("aria-labelledby").removeprefix("status-"):
            column.locator(".card a").first.get_attribute("href").rsplit("/", 1)[-1]
        for column in page.locator(".board > section").all()
    }
    context.close()
    return found


def test_the_board_says_what_becomes_of_every_project(people, picture):
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto("/processes/idees-2025")
    page.get_by_role("link", name="Voir où en sont les projets").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Suivi des réalisations")
    assert overflow(page) == 0
    all_of_them = page.locator(".card").count()
    assert page.locator("tfoot td").first.inner_text() == str(all_of_them)
    page.get_by_label("État", exact=True).select_option("done")
    page.get_by_role("button", name="Afficher").click()
    expect(page).to_have_url(re.compile("status=done"))
    assert 0 < page.locator(".card").count() < all_of_them
    expect(page.locator(".board")).not_to_contain_text("Les travaux n’ont pas commencé")
    picture(page, "deliveries-board-360")
    context.close()


def test_a_delay_shows_both_dates_and_why(people, handles, picture):
    context = people.context()
    page = context.new_page()
    page.goto(BOARD)
    late = page.locator(".board > section").filter(has_text="La date annoncée a été repoussée").locator(".card a").first
    late.click()
    expect(page.get_by_role("table").last).to_contain_text("Des vestiges ont été trouvés")
    expect(page.locator("header.opening")).to_contain_text("au lieu du")
    expect(page.get_by_role("main")).to_contain_text("plus que les")
    assert axe(page) == []
    picture(page, "deliveries-delayed")
    feed = context.request.get(page.url + "/news.atom")
    assert feed.status == 200 and "Des vestiges ont été trouvés" in feed.text()
    assert "<entry" in context.request.get("/processes/idees-2025/deliveries.atom").text()
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_follows_a_project_to_its_end(people, handles, picture, scripts):
    """Milestone, spending, news with preview, another date: each as a reader then sees it."""
    context = people.context("agent", java_script_enabled=scripts)
    page = context.new_page()
    handle = handles["under_way"] if scripts else handles["planned"]
    file = f"{DESK}/{handle}"
    page.goto(f"{file}/milestones/new")
    page.get_by_role("button", name="Ajouter cette étape").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Donnez une date")
    page.locator("#title-fr").fill("Arbres plantés")
    page.locator("#due").fill("2027-02-01")
    page.get_by_role("button", name="Ajouter cette étape").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("L’étape est ajoutée")
    page.get_by_role("link", name="Étape atteinte Arbres plantés").press("Enter")
    page.get_by_role("button", name="Publier l’étape atteinte").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Dites ce qui montre")
    if scripts:
        assert axe(page) == []
    page.locator("#evidence-fr").fill("Douze tilleuls, comptés sur place.")
    page.get_by_role("button", name="Publier l’étape atteinte").press("Enter")
    page.goto(f"{file}/spending")
    page.get_by_label("Objet").fill("Tilleuls")
    page.get_by_label("Montant").fill("1 200,50")
    page.get_by_label("Référence de la facture").fill(f"F-{scripts}")
    page.get_by_role("button", name="Ajouter cette dépense").press("Enter")
    expect(page.get_by_role("table").last).to_contain_text("1 200,50 €")
    page.goto(f"{file}/updates/new")
    page.locator("#title-fr").fill("Les arbres sont là")
    page.locator("#words-fr").fill("Venez les arroser.")
    page.get_by_role("button", name="Vérifier avant de publier").press("Enter")
    expect(page.get_by_role("heading", name="Ce que liront les habitants")).to_be_visible()
    picture(page, f"deliveries-preview-{scripts}")
    page.get_by_role("button", name="Publier et prévenir").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("publiée et envoyée")
    page.goto(f"{file}/date")
    page.locator("#planned_end").fill("2028-01-01")
    page.get_by_role("button", name="Publier la nouvelle date").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
    page.locator("#reason-fr").fill("Le gel.")
    page.get_by_role("button", name="Publier la nouvelle date").press("Enter")
    page.goto(f"/deliveries/{handle}")
    main = page.get_by_role("main")
    for words in ("Douze tilleuls", "Venez les arroser.", "Le gel.", "1er janvier 2028", "Tilleuls"):
        expect(main).to_contain_text(words)
    context.close()


def test_a_file_is_tried_before_it_is_applied(people, handles, picture, tmp_path):
    context = people.context("agent")
    page = context.new_page()
    text = context.request.get(f"{BOARD}.csv").text()
    unchanged = tmp_path / "same.csv"
    unchanged.write_text(text, encoding="utf-8")
    page.goto(DESK)
    page.get_by_label("Fichier CSV").set_input_files(unchanged)
    page.get_by_role("button", name="Essayer sans rien changer").click()
    expect(page.locator(".lead")).to_contain_text("À changer : 0")
    expect(page.get_by_role("button", name="Appliquer ce fichier")).to_have_count(0)
    changed = tmp_path / "changed.csv"
    changed.write_text(text.replace("Espaces verts", "Voirie"), encoding="utf-8")
    page.goto(DESK)
    page.get_by_label("Fichier CSV").set_input_files(changed)
    page.get_by_role("button", name="Essayer sans rien changer").click()
    expect(page.get_by_role("table")).to_contain_text("service : Espaces verts → Voirie")
    assert axe(page) == []
    picture(page, "deliveries-trial")
    page.get_by_role("button", name="Appliquer ce fichier").click()
    expect(page.get_by_role("status").first).to_contain_text("Le fichier est appliqué")
    page.goto(f"/deliveries/{handles['done']}")
    expect(page.get_by_role("main")).to_contain_text("Voirie")
    context.close()


def test_a_resident_follows_and_stops(people, handles):
    context = people.context("resident", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/deliveries/{handles['under_way']}")
    page.get_by_role("button", name="Suivre ce projet").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Vous suivez ce projet")
    page.get_by_role("button", name="Ne plus suivre ce projet").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Vous ne suivez plus")
    context.close()


@pytest.mark.parametrize("who", ["resident", "auditor"])
def test_others_do_not_reach_the_desk(who, people, handles):
    context = people.context(who)
    for path in (DESK, f"{DESK}/new", f"{DESK}/{handles['under_way']}", f"{DESK}/{handles['under_way']}/date"):
        assert context.request.get(path).status == 404, path
    context.close()
