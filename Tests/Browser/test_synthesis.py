"""The end of a consultation: synthesis, the city's decisions, what becomes of them, and the answers as open data."""

import csv
import hashlib
import io
import re
import subprocess
from collections import Counter

import pytest
from playwright.sync_api import expect

from checks import axe, overflow

OVER = "/consultations/jardins-2026"
DESK = "/desk/processes/consultations-2027/consultations/jardins-2026"


@pytest.mark.parametrize("path", [f"{OVER}/synthesis", f"{OVER}/answer", f"{OVER}/data"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_end_is_read_by_everybody(people, path, width, picture):
    for language in ("fr", "en", "de"):
        context = people.context(language=language, viewport={"width": width, "height": 900})
        page = context.new_page()
        assert page.goto(path).status == 200
        assert axe(page) == [] and overflow(page) == 0
        assert "[[" not in page.content() and "{figure" not in page.get_by_role("main").inner_text()
        picture(page, f"consultation {path} {language} {width}")
        context.close()


def test_the_synthesis_is_frozen_and_can_be_checked(people):
    context = people.context()
    page = context.new_page()
    page.goto(f"{OVER}/synthesis")
    page.get_by_text("Vérifier que rien n’a été changé").click()
    told = page.locator(".long-value").first.inner_text()
    file = context.request.get(f"{OVER}/synthesis.json")
    assert hashlib.sha256(file.body()).hexdigest() == told
    answer = context.request.get(f"{OVER}/answer.json")
    page.goto(f"{OVER}/answer")
    assert hashlib.sha256(answer.body()).hexdigest() in page.content()
    context.close()


@pytest.mark.parametrize("language,words", [("fr", "Ce que les chiffres ne disent pas"), ("en", "What the figures do not say")])
def test_the_synthesis_says_the_same_on_paper(people, tmp_path, language, words):
    context = people.context(language=language)
    page = context.new_page()
    page.goto(f"{OVER}/synthesis")
    headings = page.get_by_role("main").locator("section > h2").all_inner_texts()
    answer = context.request.get(f"{OVER}/synthesis.pdf")
    assert answer.status == 200 and answer.headers["content-type"] == "application/pdf"
    file = tmp_path / "synthesis.pdf"
    file.write_bytes(answer.body())
    facts = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged: +yes", facts) and re.search(r"Title: +\S", facts)
    paper = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    flat = " ".join(paper.split())
    assert words in flat
    for heading in headings:
        assert heading in flat, heading
    context.close()


def test_each_decision_has_its_reason_and_its_service(people):
    context = people.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{OVER}/answer")
    cards = page.locator("li.card")
    assert cards.count() == 5
    for card in cards.all():
        text = card.inner_text()
        assert "Vous avez dit" in text and "Nous avons décidé" in text and "Parce que" in text
        assert "Service responsable" in text
    kinds = {card.locator(".status").first.inner_text().strip(" ✓●") for card in cards.all()}
    assert len(kinds) == 5
    feed = context.request.get(f"{OVER}/answer.atom")
    assert feed.headers["content-type"].startswith("application/atom+xml") and "La clôture est posée" in feed.text()
    context.close()


def test_no_combination_of_the_open_data_covers_fewer_than_five(people):
    context = people.context()
    page = context.new_page()
    page.goto(f"{OVER}/data")
    assert "Licence Ouverte 2.0" in page.get_by_role("main").inner_text()
    answer = context.request.get(f"{OVER}/data/jardins/answers.csv")
    assert "etalab" in answer.headers["link"]
    rows = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"), newline="")))
    groups = Counter((row["district"], row["age_band"], row["way"]) for row in rows)
    assert rows and min(groups.values()) >= 5
    # No words of anybody, nothing that a spreadsheet would compute.
    assert "regle" not in rows[0] and not {"id", "received_on", "language"} & set(rows[0])
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+@]|-(?![0-9.]+$)", cell)]
    columns = context.request.get(f"{OVER}/data/jardins/columns.csv").body().decode("utf-8-sig")
    assert all(name in columns for name in rows[0])
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_agent_puts_in_a_figure_and_is_told_of_a_wrong_line(people, scripts):
    context = people.context("agent", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"{DESK}/synthesis/limits")
    french = page.get_by_role("textbox").first
    before = french.input_value()
    french.fill(before + "\n\n{figure jardins/rien}")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("ne désigne aucun chiffre")
    french = page.get_by_role("textbox").first
    french.fill(before)
    page.locator("#mark").select_option("{figure answers}")
    page.get_by_role("button", name="Insérer et enregistrer").click()
    assert page.get_by_role("textbox").first.input_value().endswith("{figure answers}")
    page.goto(f"{OVER}/synthesis")
    frozen = page.get_by_role("main").inner_text()
    page.goto(f"{DESK}/synthesis/limits")
    page.get_by_role("textbox").first.fill(before)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.goto(f"{OVER}/synthesis")
    assert page.get_by_role("main").inner_text() == frozen
    context.close()


def test_a_publication_is_confirmed(people):
    context = people.context("agent", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{DESK}/answer/publication")
    page.get_by_role("button", name="Publier la réponse").click()
    expect(page.get_by_role("main")).to_contain_text("Cochez la case")
    page.goto(f"{OVER}/answer")
    expect(page.get_by_role("main")).to_contain_text("Édition 1")
    context.close()


def test_nobody_else_finds_the_desk(people):
    for who in ("nobody", "resident"):
        context = people.context(who)
        for path in (f"{DESK}/synthesis", f"{DESK}/synthesis/said", f"{DESK}/answer", f"{DESK}/answer/publication"):
            assert context.request.get(path, max_redirects=0).status in (303, 404)
        context.close()
