"""The pages in Danish, Swedish and Norwegian: nothing is left in English, and all is written as it is there."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from lxml import html as parsed

from feedlog.cli import COMMANDS
from feedlog.vocabulary import PAGE_LANGUAGES
from feedlog.web import showing, speech
from tests.web.conftest import Site

ROOT = Path(__file__).resolve().parents[2]
MANAGER = {"id": "mia", "role": "manager"}
TRANSLATED = [code for code in PAGE_LANGUAGES if code != "en"]
# What a language spells like English. Everything else that is the same was forgotten.
SPELT_ALIKE = {
    "da": {"Segment", "chat", "forum"},
    "sv": {"Segment", "forum"},
    "nb": {"Segment", "chat", "forum"},
}
# These hold nothing but places, tags and signs that are the same everywhere.
WORDLESS = {"<strong>%(name)s</strong>, %(days)s", "%(minutes)s min"}
PAGES = ["/", "/-/search", "/-/themes", "/-/promises", "/-/words", "/-/note/81", "/-/note/999999"]
HEADINGS = {
    "/": {"da": "På vej op", "sv": "På väg upp", "nb": "På vei opp"},
    "/-/search": {"da": "De nyeste bemærkninger", "sv": "De senaste synpunkterna", "nb": "De nyeste tilbakemeldingene"},
    "/-/themes": {"da": "Hvad det handler om", "sv": "Vad det handlar om", "nb": "Hva det handler om"},
    "/-/promises": {"da": "Hvad vi har lovet", "sv": "Vad vi har lovat", "nb": "Hva vi har lovet"},
    "/-/words": {
        "da": "Ord, der bruges mere end normalt",
        "sv": "Ord som används mer än vanligt",
        "nb": "Ord som brukes mer enn vanlig",
    },
    "/-/note/81": {"da": "Bemærkning 81", "sv": "Synpunkt 81", "nb": "Tilbakemelding 81"},
    "/-/note/999999": {
        "da": "Bemærkningen findes ikke",
        "sv": "Synpunkten finns inte",
        "nb": "Tilbakemeldingen finnes ikke",
    },
}
ACCEPTED = {"da": "da-DK,da;q=0.9,en;q=0.8", "sv": "sv-SE,sv;q=0.9", "nb": "nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.7"}


def forms(told: object) -> tuple[str, ...]:
    """A sentence, or its forms for one and for many."""
    return (told,) if isinstance(told, str) else tuple(told) if isinstance(told, list | tuple) else ()


def sentences(folder: Path) -> set[tuple[str, ...]]:
    """What the pages in a folder say, in English, as `make messages` gathers it."""
    with open(ROOT / "babel.cfg", encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(["counted:1,2", "html", "marked"])}
    return {forms(found[2]) for found in extract_from_dir(folder, methods, options, keywords)}


def catalogue(code: str) -> Catalog:
    with open(ROOT / "feedlog" / "web" / "languages" / f"{code}.po", "rb") as file:
        return read_po(file, abort_invalid=True)


def messages(code: str) -> list[Message]:
    """What stands in a catalogue, without its head."""
    return [message for message in catalogue(code) if message.id]


def pairs(code: str) -> list[tuple[str, str]]:
    """Each English form with its translation."""
    return [pair for message in messages(code) for pair in zip(forms(message.id), forms(message.string), strict=True)]


@pytest.fixture(scope="module")
def gathered() -> set[tuple[str, ...]]:
    return sentences(ROOT / "feedlog" / "web")


@pytest.mark.parametrize("code", TRANSLATED)
class TestCatalogue:
    """feedlog/web/languages/*.po"""

    def test_holds_every_sentence_and_no_other(self, code: str, gathered: set[tuple[str, ...]]) -> None:
        """A page that learns a sentence learns it in all languages, and one it no longer says is thrown out."""
        held = {forms(message.id) for message in messages(code)}
        assert gathered - held == set(), "new on the pages: run `make messages` and translate it"
        assert held - gathered == set(), "on no page any more: run `make messages`"

    def test_every_sentence_is_translated(self, code: str) -> None:
        """No sentence waits for its translation, nor is one a guess that nobody has looked at."""
        assert [message.id for message in messages(code) if message.fuzzy or not all(forms(message.string))] == []
        assert all(len(forms(message.id)) == len(forms(message.string)) for message in messages(code))

    def test_places_and_tags_stay(self, code: str) -> None:
        """Each value finds its place in the translation, and each tag what it is around."""
        for english, translated in pairs(code):
            for kept in (r"%(?:\(\w+\))?.", r"</?\w[^>]*>", rf"complaint_rate|feedlog (?:{'|'.join(COMMANDS)})\b"):
                assert sorted(re.findall(kept, translated)) == sorted(re.findall(kept, english)), english

    def test_no_sentence_is_left_in_english(self, code: str) -> None:
        """What reads like English is one of the few words that are spelt alike."""
        alike = {english for english, translated in pairs(code) if english == translated}
        assert alike == SPELT_ALIKE[code] | WORDLESS

    def test_begins_and_ends_alike(self, code: str) -> None:
        """A heading begins with a capital, a word inside a line does not; a full sentence keeps its full stop."""
        for english, translated in pairs(code):
            if english[:2].isalpha() and translated[:2].isalpha():
                assert english[0].isupper() == translated[0].isupper(), english
            for mark in (".", "?", "!"):
                assert translated.endswith(mark) == english.endswith(mark), english
            assert translated == translated.strip() and "  " not in translated, english

    def test_names_nobody(self, code: str) -> None:
        """A catalogue's head says what it is, not who wrote it, when, or on which machine."""
        text = (ROOT / "feedlog" / "web" / "languages" / f"{code}.po").read_text("utf-8")
        head = re.findall(r'^"([\w-]+): (.*)\\n"$', text.split("\n\n")[0], re.MULTILINE)
        assert dict(head) == {
            "Project-Id-Version": "feedlog",
            "Language": code,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        assert not re.search(r"^#(?:[:~|]|, fuzzy)|@", text, re.MULTILINE)


def test_a_new_sentence_is_noticed(tmp_path: Path) -> None:
    """Gathering finds a sentence whether a template or a module says it, in its forms for one and for many."""
    (tmp_path / "templates").mkdir()
    template = (
        '<p title="{{ _(\'One\') }}">{{ html("<b>Two</b>") }} {{ counted("%(count)s three", "%(count)s threes", 3) }}'
    )
    (tmp_path / "templates" / "new.html").write_text(template, "utf-8")
    (tmp_path / "new.py").write_text('told = _("Four %(place)s", place=4)\n', "utf-8")
    assert sentences(tmp_path) == {
        ("One",),
        ("<b>Two</b>",),
        ("%(count)s three", "%(count)s threes"),
        ("Four %(place)s",),
    }


class TestSpeech:
    """Dates and numbers as they are written in a language."""

    TODAY = date(2026, 3, 20)
    DAY = date(2026, 3, 2)

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("en", ["12,345", "1.5", "83%", "1,250 DKK", "99.50 DKK"]),
            ("da", ["12.345", "1,5", "83\xa0%", "1.250 DKK", "99,50 DKK"]),
            ("sv", ["12\xa0345", "1,5", "83\xa0%", "1\xa0250 DKK", "99,50 DKK"]),
            ("nb", ["12\xa0345", "1,5", "83\xa0%", "1\xa0250 DKK", "99,50 DKK"]),
        ],
    )
    def test_numbers(self, code: str, said: list[str]) -> None:
        """Thousands are parted by a point, a comma or a space that does not break, decimals by the other one."""
        with speech.speaking(code):
            assert [
                speech.figure(12345),
                speech.figure(1.5, 1),
                speech.share(0.83),
                speech.money(1250, "DKK"),
                speech.money(99.5, "DKK"),
            ] == said

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("en", ["2 March", "2 March 2026", "Monday", "March 2026", "Monday 2 March, 14:05"]),
            ("da", ["2. marts", "2. marts 2026", "mandag", "marts 2026", "mandag 2. marts, 14.05"]),
            ("sv", ["2 mars", "2 mars 2026", "måndag", "mars 2026", "måndag 2 mars, 14:05"]),
            ("nb", ["2. mars", "2. mars 2026", "mandag", "mars 2026", "mandag 2. mars, 14:05"]),
        ],
    )
    def test_days(self, code: str, said: list[str]) -> None:
        """Danes and Norwegians put a point behind the day, Swedes none; nobody but the English writes capitals."""
        with speech.speaking(code):
            assert [
                speech.day_and_month(self.DAY, self.TODAY),
                speech.day_and_month(self.DAY, date(2027, 1, 1)),
                speech.weekday(self.DAY),
                speech.month_name(self.DAY),
                speech.moment(datetime(2026, 3, 2, 14, 5), self.TODAY),
            ] == said

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("en", ["18 days late", "1 day late", "tomorrow", "2 h 10 min", "1 note"]),
            ("da", ["18 dage over fristen", "1 dag over fristen", "i morgen", "2 t 10 min", "1 bemærkning"]),
            ("sv", ["18 dagar över tiden", "1 dag över tiden", "i morgon", "2 tim 10 min", "1 synpunkt"]),
            ("nb", ["18 dager over fristen", "1 dag over fristen", "i morgen", "2 t 10 min", "1 tilbakemelding"]),
        ],
    )
    def test_spans_and_counts(self, code: str, said: list[str]) -> None:
        """How late, how long and how many: in words, with the form for one where it is one."""
        with speech.speaking(code):
            assert [
                showing.due("2026-03-02", self.TODAY),
                showing.due("2026-03-19", self.TODAY),
                showing.due("2026-03-21", self.TODAY),
                showing.minutes(130),
                speech.counted("%(count)s note", "%(count)s notes", 1),
            ] == said

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("en", ["0 notes", "2 notes", "1,200 notes"]),
            ("da", ["0 bemærkninger", "2 bemærkninger", "1.200 bemærkninger"]),
            ("sv", ["0 synpunkter", "2 synpunkter", "1\xa0200 synpunkter"]),
            ("nb", ["0 tilbakemeldinger", "2 tilbakemeldinger", "1\xa0200 tilbakemeldinger"]),
        ],
    )
    def test_all_but_one_is_many(self, code: str, said: list[str]) -> None:
        """None and many take the same form in all four languages, the number written as that language writes it."""
        with speech.speaking(code):
            assert [speech.counted("%(count)s note", "%(count)s notes", number) for number in (0, 2, 1200)] == said

    def test_a_sentence_without_translation_is_said_in_english(self) -> None:
        """A sentence nobody has translated is still said, and outside of a page English is spoken."""
        with speech.speaking("da"):
            assert speech.gettext("Nobody has translated this") == "Nobody has translated this"
            assert speech.ngettext("%(count)s such", "%(count)s suches", 2) == "%(count)s suches"
        assert speech.code() == "en"


class TestChosen:
    """Which language a reader gets."""

    @pytest.mark.parametrize(
        ("cookie", "setting", "accepted", "told"),
        [
            ("sv", "da", "nb", "sv"),
            ("", "da", "nb", "da"),
            ("", "", "nb", "nb"),
            ("", "", "", "en"),
            ("en", "da", "da", "en"),
            ("xx", "da", "nb", "da"),
            ("SV", "", "nb", "nb"),
            ("", "de", "sv", "sv"),
        ],
    )
    def test_own_choice_first(self, cookie: str, setting: str, accepted: str, told: str) -> None:
        """What the reader chose is stronger than the firm's setting, and that than what the browser asks for."""
        assert speech.chosen(cookie, setting, accepted) == told

    @pytest.mark.parametrize("accepted", ["no", "nn", "nb-NO", "NB-no", "nn-NO,nn;q=0.9", "no-NO", "de,no;q=0.3"])
    def test_norwegian_by_any_name(self, accepted: str) -> None:
        """Norwegian is asked for by three names, and each is answered in bokmål."""
        assert speech.chosen("", "", accepted) == "nb"

    @pytest.mark.parametrize(
        ("accepted", "told"),
        [
            ("da-DK,da;q=0.9,en;q=0.8", "da"),
            ("en-US,en;q=0.9,da;q=0.8", "en"),
            ("da;q=0.1, sv;q=0.9", "sv"),
            ("fr, de;q=0.9, sv;q=0.2", "sv"),
            ("da;q=0, sv;q=0.5", "sv"),
            ("da;q=often, sv;q=0.5", "sv"),
        ],
    )
    def test_most_wanted_first(self, accepted: str, told: str) -> None:
        """The language wanted most that we have; one that is refused or malformed is passed over."""
        assert speech.chosen("", "", accepted) == told

    @pytest.mark.parametrize(
        "accepted",
        [
            "de",
            "fr-FR,fr;q=0.9",
            "*",
            ";",
            ",,;q=,",
            "da;q=0",
            "da;q=nan",
            "da;q=2",
            "da;q=-1",
            "-da",
            "\x00",
            "x" * 9999,
        ],
    )
    def test_english_where_nothing_fits(self, accepted: str) -> None:
        """Languages we do not have and headers that say nothing are answered in English, never with an error."""
        assert speech.chosen("", "", accepted) == "en"


@pytest.mark.parametrize("code", TRANSLATED)
class TestPages:
    """The pages as they are answered."""

    @pytest.mark.parametrize("path", PAGES)
    def test_speak_the_readers_language(self, site: Site, path: str, code: str) -> None:
        """The whole page is in the language that the browser asks for, says so, and has its headings in it."""
        answer = site.get(path, MANAGER, headers={"accept-language": ACCEPTED[code]})
        assert answer.status_code == (404 if path.endswith("999999") else 200)
        assert f'<html lang="{code}">' in answer.text
        assert answer.headers["content-language"] == code
        assert "accept-language" in answer.headers["vary"]
        page = parsed.fromstring(answer.text)
        assert HEADINGS[path][code] in [heading.text_content().strip() for heading in page.xpath("//h1 | //h2")]

    @pytest.mark.parametrize("path", PAGES)
    def test_say_nothing_in_english(self, site: Site, path: str, code: str) -> None:
        """No sentence, label or placeholder that has a translation stands on the page in English."""
        page = parsed.fromstring(site.get(path, MANAGER, headers={"accept-language": code}).text)
        told = page.xpath("//text()[not(ancestor::bdi)] | //@aria-label | //@placeholder | //@title")
        english = {one for one, translated in pairs(code) if one != translated} - {
            translated for _one, translated in pairs(code)
        }
        assert english & {" ".join(text.split()).strip(" ,·:") for text in told} == set()


class TestOwnChoice:
    """/-/language/CODE"""

    def test_wins_and_leads_back(self, site: Site) -> None:
        """Who chooses Swedish comes back to the page they were on, in Swedish whatever the browser asks for."""
        answer = site.get("/-/language/sv?to=/-/words", MANAGER)
        assert (answer.status_code, answer.headers["location"]) == (302, "/-/words")
        assert re.match(rf"{speech.COOKIE}=sv; .*HttpOnly", answer.headers["set-cookie"])
        page = site.get("/-/words", MANAGER, headers={"accept-language": "da"}, cookies={speech.COOKIE: "sv"}).text
        assert '<html lang="sv">' in page and HEADINGS["/-/words"]["sv"] in page

    def test_keeps_where_the_reader_was(self, site: Site) -> None:
        """Words and filters of the page come back too."""
        answer = site.get("/-/language/da?to=/-/search%3Fq%3Dr%25C3%25B8d%26kind%3Dcomplaint", MANAGER)
        assert answer.headers["location"] == "/-/search?q=r%C3%B8d&kind=complaint"

    @pytest.mark.parametrize(
        "to", ["//evil.example", "/%5Cevil", "/\\evil", "https://evil", "%2F%2Fevil", "/a%5C%5Cevil", "/%0D%0Aevil", ""]
    )
    def test_leads_nowhere_else(self, site: Site, to: str) -> None:
        """A prepared link does not lead to somebody else's server."""
        answer = site.get(f"/-/language/sv?to={to}", MANAGER)
        assert (answer.status_code, answer.headers["location"]) == (302, "/")

    @pytest.mark.parametrize("code", ["de", "xx", "SV", "..%2Fda"])
    def test_knows_only_ours(self, site: Site, code: str) -> None:
        """A language we do not have is not kept."""
        assert "set-cookie" not in site.get(f"/-/language/{code}", MANAGER).headers
