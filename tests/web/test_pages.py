"""The pages for people: what stands on them, where it leads, and that no sentence does anything there."""

import html
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from feedlog import when
from feedlog.operations import notes
from feedlog.operations.shapes import By, Said
from feedlog.publish.publishing import place_beside, publish
from feedlog.store import Log
from feedlog.web import cells, showing
from feedlog.web.quotes import theme_place
from tests.web.conftest import HOSTILE, ROOT, Site, serving

MANAGER = {"id": "mia", "role": "manager"}


@pytest.fixture
def fresh(log: Log) -> Site:
    """Pages of the test's own log, published when asked for."""
    publish(log, place_beside(log.path))
    return serving(Path(place_beside(log.path)))


def links(page: str) -> set[str]:
    found = {html.unescape(place) for place in re.findall(r'href="(/[^"#]*)', page)}
    return {place for place in found if not place.startswith("/-/language/")}


class TestHome:
    """/"""

    def test_every_link_leads_somewhere(self, site: Site) -> None:
        """Every figure and name on the page opens for a manager."""
        found = links(site.get("/", MANAGER).text)
        assert len(found) > 20
        for place in found - {"/-/logout"}:
            assert site.get(place, MANAGER).status_code == 200, place

    def test_what_stands_there(self, site: Site) -> None:
        """Quotes, praise, rising themes and waiting promises, late ones first."""
        page = site.get("/", MANAGER).text
        for heading in ("Rising", "Waiting for us", "And what they liked", "How it reached us, and when we answered"):
            assert f">{heading}</h2>" in page
        assert page.count('<blockquote class="lead">') == 1
        section = page.split('id="waiting"')[1].split("</section>")[0]
        waiting = re.findall(r'<span class="n( late)?">(?:\d+ day|today|tomorrow|\w+day|\d+ \w+)', section)
        assert len(waiting) > 3
        assert waiting == sorted(waiting, reverse=True)

    def test_figures_agree_with_their_notes(self, log: Log) -> None:
        """A count and the notes behind it are the same; the week before ends at the same weekday."""
        today = when.clock().astimezone().date()
        monday = today - timedelta(today.weekday())
        for day in (monday, today, monday - timedelta(7), today - timedelta(7), today - timedelta(8)):
            said = Said("Pakken kom ikke", said_at=f"{day}T10:00:00Z", customer="K-1", themes=("delivery",))
            notes.add(log, said, By("mette", when.now()))
        publish(log, place_beside(log.path))
        site = serving(Path(place_beside(log.path)))
        page = site.get("/", MANAGER).text
        week = when.week(today.isoformat())
        assert f"<strong>Week {int(week[-2:])}</strong>" in page
        for count, place in re.findall(r'<a href="([^"]+since[^"]+)"><strong>(\d+)</strong> notes?', page):
            count, place = place, html.unescape(count)
            shown = site.get(place, MANAGER).text
            assert shown.count("<blockquote>") == int(count) == 2
        before = re.search(r'since[^"]+">(\d+) in the period before</a>(, up to the same day)?', page)
        assert before and before[1] == ("2" if today.weekday() == 0 else "3")
        assert bool(before[2]) == (today.weekday() < 6)  # on a Sunday both weeks are whole
        site.close()

    @pytest.mark.parametrize("path", ["/", "/?period=month", "/?period=quarter", "/-/theme/delivery?period=quarter"])
    def test_every_figure_leads_to_as_many_notes(self, site: Site, path: str) -> None:
        """A figure that opens notes opens as many as it says: kinds, channels, places, this period and the last."""
        page = site.get(path, MANAGER).text
        leading = [
            found.groups()
            for one in page.split("<li>")[1:]
            if (
                found := re.match(
                    r'(?:<span>)?<a href="(/-/search[^"]+)">(.+?)</a>.*?<span class="n">(\d+)', one, re.DOTALL
                )
            )
        ]
        for counted in (r"<strong>(\d+)</strong>", r"(\d+) (?:in|notes nobody)"):
            leading += re.findall(r'<a href="(/-/search[^"]+)">' + counted, page)
        assert len(leading) > 3
        for place, *_, count in leading:
            shown = site.get(html.unescape(place), MANAGER).text
            found = re.search(r'role="status">(\d+) notes?, the newest first|Counted in (?:all )?(\d+) notes?\.', shown)
            assert found and (found[1] or found[2]) == count, place

    @pytest.mark.parametrize("path", ["/-/theme/invoice?period=quarter", "/-/themes"])
    def test_what_came_back_leads_to_its_notes(self, site: Site, path: str) -> None:
        """The notes said since a theme was mended are one click away, as many as are counted."""
        found = re.search(
            r'<a href="(/-/search[^"]+)"><span class="late">(?:came back in )?(\d+) notes', site.get(path, MANAGER).text
        )
        assert found
        shown = site.get(html.unescape(found[1]), MANAGER).text
        assert f"Counted in all {found[2]} notes." in shown

    def test_a_theme_leads_to_its_notes(self, site: Site) -> None:
        """The figures of the period before and of all time open as many notes, too."""
        page = site.get("/-/theme/delivery?period=month", MANAGER).text
        found = re.findall(r'<a href="(/-/search[^"]+)">(\d+) (?:in the period before|notes in all)</a>', page)
        assert len(found) == 2
        for place, count in found:
            assert f"Counted in all {count} notes." in site.get(html.unescape(place), MANAGER).text

    def test_notes_that_do_not_say(self, log: Log) -> None:
        """Notes of no kind and no channel are counted under 'not said', which opens them; words narrow them further."""
        for number, text in enumerate(("Pakken kom ikke", "Pakken kom for sent", "Alt var fint")):
            notes.add(log, Said(text, customer=f"K-{number}"), By("mette", when.now()))
        notes.add(log, Said("Pakken er her", kind="complaint", channel="phone"), By("mette", when.now()))
        publish(log, place_beside(log.path))
        site = serving(Path(place_beside(log.path)))
        page = site.get("/", MANAGER).text
        places = re.findall(r'<a href="([^"]+)">not said</a>', page)
        assert len(places) == 2
        for place in map(html.unescape, places):
            assert "3 notes, the newest first" in site.get(place, MANAGER).text
            assert site.get(f"{place}&q=pakken", MANAGER).text.count("<blockquote>") == 2
            assert site.get(place.replace("/-/search?", "/-/search.csv?"), MANAGER).text.count("\n") == 4
            table = re.search(r'<a href="(/feedlog/notes[^"]+)">', site.get(place, MANAGER).text)
            assert table and "3 rows" in site.get(html.unescape(table[1]), MANAGER).text
        site.close()

    def test_another_time(self, site: Site) -> None:
        """Weeks, months, quarters and own dates can be chosen, and there is a way back, and forth as far as today."""
        page = site.get(f"/?period=month&on={when.clock().astimezone().date()}", MANAGER).text
        assert 'aria-current="true">month</a>' in page and 'name="since"' in page
        before = re.search(r'rel="prev" href="([^"]+)"', page)
        assert before
        earlier = site.get(html.unescape(before[1]), MANAGER).text
        assert 'rel="next"' in earlier and 'rel="next"' not in page
        assert "the period before" in earlier

    @pytest.mark.parametrize(
        "query",
        [
            "period=week&on=2026-02-31",
            "since=2026-02-31",
            "period=century",
            "on=9999-12-30",
            "since=%00",
            "on=" + "9" * 10_000,
        ],
    )
    def test_a_time_that_is_none(self, site: Site, query: str) -> None:
        """A day that does not exist is a friendly page with status 400, on every page that is about a time."""
        for path in ("/", "/-/themes", "/-/words", "/-/theme/delivery"):
            answer = site.get(f"{path}?{query}", MANAGER)
            assert answer.status_code == 400 or (query == "since=%00" and answer.status_code == 200)
            assert "Traceback" not in answer.text and len(answer.text) < 20_000

    @pytest.mark.parametrize("path", ["/", "/-/themes", "/-/words", "/-/theme/delivery"])
    def test_the_longest_time(self, site: Site, path: str) -> None:
        """From the first day an address may name to the last, every page that is about a time is there."""
        assert site.get(f"{path}?since=1900-01-01&until=9998-12-31", MANAGER).status_code == 200

    def test_a_time_without_notes(self, site: Site) -> None:
        """Where nobody said anything the page says so, and stands all the same."""
        page = site.get("/?since=1990-01-01&until=1990-12-31", MANAGER)
        assert page.status_code == 200
        assert "Nobody said anything in this time." in page.text

    def test_words_used_more_than_usual(self, log: Log) -> None:
        """A word customers suddenly use stands on the page, and leads to the notes that hold it."""
        today = when.clock().astimezone().date()
        by = By("mette", when.now())
        for number in range(120):
            notes.add(log, Said(f"Appen er fin, synes jeg, nummer {number}", said_at="2025-03-01T10:00:00Z"), by)
        for number in range(30):
            notes.add(log, Said(f"Pakken er forsinket, siger sporing {number}", said_at=f"{today}T00:00:00Z"), by)
        publish(log, place_beside(log.path))
        site = serving(Path(place_beside(log.path)))
        place = re.search(r'<a class="word" href="([^"]+)"><bdi>forsinket</bdi>', site.get("/", MANAGER).text)
        assert place
        assert "30 notes" in site.get(html.unescape(place[1]), MANAGER).text
        site.close()

    def test_empty_log(self, fresh: Site) -> None:
        """Before the first note the page says how to log it."""
        page = fresh.get("/", MANAGER)
        assert page.status_code == 200
        assert "Nobody has said anything yet" in page.text
        assert "feedlog add" in page.text

    def test_small_numbers_are_called_few(self, log: Log) -> None:
        """One note does not make a trend."""
        notes.add(log, Said("Pakken kom ikke", themes=("delivery",)), By("mette", when.now()))
        publish(log, place_beside(log.path))
        site = serving(Path(place_beside(log.path)))
        assert re.search(r"1 from 0 <small>few</small>", site.get("/", MANAGER).text)
        site.close()


