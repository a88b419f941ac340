"""The print pack through HTTP: every PDF has its pages, its words, its language and a readable code on each page."""

import re
import subprocess

import pytest

from service import FIXTURE

LANGUAGES = {"fr": "Français", "en": "English", "de": "Deutsch"}
SHORT = r"[0-9A-F]{12}"


@pytest.fixture(scope="module")
def desk(people):
    context = people.context("officer")
    yield context.request
    context.close()


class Sheet:
    """A PDF as its reader, its printer and a scanner see it."""

    def __init__(self, answer, folder):
        assert answer.status == 200, answer.text()
        assert answer.headers["content-type"] == "application/pdf"
        self.path = folder / "sheet.pdf"
        self.path.write_bytes(answer.body())
        self.folder = folder
        self.facts = dict(
            (name, value.strip()) for name, _, value in
            (line.partition(":") for line in self.run("pdfinfo", self.path).splitlines()))
        self.pages = int(self.facts["Pages"])

    @staticmethod
    def run(*command) -> str:
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout

    def text(self) -> str:
        return self.run("pdftotext", "-layout", self.path, "-")

    def codes(self) -> list[str]:
        """What the code of each page holds."""
        self.run("pdftoppm", "-r", 150, "-gray", "-png", self.path, self.folder / "page")
        return [self.run("zbarimg", "-q", "--raw", picture).strip()
                for picture in sorted(self.folder.glob("page-*.png"))]

    def language(self) -> str:
        return re.search(rb"/Lang \((\w\w)\)", self.path.read_bytes())[1].decode()

    def fonts(self) -> str:
        return self.run("pdffonts", self.path)

    def letters(self) -> list[float]:
        """The sizes of all letters of the page, but those at its foot."""
        page = self.run("pdftotext", "-bbox-layout", self.path, "-")
        sizes = []
        for word in re.finditer(r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', page):
            if float(word[2]) < 750:
                sizes.append(float(word[2]) - float(word[1]))
        return sizes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document, least, most", [
    ("ballot", 2, 3), ("large", 4, 8), ("easy-read", 3, 6), ("sample", 2, 3), ("catalogue", 2, 6)])
def test_documents(document, least, most, language, desk, votes, tmp_path):
    sheet = Sheet(desk.get(f"/desk/votes/{votes['open']}/print/{document}.pdf?language={language}"), tmp_path)
    assert least <= sheet.pages <= most
    assert sheet.facts["Page size"].endswith("(A4)")
    assert sheet.facts["Tagged"] == "yes"
    assert sheet.facts["Title"]
    assert sheet.language() == language
    # Every letter is printed from a face inside the file.
    fonts = [line.split() for line in sheet.fonts().splitlines()[2:]]
    assert any("Andika" in font[0] for font in fonts)
    assert all(font[-5] == "yes" for font in fonts)
    text = sheet.text()
    assert LANGUAGES[language] in text
    for number in range(1, 31):
        assert re.search(rf"(?m)(^|\s){number}\s", text), f"no project {number}"
    codes = sheet.codes()
    assert len(codes) == sheet.pages
    for page, code in enumerate(codes, 1):
        assert re.fullmatch(rf"TILLEUL/1/{document.upper()}/{SHORT}/1/{language.upper()}/{page}", code), code
        assert f"{page} / {sheet.pages}" in text
    short = codes[0].split("/")[3]
    assert " ".join(re.findall("....", short)) in text.replace("\u00a0", " ")


def test_a_sample_cannot_be_confused(desk, votes, tmp_path):
    sheet = Sheet(desk.get(f"/desk/votes/{votes['open']}/print/sample.pdf?language=fr"), tmp_path)
    for page in range(1, sheet.pages + 1):
        assert "SPÉCIMEN" in sheet.run("pdftotext", "-f", page, "-l", page, sheet.path, "-")
    ballot = desk.get(f"/desk/votes/{votes['open']}/print/ballot?language=fr").text()
    assert "SPÉCIMEN" not in ballot


