"""The list of proposals, their pages, the map and following, in the open call of the demonstration."""

import re

from playwright.sync_api import expect

from checks import overflow

LIST = "/processes/idees-2027/proposals"


def titles(page) -> list[str]:
    return page.get_by_role("main").locator("li.card h3").all_inner_texts()


def test_filters_pages_and_orders_without_javascript_on_a_phone(people):
    page = people.context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()
    page.goto(LIST)
    main = page.get_by_role("main")
    first = titles(page)
    assert len(first) == 24 and overflow(page) == 0
    main.get_by_role("link", name="Page suivante").click()
    second = titles(page)
    assert second and not set(first) & set(second)
    main.get_by_role("link", name="Page précédente").click()
    assert titles(page) == first

    main.get_by_role("searchbox", name="Chercher").fill("SPIELPLATZ")
    main.get_by_role("button", name="Afficher").click()
    assert titles(page) == ["Ein Spielplatz für Kinder im Rollstuhl"]
    expect(main.locator("li.card h3 a[lang=de]")).to_be_visible()
    main.get_by_role("searchbox", name="Chercher").fill("zzzzzz")
    main.get_by_role("button", name="Afficher").click()
    expect(main.get_by_text("Aucune proposition ne correspond")).to_be_visible()
    main.get_by_role("link", name="Voir toutes les propositions").click()
    assert titles(page) == first

    main.get_by_label("Où elle en est").select_option("refused")
    main.get_by_role("button", name="Afficher").click()
    count = int(re.search(r"\d+", main.get_by_role("status").first.inner_text())[0])
    assert 0 < count == len(titles(page))
    page.goto(LIST + "?sort=shuffled")
    assert "seed=" in page.url
    shuffled = titles(page)
    page.reload()
    assert titles(page) == shuffled != first


def test_the_map_is_a_drawing_that_can_be_opened(people):
    context = people.context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(LIST)
    page.get_by_role("link", name="Voir sur la carte").click()
    drawing = page.get_by_role("img", name="Carte des quartiers")
    expect(drawing).to_be_visible()
    assert not any("leaflet" in url for url in asked)
    page.get_by_role("button", name="Ouvrir la carte mobile").press("Enter")
    canvas = page.locator(".map-canvas")
    expect(canvas.locator("path.map-surface").first).to_be_visible()
    expect(canvas.locator("path.map-dot").first).to_be_visible()
    assert any("leaflet" in url for url in asked)
    host = re.match(r"https?://[^/]+", page.url)[0]
    assert all(url.startswith((host, "data:", "blob:")) for url in asked)


def test_following_by_keyboard(people):
    context = people.context("resident", java_script_enabled=False)
    page = context.new_page()
    page.goto("/proposals/7")
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Suivre cette proposition").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vous suivez cette proposition.")).to_be_visible()
    page.goto("/account/followed")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("button", name=f"Ne plus suivre {title}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=title)).to_have_count(0)


def test_versions_and_files(people):
    context = people.context()
    page = context.new_page()
    page.goto("/proposals/7/history")
    expect(page.get_by_role("heading", name="Versions de la proposition")).to_be_visible()
    csv = context.request.get(f"{LIST}.csv").text()
    assert csv.startswith("\ufeffnumber,url,status")
    data = context.request.get(f"{LIST}.json").json()
    assert len(data) == csv.count("/proposals/") and all("author" not in one for one in data)
    points = context.request.get(f"{LIST}.geojson").json()
    assert points["type"] == "FeatureCollection" and points["features"]
