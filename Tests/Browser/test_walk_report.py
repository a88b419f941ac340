"""What people saw on walks: map and list, figures, open data, the report and its PDF, the desk and the comparison."""

import csv
import io
import json
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import expect

from checks import axe, overflow

WALK = "/walks/quais-2026"
PROCESS = "/processes/idees-2027/walks"
DESK = "/desk/processes/idees-2027/walks/quais-2026/report"
GPX = "{http://www.topografix.com/GPX/1/1}"
# The children of each element in the order of gpx.xsd: a sequence, each once but for those of the document.
ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"],
    "copyright": ["year", "license"],
    "wpt": ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type"],
    "link": ["text", "type"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt", "extensions"],
    "trkpt": ["ele", "time"],
}


def count(page) -> int:
    return int(re.search(r"\d+", page.get_by_role("status").first.inner_text())[0])


def test_observations_are_found_by_facets_and_words_without_scripts(people, picture):
    context = people.context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{WALK}/observations")
    assert overflow(page) == 0
    everything = count(page)
    seen = []
    while True:
        seen += page.locator(".card h3").all_inner_texts()
        following = page.locator("a[rel=next]")
        if following.count() == 0:
            break
        following.click()
    assert len(seen) == len(set(seen)) == everything
    page.goto(f"{WALK}/observations")
    option = page.get_by_label("Nature").locator("option[value=problem]").inner_text()
    page.get_by_label("Nature").select_option("problem")
    page.get_by_role("button", name="Afficher").click()
    expect(page).to_have_url(re.compile("kind=problem"))
    assert 0 < count(page) < everything and f"({count(page)})" in option
    page.get_by_role("link", name="Montrer leur nombre par carré").click()
    expect(page).to_have_url(re.compile("kind=problem.*layer=grid"))
    page.locator("figure.map summary").click()
    rows = page.locator("figure.map tbody tr")
    sums = [sum(int(cell) for cell in row.locator("td").all_inner_texts()[:3]) for row in rows.all()]
    assert sums and sums == [int(row.locator("td").last.inner_text()) for row in rows.all()]
    # Each square shows its number: nothing is said by a shade alone.
    assert sorted(page.locator(".walk-count").all_text_contents(), key=int) == sorted(map(str, sums), key=int)
    picture(page, "walk-observations-grid-360")
    page.get_by_label("Chercher dans les mots").fill("zzzz")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("main")).to_contain_text("Aucune observation ne correspond")
    page.goto(f"{PROCESS}/observations?light=day")
    assert count(page) > 0 and overflow(page) == 0
    context.close()


@pytest.mark.parametrize("path", [
    f"{WALK}/observations", f"{WALK}/observations?layer=grid", f"{WALK}/analysis", f"{WALK}/report",
    "/walks/quais-2027/comparison", f"{PROCESS}/observations", f"{PROCESS}/analysis"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_read_by_everybody(people, path, width, picture):
    for language in ("fr", "en", "de"):
        context = people.context(language=language, viewport={"width": width, "height": 900})
        page = context.new_page()
        assert page.goto(path).status == 200
        assert axe(page) == [] and overflow(page) == 0
        assert "[[" not in page.content()
        picture(page, f"walk {path} {language} {width}")
        context.close()


def test_the_map_opens_by_keyboard_and_asks_for_what_is_in_sight(people):
    context = people.context()
    page = context.new_page()
    page.goto(f"{WALK}/observations")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "map.geojson" in request.url else None)
    button = page.get_by_role("button", name="Ouvrir la carte mobile")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".map-canvas .map-dot").first.wait_for()
    with page.expect_request(lambda request: "bbox=" in request.url):
        page.keyboard.press("ArrowRight")
    assert len(asked) >= 2 and "bbox=" not in asked[0]
    inside = context.request.get(f"{WALK}/observations/map.geojson?bbox=0,0,1,1").json()
    assert inside == {"type": "FeatureCollection", "features": []}
    context.close()


def test_open_data_is_the_list_and_nothing_more(people):
    context = people.context()
    page = context.new_page()
    page.goto(f"{WALK}/observations?kind=problem")
    expected = count(page)
    links = {link.inner_text(): link.get_attribute("href") for link in page.locator("a[download]").all()}
    assert len(links) == 3 and all("kind=problem" in href for href in links.values())
    answers = {href.split("?")[0].rsplit(".", 1)[-1]: context.request.get(href) for href in links.values()}
    rows = list(csv.DictReader(io.StringIO(answers["csv"].body().decode("utf-8-sig"), newline="")))
    features = json.loads(answers["geojson"].body())
    assert len(rows) == len(features["features"]) == expected
    assert [row["number"] for row in rows] == [str(one["properties"]["number"]) for one in features["features"]]
    assert b"\r\n" in answers["csv"].body() and "etalab" in answers["csv"].headers["link"]
    # Nothing that a spreadsheet would compute, and nothing of who sent it or when.
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+@]|-(?![0-9.]+$)", cell)]
    assert not {"sheet", "received_on", "channel", "account", "published_at", "id"} & set(rows[0])
    for feature in features["features"]:
        assert feature["type"] == "Feature" and set(feature) == {"type", "geometry", "properties"}
        if feature["geometry"]:
            longitude, latitude = feature["geometry"]["coordinates"]
            assert -180 <= longitude <= 180 and -90 <= latitude <= 90
    check_gpx(answers["gpx"].body(), sum(1 for row in rows if row["latitude"]))
    context.close()