class TestNote:
    """/-/note/ID"""

    def test_all_that_hangs_on_it(self, log: Log) -> None:
        """The sentence, the reading apart, the promise, who else said it and what the customer said otherwise."""
        by = By("mette", "2026-03-02T09:00:00Z")
        first = Said("Pakken kom tre uger for sent, og ingen ringede", said_at=by.at, customer="K-1", name="Anna Holm")
        notes.add(log, first._replace(reading="Hun er ked af det", promise="ringe i morgen", due_on="2026-03-03"), by)
        notes.add(log, Said("Min pakke kom tre uger for sent", said_at=by.at, customer="K-2"), by)
        notes.add(log, Said("I er altid hurtige", said_at=by.at, customer="K-1"), by)
        publish(log, place_beside(log.path))
        site = serving(Path(place_beside(log.path)))
        page = html.unescape(site.get("/-/note/1", MANAGER).text)
        assert "“<bdi>Pakken kom tre uger for sent, og ingen ringede</bdi>”" in page
        assert "Between the lines, as mette heard it" in page and "Hun er ked af det" in page
        assert "ringe i morgen" in page and "late" in page
        assert "<strong>1 other customer</strong> said something like this since 2 March" in page
        assert "A. H. also said" in page and "I er altid hurtige" in page
        assert "Anna" not in page and "K-1" not in page
        site.close()

    @pytest.mark.parametrize(
        "number", ["0", "999999", "-1", "1.0", "abc", "1" + "0" * 30, "٣", "1%00", "1%20or%201", ""]
    )
    def test_no_such_note(self, site: Site, number: str) -> None:
        """A number nobody has given, or none at all, is told in words."""
        answer = site.get(f"/-/note/{number}", MANAGER)
        if answer.status_code == 302:  # Datasette reads %00 its own way, and a last slash as none
            answer = site.get(answer.headers["location"], MANAGER)
        assert answer.status_code == 404
        if number.isascii() and number.isalnum():
            assert "There is no note of this number, or it was taken back." in answer.text


