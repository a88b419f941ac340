"""Finding one's ballot in the public record: in the browser, and without JavaScript."""

import json
import re
import struct
import subprocess
import sys
import tarfile

import pytest
from playwright.sync_api import expect

from checks import axe
from conftest import enter_code


def entries(context, vote: str) -> list[dict]:
    """The entries of a vote's record, as anyone downloads them."""
    base = f"/votes/{vote}/record"
    size = int(context.request.get(f"{base}/checkpoint").text().split("\n")[1])
    found = []
    while len(found) < size:
        width = min(256, size - len(found))
        path = f"{len(found) // 256:03}" + (f".p/{width}" if width < 256 else "")
        bundle = context.request.get(f"{base}/tile/entries/{path}").body()
        position = 0
        while position < len(bundle):
            (length,) = struct.unpack_from(">H", bundle, position)
            found.append(json.loads(bundle[position + 2:position + 2 + length]))
            position += 2 + length
    return found


@pytest.fixture(scope="module")
def opened(people, votes) -> dict:
    """A ballot of the replayed vote that chooses something."""
    context = people.context()
    found = next(
        entry for entry in entries(context, votes["published"])
        if entry["kind"] == "ballot.opened" and entry["choices"])
    context.close()
    return found


@pytest.fixture(scope="module")
def receipt(people, votes) -> str:
    """The text of a receipt for a ballot that has just been cast."""
    context = people.context()
    page = context.new_page()
    enter_code(page, votes["open"], people.code())
    page.get_by_role("button", name="Continuer : vérifier mes choix").click()
    page.get_by_role("button", name="Déposer mon bulletin").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le reçu").click()
    text = download.value.path().read_text()
    context.close()
    return text


def test_receipt_is_found_in_the_browser(people, votes, receipt, picture):
    context = people.context()
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}/check")
    page.get_by_label("Votre reçu, ou votre numéro de suivi").fill(receipt)
    answers = page.locator("[data-check-answers]")
    # The record is signed a moment after the ballot is cast.
    for _ in range(120):
        page.get_by_role("button", name="Vérifier dans mon navigateur").click()
        expect(answers.locator(".status").first).to_be_visible()
        if "n’est pas dans le registre" not in answers.inner_text():
            break
        page.wait_for_timeout(500)
    expect(answers).to_contain_text("trouve la même empreinte que le registre")
    expect(answers).to_contain_text("La signature du registre est valable")
    expect(answers).to_contain_text("Votre bulletin scellé est dans le registre")
    expect(answers).to_contain_text("Les bulletins ne sont pas encore ouverts")
    assert answers.locator(".bad").count() == 0
    assert axe(page) == []
    picture(page, "check-in-browser")
    context.close()


def test_opened_ballot_is_found_in_the_browser(people, votes, opened):
    context = people.context()
    page = context.new_page()
    page.goto(f"/votes/{votes['published']}/check")
    page.get_by_label("Votre reçu, ou votre numéro de suivi").fill(opened["tracker"].lower().replace("-", " "))
    page.get_by_role("button", name="Vérifier dans mon navigateur").click()
    answers = page.locator("[data-check-answers]")
    expect(answers).to_contain_text("Votre bulletin est compté, avec ces choix")
    assert answers.locator(".bad").count() == 0
    context.close()


def test_changed_record_is_noticed_in_the_browser(people, votes, opened):
    context = people.context()
    page = context.new_page()

    def change(route):
        body = bytearray(route.fetch().body())
        place = body.find(b'"envelope":"') + len(b'"envelope":"')
        body[place] = ord("a") if body[place] != ord("a") else ord("b")
        route.fulfill(status=200, body=bytes(body), content_type="application/octet-stream")

    page.route(re.compile(r"/record/tile/entries/000"), change)
    page.goto(f"/votes/{votes['published']}/check")
    page.get_by_label("Votre reçu, ou votre numéro de suivi").fill(opened["tracker"])
    page.get_by_role("button", name="Vérifier dans mon navigateur").click()
    answers = page.locator("[data-check-answers]")
    expect(answers).to_contain_text("L’empreinte calculée ici n’est pas celle du registre")
    context.close()


def test_opened_ballot_is_found_without_javascript(people, votes, opened):
    context = people.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/votes/{votes['published']}/check")
    expect(page.get_by_role("button", name="Vérifier dans mon navigateur")).to_be_hidden()
    page.get_by_label("Votre reçu, ou votre numéro de suivi").fill(opened["tracker"])
    page.get_by_role("button", name="Chercher mon bulletin").click()
    expect(page.get_by_role("main")).to_contain_text("Votre bulletin est compté, avec ces choix")
    context.close()


def test_receipt_is_found_without_javascript(people, votes, receipt):
    context = people.context(java_script_enabled=False)
    page = context.new_page()
    main = page.get_by_role("main")
    for _ in range(120):
        page.goto(f"/votes/{votes['open']}/check")
        page.get_by_label("Votre reçu, ou votre numéro de suivi").fill(receipt)
        page.get_by_role("button", name="Chercher mon bulletin").click()
        if "n’est pas dans le registre" not in main.inner_text():
            break
        page.wait_for_timeout(500)
    expect(main).to_contain_text("Le reçu porte la signature du registre")
    expect(main).to_contain_text("Votre bulletin scellé est dans le registre")
    context.close()


def test_nonsense_is_refused_kindly(people, votes):
    context = people.context()
    page = context.new_page()
    page.goto(f"/votes/{votes['open']}/check")
    page.get_by_label("Votre reçu, ou votre numéro de suivi").fill("bonjour")
    page.get_by_role("button", name="Chercher mon bulletin").click()
    expect(page.get_by_role("alert")).to_contain_text("ni un reçu ni un numéro de suivi")
    assert axe(page) == []
    context.close()


def test_second_verifier_travels_with_the_record(people, votes, tmp_path):
    context = people.context()
    base = f"/votes/{votes['published']}/record"
    program = context.request.get(f"{base}/verify.py")
    assert program.headers["content-type"] == "text/x-python; charset=utf-8"
    assert program.body() == context.request.get("/verify.py").body()
    archive = tmp_path / "record.tar.gz"
    archive.write_bytes(context.request.get(f"{base}/bundle.tar.gz").body())
    with tarfile.open(archive) as bundle:
        assert bundle.extractfile("record/verify.py").read() == program.body()
    (tmp_path / "verify.py").write_bytes(program.body())
    checked = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify.py", archive], capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "The record holds" in checked.stdout
    context.close()
