"""Searching on the pages: our page, Datasette's search box and its JSON find the same notes."""

import html
import re
from urllib.parse import quote, urlencode

import pytest

from tests.web.conftest import ROOT, Site, texts

MANAGER = {"id": "mia", "role": "manager"}


def stock(site: Site, words: str) -> list[str]:
    answer = site.get(f"/feedlog/notes.json?_shape=array&_size=100&_search={quote(words)}", MANAGER)
    assert answer.status_code == 200, answer.text
    return texts(answer)


def cards(site: Site, **asked: str) -> list[str]:
    """The sentences on the search page, as a reader sees them."""
    answer = site.get(f"/-/search?{urlencode(asked)}", MANAGER)
    assert answer.status_code == 200, answer.text[:400]
    found = re.findall(r'class="words"[^>]*>“<bdi>(.*?)</bdi>”</a>', answer.text, re.DOTALL)
    return [html.unescape(re.sub(r"</?mark>", "", text)) for text in found]


class TestDatasettesOwnSearch:
    """`?_search=` on the notes' table."""

    def test_filters_at_all(self, site: Site) -> None:
        """A search finds some notes and not all of them."""
        everything = site.get("/feedlog/notes.json?_shape=array&_size=max", MANAGER).json()
        assert 0 < len(stock(site, "levering")) < len(everything)

    def test_finds_inflections(self, site: Site) -> None:
        """Another form of a word finds the same notes, like `feedlog search`."""
        assert any("leveringen" in text.lower() for text in stock(site, "levering"))
        assert set(stock(site, "levering")) == set(stock(site, "leveringen"))

    def test_phrase_as_written(self, site: Site) -> None:
        """Quotation marks find the words side by side."""
        found = stock(site, '"tre uger"')
        assert found and all("tre uger" in text.lower() for text in found)

    def test_beginning(self, site: Site) -> None:
        """A star finds words that begin so."""
        found = stock(site, "lever*")
        assert found and all(re.search(r"\blever", text.lower()) for text in found)

    def test_without(self, site: Site) -> None:
        """A minus leaves notes out."""
        with_both, without = stock(site, "levering"), stock(site, "levering -uger")
        assert set(without) < set(with_both)
        assert not any("uger" in text for text in without)

    @pytest.mark.parametrize(
        "words", ["?!", '"', "-", "*", "()", "-levering", "NEAR(", "AND OR", 'a"b"c"', "\x00", "😀", "x" * 10_000]
    )
    def test_anything_goes(self, site: Site, words: str) -> None:
        """Punctuation, broken syntax and pastes find nothing or something, and are never an error."""
        found = stock(site, words)
        if not re.search(r"\w", words) or words == "-levering":
            assert found == []

    def test_page_finds_as_much(self, site: Site) -> None:
        """What the table finds our page finds too."""
        for words in ("levering", "faktura", "ringe tilbage", '"tre uger"', "lever*"):
            assert 0 < len(stock(site, words)) <= len(cards(site, q=words))


