"""A walk as its agents prepare it, from its name to its publication; by keyboard, without JavaScript, on a phone."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from checks import axe, overflow

DESK = "/desk/processes/idees-2027/walks"
GPX = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
  <wpt lat="43.6110" lon="1.4540"><name>Le parvis</name></wpt>
  <wpt lat="43.6080" lon="1.4500"><name>Le passage</name></wpt>
  <trk><trkseg>
    <trkpt lat="43.6110" lon="1.4540"/><trkpt lat="43.6095" lon="1.4520"/><trkpt lat="43.6080" lon="1.4500"/>
  </trkseg></trk>
</gpx>
"""


def minute(days: int, hour: int) -> str:
    return (datetime.now() + timedelta(days=days)).strftime(f"%Y-%m-%dT{hour:02}:00")


def begin(page: Page, handle: str) -> None:
    page.goto(f"{DESK}/new")
    page.get_by_role("textbox", name="Titre").first.fill("Autour du marché")
    page.get_by_label("Adresse de la page").fill(handle)
    page.get_by_label("Début").fill(minute(20, 18))
    page.get_by_label("Fin", exact=True).fill(minute(20, 20))
    page.get_by_role("button", name="Commencer la préparation").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("en préparation")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_walk_is_prepared_without_javascript(people, picture, width, tmp_path):
    """Every part in turn, from an empty form to a page that residents see."""
    context = people.context("agent", java_script_enabled=False, viewport={"width": width, "height": 900})
    page = context.new_page()

    def look(name: str) -> None:
        assert overflow(page) == 0, name
        picture(page, f"walk-preparing-{name}-{width}")

    page.goto("/desk/processes/idees-2027")
    page.get_by_role("link", name="Préparer et suivre les marches").click()
    look("list")
    page.get_by_role("link", name="Préparer une marche").click()
    page.get_by_role("button", name="Commencer la préparation").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Donnez un titre")
    look("new-errors")
    handle = f"marche-{width}"
    begin(page, handle)
    expect(page.get_by_text("Il manque")).to_contain_text("points pour publier")
    look("begun")

    page.get_by_role("link", name="Le but de la marche").click()
    page.locator("#aim-fr").fill("Savoir par où l’on passe la nuit.")
    page.get_by_label("Les femmes").check()
    look("purpose")
    page.get_by_role("button", name="Enregistrer").press("Enter")
    page.get_by_role("link", name="Le lieu de rendez-vous").click()
    page.locator("#meeting_place-fr").fill("Devant l’entrée nord du marché")
    page.locator("#accessibility-fr").fill("Trottoirs larges ; une marche de 10 cm rue des Tilleuls, évitée par le parking.")
    page.get_by_label("Latitude").fill("1,4540")
    page.get_by_label("Longitude").fill("43,6110")
    page.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("échangées")
    page.get_by_label("Latitude").fill("43,6110")
    page.get_by_label("Longitude").fill("1,4540")
    look("place")
    page.get_by_role("button", name="Enregistrer").press("Enter")

    page.get_by_role("link", name="Modifier Itinéraire et arrêts").click()
    page.get_by_role("link", name="Importer un fichier").click()
    bomb = tmp_path / "bomb.gpx"
    bomb.write_text('<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx>&a;</gpx>')
    page.get_by_label("Fichier GPX").set_input_files(bomb)
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("DOCTYPE")
    look("import")
    file = tmp_path / "marche.gpx"
    file.write_text(GPX)
    page.get_by_label("Fichier GPX").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    expect(page.locator(".notice")).to_contain_text("Un itinéraire de 3 points, long de 464 m")
    expect(page.locator(".notice")).to_contain_text("2 arrêts sont nouveaux")
    look("found")
    page.goto(f"{DESK}/{handle}/route")
    expect(page.locator("details")).to_have_count(1)
    page.get_by_role("link", name="Importer un fichier").click()
    page.get_by_label("Fichier GPX").set_input_files(file)
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    page.get_by_role("button", name="Enregistrer l’itinéraire").press("Enter")
    expect(page.locator("summary")).to_have_text(["1. Le parvis", "2. Le passage", "Ajouter un arrêt"])
    page.locator("summary").nth(1).press("Enter")
    page.locator("#item-1-prompt-fr").fill("Voyez-vous la sortie ?")
    page.get_by_role("button", name="Monter 2. Le passage").press("Enter")
    expect(page.locator("summary")).to_have_text(["1. Le passage", "2. Le parvis", "Ajouter un arrêt"])
    expect(page.locator("#item-0-prompt-fr")).to_have_value("Voyez-vous la sortie ?")
    page.locator("summary").nth(2).press("Enter")
    page.locator("#item-2-title-fr").fill("La fontaine")
    page.get_by_role("button", name="Enregistrer l’itinéraire").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("latitude")
    look("route-errors")
    page.locator("#item-2-latitude").fill("43.6090")
    page.locator("#item-2-longitude").fill("1.4510")
    page.get_by_role("button", name="Enregistrer l’itinéraire").press("Enter")
    expect(page.locator("summary")).to_have_count(4)
    look("route")

    page.goto(f"{DESK}/{handle}/themes")
    page.get_by_label("Reprendre un modèle").select_option(label="Six principes d’un lieu sûr")
    page.get_by_role("button", name="Ajouter les thèmes").press("Enter")
    expect(page.locator("summary")).to_have_count(7)
    look("themes")
    page.goto(f"{DESK}/{handle}/crew")
    page.get_by_label("Adresse électronique du compte").fill("personne@demonstration.example")
    page.get_by_label(re.compile("^Guide")).check()
    page.get_by_role("button", name="Confier ce rôle").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Aucun compte")
    page.get_by_label("Adresse électronique du compte").fill("agent@demonstration.example")
    page.get_by_role("button", name="Confier ce rôle").press("Enter")
    expect(page.locator(".rows")).to_contain_text("agent@demonstration.example")
    look("crew")

    page.goto(f"{DESK}/{handle}")
    expect(page.get_by_text("Rien n’empêche de publier")).to_be_visible()
    look("ready")
    page.get_by_role("button", name="Publier la marche").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("publiée")
    look("published")
    page.get_by_role("link", name="Déplacer la marche").click()
    page.get_by_label("Début").fill(minute(27, 18))
    page.get_by_label("Fin", exact=True).fill(minute(27, 20))
    look("move")
    page.get_by_role("button", name="Déplacer et prévenir").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("déplacée")
    page.get_by_role("link", name="Retirer la publication").click()
    page.get_by_role("button", name="Retirer la publication").press("Enter")
    page.get_by_role("link", name="Supprimer cette marche").click()
    look("removal")
    page.get_by_role("button", name="Supprimer pour de bon").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("supprimée")
    expect(page.get_by_role("main")).not_to_contain_text("Autour du marché")
    context.close()