def check_gpx(text: bytes, observations: int) -> None:
    """The document against the structure of gpx.xsd."""
    root = ElementTree.fromstring(text)
    assert root.tag == f"{GPX}gpx" and root.get("version") == "1.1" and root.get("creator")
    for element in root.iter():
        assert element.tag.startswith(GPX)
        name = element.tag.removeprefix(GPX)
        order = [ORDER[name].index(child.tag.removeprefix(GPX)) for child in element]
        assert order == sorted(order)
        if name in ("wpt", "trkpt"):
            assert -90 <= float(element.get("lat")) <= 90 and -180 <= float(element.get("lon")) < 180
    assert root.find(f"{GPX}metadata/{GPX}copyright").get("author")
    kinds = [point.find(f"{GPX}type").text for point in root.iter(f"{GPX}wpt")]
    assert kinds.count("stop") > 1 and len(kinds) - kinds.count("stop") == observations
    assert len(list(root.iter(f"{GPX}trkpt"))) > 1


def pdf_text(people, path: str, folder, language: str = "fr") -> str:
    context = people.context(language=language)
    answer = context.request.get(path)
    assert answer.status == 200 and answer.headers["content-type"] == "application/pdf"
    file = folder / f"report-{language}.pdf"
    file.write_bytes(answer.body())
    context.close()
    facts = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged: +yes", facts) and re.search(r"Title: +\S", facts)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


def test_the_report_says_everything_on_paper_too(people, tmp_path):
    context = people.context()
    page = context.new_page()
    page.goto(f"{WALK}/report")
    headings = page.get_by_role("main").locator("h2").all_inner_texts()
    numbers = [one.get_attribute("id").rsplit("-", 1)[-1] for one in page.locator(".finding").all()]
    words = page.locator(".finding p").first.inner_text()
    context.close()
    paper = pdf_text(people, f"{WALK}/report.pdf", tmp_path)
    for heading in headings:
        if "versions" not in heading:
            assert heading in paper, heading
    assert words.split()[0] in paper and "Météo" in paper
    assert all(re.search(rf"^[\f ]*{number}\. ", paper, re.MULTILINE) for number in numbers)
    english = pdf_text(people, f"{WALK}/report.pdf", tmp_path, "en")
    assert "Stop by stop" in english and "Arrêt par arrêt" not in english


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_writes_a_report_and_publishes_it_again(people, scripts, picture):
    context = people.context("agent", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(DESK)
    assert axe(page) == [] if scripts else True
    page.get_by_role("link", name="Ajouter une recommandation").click()
    form = page.get_by_role("group", name="Français")
    page.get_by_label("Observations dont elle part").fill("1, 9999")
    page.get_by_label("Pour quand").select_option("study")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert").or_(page.locator(".error-summary"))).to_contain_text("Donnez un titre")
    form.get_by_label("Titre").fill(f"Compter les vélos {scripts}")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text("Aucune observation publiée n’a ces numéros")
    assert page.get_by_label("Pour quand").input_value() == "study"
    page.get_by_label("Observations dont elle part").fill("1")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("main")).to_contain_text(f"Compter les vélos {scripts}")
    page.get_by_role("link", name="Ajouter un thème").click()
    form.get_by_label("Titre").fill(f"En chiffres {scripts}")
    form.get_by_label("Texte").fill("En tout {observations} fois.")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Voir l’aperçu").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"En tout \d+ fois\."))
    picture(page, f"walk-report-preview-{scripts}")
    page.goto(f"{WALK}/report")
    expect(page.get_by_role("main")).not_to_contain_text(f"En chiffres {scripts}")
    page.goto(DESK)
    page.get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("Le compte rendu est publié.")).to_be_visible()
    page.goto(f"{WALK}/report")
    expect(page.get_by_role("main")).to_contain_text(f"En chiffres {scripts}")
    page.get_by_role("link", name=re.compile("^Version 1,")).click()
    expect(page.get_by_role("main")).to_contain_text("Vous lisez une version plus ancienne")
    expect(page.get_by_role("main")).not_to_contain_text(f"En chiffres {scripts}")
    context.close()


def test_nobody_else_finds_the_desk_of_the_report(people):
    for who in ("nobody", "resident"):
        context = people.context(who)
        page = context.new_page()
        for path in (DESK, f"{DESK}/preview", f"{DESK}/preview.pdf", f"{DESK}/facts"):
            answer = context.request.get(path, max_redirects=0)
            assert answer.status in (303, 404) and "compte rendu" not in answer.text().lower()
        assert page.goto("/walks/unknown/report").status == 404
        assert page.goto("/walks/gare-2027/report").status == 404
        context.close()