def test_letters_are_large_enough(desk, votes, tmp_path):
    """12 points on ballots and 18 in large print; a line is a little higher than its letters."""
    for document, size in (("ballot", 12), ("large", 18)):
        folder = tmp_path / document
        folder.mkdir()
        sheet = Sheet(desk.get(f"/desk/votes/{votes['open']}/print/{document}.pdf?language=fr"), folder)
        heights = sorted(sheet.letters())
        # The line that says that this is a demonstration is smaller.
        assert heights[len(heights) // 10] >= size


def test_small_paper(desk, votes, tmp_path):
    sheet = Sheet(desk.get(f"/desk/votes/{votes['open']}/print/catalogue.pdf?language=de&size=a5"), tmp_path)
    assert sheet.facts["Page size"].startswith("419.5")
    assert len(sheet.codes()) == sheet.pages and all(sheet.codes())


def test_numbered_papers(people, desk, votes, tmp_path):
    """Numbers are reserved, then printed: each paper has its own and begins at page 1."""
    context = people.context("officer")
    page = context.new_page()
    page.goto(f"/desk/votes/{votes['open']}/print")
    page.get_by_label("Nombre de papiers").fill("0")
    page.get_by_role("button", name="Réserver des numéros").click()
    assert "de 1 à 100" in page.get_by_role("alert").inner_text()
    page.get_by_label("Nombre de papiers").fill("3")
    page.get_by_role("button", name="Réserver des numéros").click()
    page.get_by_role("status").get_by_text("Les numéros sont réservés.").wait_for()
    first = int(page.locator('input[name="from"][id^="from-"]').last.get_attribute("value"))
    context.close()
    base = f"/desk/votes/{votes['open']}/print/ballot.pdf?language=fr&edition=1"
    sheet = Sheet(desk.get(f"{base}&from={first}"), tmp_path)
    codes = sheet.codes()
    assert [code.split("/")[-1] for code in codes[::2]] == [f"{first + paper:07}" for paper in range(3)]
    assert [code.split("/")[-2] for code in codes] == ["1", "2"] * 3
    for wrong in (f"{base}&from=999999", f"{base}&from=one", f"{base.replace('=fr', '=de')}&from={first}"):
        answer = desk.get(wrong)
        assert answer.status == 422
        assert "pas réservé" in answer.text()


@pytest.mark.parametrize("query, words", [
    ("language=xx", "« xx »"), ("size=a3", "« a3 »"), ("edition=7", "« 7 »"), ("edition=-1", "« -1 »")])
def test_what_cannot_be_printed_is_refused(query, words, desk, votes):
    for form in ("ballot", "ballot.pdf"):
        answer = desk.get(f"/desk/votes/{votes['open']}/print/{form}?{query}")
        assert answer.status == 422
        assert words in answer.text().replace("\u00a0", " ")


def test_roll_and_report(desk, votes, tmp_path):
    answer = desk.get(f"/desk/votes/{votes['open']}/print/roll?from=1&to=5000")
    assert answer.status == 422
    sheet = Sheet(desk.get(f"/desk/votes/{votes['open']}/print/place-report.pdf?language=fr"), tmp_path)
    assert sheet.pages == 1
    assert "Détériorés" in sheet.text()
    assert sheet.codes()[0].startswith("TILLEUL/1/PLACE-REPORT/")
    assert desk.get(f"/desk/votes/{votes['open']}/print/batch?batch=nowhere").status == 422


def test_a_draft_says_so(people, tmp_path, votes):
    context = people.context("agent")
    process = context.request.get(f"/votes/{votes['open']}").text().split('href="/processes/')[1].split('"')[0]
    people.service.run("votes", "import", str(FIXTURE), "--process", process, "--slug", "brouillon-a-imprimer",
                       "--data-dir", str(people.service.data))
    sheet = Sheet(context.request.get("/desk/votes/brouillon-a-imprimer/print/ballot.pdf?language=fr"), tmp_path)
    assert "PROJET" in sheet.text()
    assert all("/DRAFT/" in code for code in sheet.codes())
    assert context.request.get("/votes/brouillon-a-imprimer/print").status == 404
    context.close()


def test_everybody_prints_the_sample_and_the_catalogue_alone(people, votes, tmp_path):
    context = people.context()
    for document in ("sample", "catalogue"):
        folder = tmp_path / document
        folder.mkdir()
        sheet = Sheet(context.request.get(f"/votes/{votes['open']}/print/{document}.pdf"), folder)
        assert sheet.pages >= 2
    for document in ("ballot", "large", "roll", "letter", "nothing"):
        assert context.request.get(f"/votes/{votes['open']}/print/{document}.pdf").status == 404
    # The desk is not there for them.
    assert "/sign-in" in context.request.get(f"/desk/votes/{votes['open']}/print/ballot").url
    context.close()