def test_a_route_is_drawn_on_the_map(people, picture):
    context = people.context("agent", viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    begin(page, "dessin")
    page.goto(f"{DESK}/dessin/route")
    page.get_by_role("button", name="Dessiner sur la carte").press("Enter")
    canvas = page.locator(".map-canvas")
    expect(canvas).to_be_focused()
    canvas.scroll_into_view_if_needed()
    for x, y in [(200, 150), (300, 200), (400, 150)]:
        canvas.click(position={"x": x, "y": y})
    line = page.get_by_label("Points du tracé")
    expect(page.locator("[data-route-status]")).to_have_text("Points du tracé : 3.")
    assert len(line.input_value().splitlines()) == 3
    page.get_by_role("button", name="Annuler le dernier geste").press("Enter")
    assert len(line.input_value().splitlines()) == 2
    canvas.click(position={"x": 400, "y": 250})
    page.get_by_label(re.compile("^un arrêt")).check()
    canvas.click(position={"x": 220, "y": 320})
    expect(page.locator("[data-route-status]")).to_contain_text("Arrêt 1 placé")
    page.locator("#item-0-title-fr").fill("Le square")
    handle = page.locator(".map-number")
    before = page.locator("#item-0-latitude").input_value()
    handle.hover()
    page.mouse.down()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=5)
    page.mouse.up()
    assert page.locator("#item-0-latitude").input_value() != before
    picture(page, "walk-preparing-map")
    assert axe(page) == []
    page.get_by_role("button", name="Enregistrer l’itinéraire").last.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("L’itinéraire est enregistré")
    expect(page.locator("summary")).to_have_text(["1. Le square", "Ajouter un arrêt"])
    assert errors == []
    assert axe(page) == []
    for part in ("", "/purpose", "/time", "/place", "/themes", "/crew", "/removal", "/route/import"):
        page.goto(f"{DESK}/dessin{part}")
        assert axe(page) == [], part
        picture(page, f"walk-preparing-wide{part.replace('/', '-')}")
    context.close()


def test_a_set_of_themes_is_written_and_put_away(people, picture):
    context = people.context("agent", viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto("/desk/walk-templates")
    expect(page.get_by_role("table")).to_contain_text("Six principes d’un lieu sûr")
    expect(page.get_by_role("table")).to_contain_text("Gestion urbaine et sociale de proximité")
    assert axe(page) == [] and overflow(page) == 0
    picture(page, "walk-templates")
    page.get_by_role("link", name="Écrire un modèle").press("Enter")
    page.get_by_role("button", name="Enregistrer les thèmes").last.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Donnez un titre")
    page.locator("#title-fr").fill("Marche sensible")
    # The refusal has opened the entry that is empty.
    page.locator("#item-0-title-fr").fill("Ce que j’entends")
    page.get_by_role("button", name="Enregistrer les thèmes").last.press("Enter")
    expect(page.locator("summary")).to_have_text(["1. Ce que j’entends", "Ajouter un thème"])
    assert axe(page) == [] and overflow(page) == 0
    picture(page, "walk-template")
    page.get_by_role("button", name="Mettre ce modèle de côté").press("Enter")
    expect(page.get_by_role("row").filter(has_text="Marche sensible")).to_contain_text("Mis de côté")
    context.close()