class TestPage:
    """/-/search"""

    def test_marks_what_matched(self, site: Site) -> None:
        """The words that matched are marked, and a card says when it was not the word itself."""
        page = site.get("/-/search?q=levering", MANAGER).text
        assert "<mark>levering</mark>" in page
        assert "<mark>leveringen</mark>" in page
        assert "another form of the word" in page

    def test_newest_without_words(self, site: Site) -> None:
        """Without words the newest notes stand there, thirty to a page, and every note comes once."""
        seen: list[str] = []
        place = "/-/search"
        while place:
            page = site.get(place, MANAGER).text
            seen += re.findall(r'class="words" href="/-/note/(\d+)"', page)
            older = re.search(r'rel="next" href="([^"]+)"', page)
            place = html.unescape(older[1]) if older else ""
        rows = site.get("/feedlog/notes.json?_shape=array&_size=max", MANAGER).json()
        assert [int(number) for number in seen] == [
            row["id"] for row in sorted(rows, key=lambda row: (row["said_at"], row["id"]), reverse=True)
        ]

    @pytest.mark.parametrize(
        ("name", "value", "column"),
        [("channel", "email", "channel"), ("kind", "question", "kind"), ("touchpoint", "invoice", "touchpoint")],
    )
    def test_filters(self, site: Site, name: str, value: str, column: str) -> None:
        """A filter leaves exactly its notes, with words and without."""
        rows = site.get(f"/feedlog/notes.json?_shape=array&_size=max&{column}={value}", MANAGER).json()
        assert len(rows) == len(cards(site, **{name: value})) > 0
        hits = stock(site, "jeg")
        expected = {row["verbatim"] for row in rows} & set(hits)
        assert set(cards(site, q="jeg", **{name: value})) == expected

    def test_theme(self, site: Site) -> None:
        """A theme leaves its notes."""
        rows = site.get("/feedlog/notes.json?_shape=array&_size=max&themes__arraycontains=invoice", MANAGER).json()
        assert len(cards(site, theme="Invoice")) == len(rows) > 0

    def test_days(self, site: Site) -> None:
        """`since` and `until` count whole local days."""
        rows = site.get("/feedlog/notes.json?_shape=array&_size=max", MANAGER).json()
        on = sorted(row["said_on"] for row in rows)[len(rows) // 2]
        assert len(cards(site, since=on, until=on)) == len([row for row in rows if row["said_on"] == on])

    def test_one_customer(self, site: Site) -> None:
        """A customer's notes can be read together, by pseudonym."""
        rows = site.get("/feedlog/notes.json?_shape=array&_size=max&customer__notblank=1", MANAGER).json()
        customer = rows[0]["customer"]
        assert len(cards(site, customer=customer)) == len([row for row in rows if row["customer"] == customer])

    @pytest.mark.parametrize("day", ["2026-02-31", "yesterday", "2026", "9999-12-31", "0000-00-00", "20261121", "<b>"])
    def test_a_day_that_is_none(self, site: Site, day: str) -> None:
        """What is not a day is said to be none and left out; the status says so, too."""
        page = site.get(f"/-/search?since={quote(day)}", MANAGER)
        assert page.status_code == 400
        assert "is not a day; write it like 2026-11-21." in page.text
        assert "<b>" not in page.text.replace("<b>mia</b>", "")

    def test_days_the_wrong_way_round(self, site: Site) -> None:
        """A last day before the first is said to be one and left out; the status says so, too."""
        page = site.get("/-/search?since=2026-11-21&until=2026-01-01", MANAGER)
        assert page.status_code == 400
        assert "The last day lies before the first." in page.text

    @pytest.mark.parametrize(
        "words",
        ["?!", '"', "-levering", "\x00", "(((", "NEAR(a b)", "x" * 10_000, "😀", "'; drop table notes; --", "\ud800"],
    )
    def test_anything_goes(self, site: Site, words: str) -> None:
        """Nothing that is typed is an error, unless a day is asked for."""
        encoded = quote(words, errors="surrogatepass")
        for name in ("q", "theme", "channel", "customer", "before"):
            assert site.get(f"/-/search?{name}={encoded}", MANAGER).status_code == 200, name
        assert site.get(f"/-/search?since={encoded}", MANAGER).status_code == 400

    def test_no_word_to_look_for(self, site: Site) -> None:
        """Only punctuation is told to be no word."""
        page = site.get("/-/search?q=%3F%21", MANAGER).text
        assert "There is no word to look for: write at least one with letters or digits." in page

    def test_nothing_found(self, site: Site) -> None:
        """An empty list is an answer, with a hint how to find more."""
        page = site.get("/-/search?q=xyzzyqwfp", MANAGER).text
        assert "Nobody has said this yet, in these words" in page

    def test_as_a_table(self, site: Site) -> None:
        """The same notes open as a table."""
        page = site.get("/-/search?q=levering&theme=delivery&since=2020-01-01", MANAGER).text
        [place] = re.findall(r'href="(/feedlog/notes[^"]+)"', page)
        rows = site.get(html.unescape(place).replace("/notes?", "/notes.json?_shape=array&"), ROOT)
        assert len(rows.json()) == len(cards(site, q="levering", theme="delivery", since="2020-01-01"))
