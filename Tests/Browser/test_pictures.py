"""Pictures of every page type for people to look at, in .build/pictures. Only when asked: TILLEUL_PICTURES=1."""

import os

import pytest

from pages import PAGES
from test_pages import places  # noqa: F401  (a fixture)

pytestmark = pytest.mark.skipif(not os.environ.get("TILLEUL_PICTURES"), reason="set TILLEUL_PICTURES=1 for pictures")

LOOKS = {
    "fr-360": {"viewport": {"width": 360, "height": 740}},
    "fr-768": {"viewport": {"width": 768, "height": 1024}},
    "fr-1280": {"viewport": {"width": 1280, "height": 800}},
    "en-360": {"viewport": {"width": 360, "height": 740}},
    "de-360": {"viewport": {"width": 360, "height": 740}},
    "fr-dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "fr-contrast": {"viewport": {"width": 1280, "height": 800}, "contrast": "more"},
    "fr-print": {"viewport": {"width": 800, "height": 1100}},
    "fr-plain": {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False},
}


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(look, people, places, picture):  # noqa: F811
    for who in sorted({kind.who for kind in PAGES}):
        context = people.context(who, look[:2], **LOOKS[look])
        page = context.new_page()
        if look == "fr-print":
            page.emulate_media(media="print")
        for kind in PAGES:
            if kind.who == who:
                page.goto(kind.path.format(**places))
                picture(page, f"{kind.name}-{look}")
        context.close()