class TestHostileSentences:
    """Nothing a customer says does anything on a page."""

    @pytest.mark.parametrize(
        "path",
        [
            *(
                "/",
                "/?period=quarter",
                "/-/search",
                "/-/search?q=hej",
                "/-/themes",
                "/-/words?period=week",
                "/-/promises",
            ),
            *(theme_place("<b>theme</b>"), "/-/customer/{customer}", "/feedlog/notes"),
            *(f"/-/note/{n}" for n in range(1, 8)),
        ],
    )
    def test_shown_and_not_obeyed(self, hostile: Site, path: str) -> None:
        """Markup, templates, control characters and prepared links are letters on the page."""
        if "{" in path:
            found = re.search(r'href="/-/customer/(\w+)"', hostile.get("/-/note/1", MANAGER).text)
            path = path.format(customer=found[1] if found else "")
        answer = hostile.get(path, MANAGER)
        assert answer.status_code == 200
        page = answer.text
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "<b>theme" not in page and "<i>place" not in page
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)
        assert 'href="http' not in re.sub(r'href="https?://localhost/[^"]*', "", page)
        assert ">49<" not in page

    def test_each_is_still_readable(self, hostile: Site) -> None:
        """The sentence stands there as it was said, whatever it looks like."""
        for number, (name, text) in enumerate(HOSTILE.items(), 1):
            page = html.unescape(hostile.get(f"/-/note/{number}", MANAGER).text)
            assert showing.clean(text) in page, name

    def test_a_very_long_one_is_folded(self, hostile: Site) -> None:
        """A text nobody would read to the end is folded on its page and cut everywhere else."""
        number = list(HOSTILE).index("long") + 1
        page = hostile.get(f"/-/note/{number}", MANAGER).text
        assert "The whole text, 100,000 characters" in page
        for path in ("/", "/-/search", "/-/search?q=" + "a" * 200, "/feedlog/notes", f"/feedlog/notes/{number}"):
            assert "a" * 2000 not in hostile.get(path, MANAGER).text

    def test_data_is_data(self, hostile: Site) -> None:
        """JSON keeps the sentence to the letter, and says that it is JSON."""
        answer = hostile.get("/feedlog/notes/1.json?_shape=array", ROOT)
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()[0]["verbatim"] == HOSTILE["script"]


