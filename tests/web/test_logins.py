"""Names and passwords, as `feedlog user` keeps them, and how long guessing at them takes."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from feedlog.publish import accounts
from feedlog.web import logins, tries
from tests.web.conftest import ROOT, Site, log_in

MIA, OTTO = ("mia", "tre små sten"), ("otto", "fyra stora stenar")


@pytest.fixture
def people(log_path: Path, staff: Callable[[], Site]) -> Site:
    """Pages that Mia the manager and Otto the analyst may log in to."""
    accounts.put(str(log_path), MIA[0], "manager", MIA[1])
    accounts.put(str(log_path), OTTO[0], "analyst", OTTO[1])
    return staff()


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


def test_each_in_their_role(people: Site) -> None:
    """A manager comes in without SQL, an analyst with it."""
    mia, otto = (dict(log_in(people, *who).cookies) for who in (MIA, OTTO))
    assert people.get("/", cookies=mia).status_code == 200
    assert people.get("/feedlog?sql=select+1", cookies=mia).status_code == 403
    assert people.get("/feedlog?sql=select+1", cookies=otto).status_code == 200


def test_wrong_password(people: Site) -> None:
    """A wrong password opens nothing, and is told like a name nobody has."""
    wrong, nobody = log_in(people, "mia", "tre små sten!"), log_in(people, "eve", "tre små sten!")
    for answer in (wrong, nobody):
        assert answer.status_code == 401
        assert "ds_actor" not in answer.cookies
        assert "This name and password do not go together. Try again, or ask whoever runs feedlog." in answer.text


def test_program_sends_its_password_along(people: Site) -> None:
    """A program is in its role with each request; with a wrong password it is a stranger, and garbage is refused."""
    assert people.get("/feedlog?sql=select+1", headers=basic(*OTTO)).status_code == 200
    assert people.get("/feedlog?sql=select+1", headers=basic(*MIA)).status_code == 403
    assert people.get("/feedlog/notes.json", headers=basic("mia", "guess")).status_code == 403
    refused = people.get("/", headers={"authorization": "Basic !!!"})
    assert (refused.status_code, refused.text) == (400, "This login cannot be read.\n")


def test_logging_out(people: Site) -> None:
    """Who logs out is asked to log in again."""
    mia = dict(log_in(people, *MIA).cookies)
    token = people.get("/-/login").cookies["ds_csrftoken"]
    assert "You are logged in as" in people.get("/-/logout", cookies=mia).text
    out = people.ask("POST", "/-/logout", data={"csrftoken": token}, cookies={**mia, "ds_csrftoken": token})
    assert 'ds_actor=""' in out.headers["set-cookie"]
    assert people.get("/", cookies={"ds_actor": ""}).headers["location"] == "/-/login"


def test_hashes_are_shown_to_nobody(people: Site, log_path: Path) -> None:
    """Not even root sees a password's hash on a page."""
    shown = people.get("/-/metadata.json", ROOT).text
    assert "mia" in shown
    for user in accounts.users(str(log_path)):
        assert user.password_hash not in shown
        assert user.password_hash.rsplit("$", 1)[1] not in shown


def test_new_password_ends_older_log_ins(people: Site, log_path: Path, staff: Callable[[], Site]) -> None:
    """Who logged in before the password or role changed, or before the login was taken away, is out."""
    mia, otto = (dict(log_in(people, *who).cookies) for who in (MIA, OTTO))
    accounts.put(str(log_path), "otto", "manager", OTTO[1])
    accounts.remove(str(log_path), "mia")
    later = staff()
    assert later.get("/", cookies=mia).headers["location"] == "/-/login"
    assert later.get("/", cookies=otto).headers["location"] == "/-/login"
    again = dict(log_in(later, *OTTO).cookies)
    assert later.get("/", cookies=again).status_code == 200
    assert later.get("/feedlog?sql=select+1", cookies=again).status_code == 403


def test_forged_role_opens_nothing(people: Site) -> None:
    """A log-in of somebody who has no login opens nothing, whatever role it claims."""
    assert people.get("/", {"id": "eve", "role": "analyst"}).status_code == 302


class TestGuessing:
    """Whoever guesses waits; nobody else does."""

    @pytest.fixture(autouse=True)
    def quickly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two free tries instead of five: each takes a fifth of a second."""
        monkeypatch.setattr(tries, "FREE", 2)

    def guess(self, people: Site, name: str) -> None:
        for number in range(3):
            log_in(people, name, f"guess {number}")

    def test_the_name_guessed_at_waits_and_no_other(self, people: Site) -> None:
        """After some wrong tries even the right password waits, from a strange browser; other names do not."""
        self.guess(people, "mia")
        refused = log_in(people, *MIA)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] in ("1", "2")
        assert "Too many tries. Wait" in refused.text
        program = people.get("/", headers=basic(*MIA))
        assert program.status_code == 429
        assert log_in(people, *OTTO).status_code == 302

    def test_whose_name_it_is_comes_in_from_their_own_browser(self, people: Site) -> None:
        """A browser that has logged in with the name before is not kept waiting by strangers' guesses."""
        known = {"feedlog_browser": log_in(people, *MIA).cookies["feedlog_browser"]}
        self.guess(people, "mia")
        logins.of(people.datasette)._seen.clear()  # as after a restart
        assert log_in(people, *MIA).status_code == 429
        assert log_in(people, *MIA, cookies=known).status_code == 302
        assert log_in(people, "otto", "guess", cookies=known).status_code == 401  # of no use for another name

    def test_the_mark_of_a_browser_opens_nothing(self, people: Site) -> None:
        """What a browser keeps to be known by is no log-in, and neither is one that was made up."""
        known = log_in(people, *MIA).cookies["feedlog_browser"]
        assert people.get("/", cookies={"feedlog_browser": known}).status_code == 302
        assert people.get("/", cookies={"ds_actor": known}).status_code == 302

    def test_names_nobody_has_wait_as_long(self, people: Site) -> None:
        """Waiting does not tell which names there are."""
        self.guess(people, "eve")
        assert log_in(people, "eve", "guess").status_code == 429


class TestTries:
    """The waiting by itself, by a clock of its own."""

    def test_longer_and_longer_up_to_a_minute(self) -> None:
        """Five tries are free, then each waits twice as long as the one before, never longer than a minute."""
        wrong = tries.Tries()
        waits = []
        now = 0.0
        for _ in range(14):
            waits.append(wrong.wait("mia", now))
            now += waits[-1]
            wrong.failed("mia", now)
        assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
        assert wrong.wait("otto", now) == 0

    def test_forgotten(self) -> None:
        """A quarter of an hour without a try, or a right one, and nobody waits."""
        wrong = tries.Tries()
        for _ in range(20):
            wrong.failed("mia", 0)
        assert wrong.wait("mia", tries.FORGOTTEN_SECONDS - 1) == 0
        assert wrong.wait("mia", 1) == 59
        wrong.failed("mia", tries.FORGOTTEN_SECONDS + 1)
        assert wrong.wait("mia", tries.FORGOTTEN_SECONDS + 1) == 0
        for _ in range(6):
            wrong.failed("mia", 2000)
        wrong.succeeded("mia")
        assert wrong.wait("mia", 2000) == 0

    def test_names_without_end_take_no_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many names are tried, only so many are remembered."""
        monkeypatch.setattr(tries, "MOST_NAMES", 10)
        wrong = tries.Tries()
        for number in range(1000):
            wrong.failed(f"name {number}", number)
        assert len(wrong._wrong) == 10
