"""Photos and documents in the browser, without JavaScript; and a body of 1 GB, which the server does not hold."""

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import expect

from service import ROOT

FILES = ROOT / "Tests" / "Fixtures" / "media"


@pytest.fixture
def draft(people):
    """The page of photos and documents of a resident's draft."""
    context = people.context("resident", java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/proposals")
    link = page.get_by_role("main").locator("a[href^='/proposals/drafts/']").first.get_attribute("href")
    page.goto(re.match(r"/proposals/drafts/[^/]+", link)[0] + "/check")
    page.goto(re.search(r"/proposals/\d+/media", page.content())[0])
    yield page
    context.close()


def test_a_photo_is_added_described_and_taken_away(draft, picture):
    expect(draft.get_by_text("Aucun fichier pour le moment.")).to_be_visible()

    draft.get_by_label("Photo ou document").set_input_files(FILES / "picture.gif")
    draft.get_by_label("Que montre la photo ?").fill("Une rue sans arbre")
    draft.get_by_role("button", name="Ajouter ce fichier").click()
    expect(draft.get_by_role("link", name=re.compile("Les fichiers GIF"))).to_be_visible()
    expect(draft.locator("#alt")).to_have_value("Une rue sans arbre")

    draft.get_by_label("Photo ou document").set_input_files(FILES / "photo.jpg")
    draft.get_by_role("button", name="Ajouter ce fichier").click()
    expect(draft.get_by_text("Le fichier est ajouté.")).to_be_visible()
    photo = draft.get_by_role("listitem").filter(has=draft.get_by_role("heading", name="photo.jpg"))
    expect(photo.get_by_role("paragraph").filter(has_text="Une rue sans arbre")).to_be_visible()
    # The picture itself is there, turned upright.
    image = photo.locator("img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_attribute("height", "480")
    answer = draft.request.get(image.get_attribute("src"))
    assert answer.status == 200 and answer.headers["content-type"] == "image/webp"
    assert b"GPS" not in answer.body() and b"Mulhouse" not in answer.body()
    picture(draft, "proposal-media-without-javascript")

    photo.get_by_text("Changer la description").click()
    photo.get_by_label("Que montre la photo ?").fill("Un tilleul dans un pré")
    photo.get_by_role("button", name="Enregistrer la description").click()
    expect(photo.get_by_role("paragraph").filter(has_text="Un tilleul dans un pré")).to_be_visible()

    photo.get_by_text("Retirer").click()
    photo.get_by_role("button", name="Effacer ce fichier").click()
    expect(draft.get_by_text("Aucun fichier pour le moment.")).to_be_visible()


def memory(pid: int) -> int:
    """The most that a process has had in memory so far, in bytes."""
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def test_a_gigabyte_is_refused_and_never_held(draft, service):
    token = draft.locator("input[name=token]").first.get_attribute("value")
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in draft.context.cookies())
    path = draft.url.removeprefix(service.url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{service.port}\r\nOrigin: {service.url}\r\nCookie: {cookies}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n")
    begin = (
        f'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n')
    piece = b"10000\r\n" + b"\xff\xd8\xff" + bytes(65_533) + b"\r\n"

    before = memory(service.process.pid)
    with socket.create_connection(("127.0.0.1", service.port), timeout=120) as connection:
        connection.sendall(f"{head}{len(begin):x}\r\n{begin}\r\n".encode())
        try:
            for _ in range(1 << 14):
                connection.sendall(piece)
        except OSError:
            pass  # Cut off while the rest was still on its way.
        assert connection.recv(12) == b"HTTP/1.1 413"
    assert memory(service.process.pid) - before < 24 << 20
    draft.reload()
    expect(draft.get_by_text("Aucun fichier pour le moment.")).to_be_visible()