class TestShowing:
    """How values look."""

    TODAY = date(2026, 11, 21)

    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("2026-11-21", "today"),
            ("2026-11-20", "yesterday"),
            ("2026-11-16", "Monday"),
            ("2026-11-14", "14 November"),
            ("2025-11-21", "21 November 2025"),
            ("2026-11-22", "22 November"),
        ],
    )
    def test_day(self, stored: str, shown: str) -> None:
        """Days near are named, days far are dated."""
        assert showing.day(stored, self.TODAY) == shown

    @pytest.mark.parametrize(
        ("stored", "shown"),
        [
            ("2026-11-20", "1 day late"),
            ("2026-10-22", "30 days late"),
            ("2026-11-21", "today"),
            ("2026-11-22", "tomorrow"),
            ("2026-11-25", "Wednesday"),
            ("2026-12-24", "24 December"),
        ],
    )
    def test_due(self, stored: str, shown: str) -> None:
        """A due day says how late it is, or when it comes."""
        assert showing.due(stored, self.TODAY) == shown

    def test_shorten(self) -> None:
        """A long sentence ends between words; a word without end is cut."""
        assert showing.shorten("Pakken kom tre uger for sent, og ingen ringede", 30) == "Pakken kom tre uger for sent …"
        assert showing.shorten("kort", 30) == "kort"
        assert showing.shorten("a" * 100, 10) == "aaaaaaaaaa …"

    def test_cells(self) -> None:
        """Table cells show themes as words, note numbers as links, and never a customer's address as a link."""
        assert cells.shown('["delivery", "staff"]', "themes", "notes") == "delivery, staff"
        assert cells.shown(7, "note_id", "promises") == '<a href="/-/note/7">7</a>'
        assert cells.shown("https://evil.example", "verbatim", "notes") == "<bdi>https://evil.example</bdi>"
        assert cells.shown("phone", "channel", "notes") is None
        assert cells.shown(None, "reading", "notes") is None


def test_promise_that_moved_or_broke_says_why(site: Site) -> None:
    """A note's page says how often its promise was moved, whether it broke, and the reason that was given."""
    moved = site.get("/-/note/81", ROOT).text
    assert "moved once" in moved and "hylden er forsinket fra fabrikken" in moved
    broken = site.get("/-/note/54", ROOT).text
    assert "broken" in broken and "ingen andre fik besked" in broken
