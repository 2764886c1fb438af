"""feedlog user: who may log in to the pages."""

import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from datasette_auth_passwords.utils import verify_password

from feedlog.errors import NotStored, Refused
from feedlog.publish import accounts
from tests.conftest import Ran

Run = Callable[..., Ran]


def test_add_and_list(invoke: Run, log_path: Path) -> None:
    """A login is made from a piped password and listed with its role."""
    added = invoke("user", "add", "Mia", "--role", "manager", stdin=b"tre sm\xc3\xa5 sten\n")
    assert (added.status, added.out, added.err) == (0, "mia logs in as manager.\n", "")
    assert invoke("user", "add", "otto", "--role", "analyst", "--json", stdin=b"fyra stora stenar").json == {
        "name": "otto",
        "role": "analyst",
        "new": True,
    }
    assert invoke("user", "list").out == "mia   manager\notto  analyst\n"
    assert invoke("user", "list", "--json").json == [
        {"name": "mia", "role": "manager"},
        {"name": "otto", "role": "analyst"},
    ]
    [mia, _] = accounts.users(str(log_path))
    assert verify_password("tre små sten", mia.password_hash)


def test_the_file_is_its_owners(invoke: Run, log_path: Path) -> None:
    """The users' file is readable by its owner only and holds no password."""
    invoke("user", "add", "mia", "--role", "manager", stdin=b"tre sm\xc3\xa5 sten\n")
    path = accounts.users_file(str(log_path))
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert "sten" not in Path(path).read_text("utf-8")
    assert [name for name in os.listdir(os.path.dirname(path)) if name != os.path.basename(path)] == []


def test_add_again_changes(invoke: Run, log_path: Path) -> None:
    """Adding somebody who has a login changes role and password, and says so."""
    invoke("user", "add", "mia", "--role", "manager", stdin=b"tre sten i vand\n")
    before = accounts.pass_of(accounts.users(str(log_path))[0])
    again = invoke("user", "add", "mia", "--role", "analyst", stdin=b"fire sten i vand\n")
    assert again.status == 0
    assert again.err == "mia has a login as manager: the role and password are changed, and older log-ins end.\n"
    [mia] = accounts.users(str(log_path))
    assert (mia.role, verify_password("fire sten i vand", mia.password_hash)) == ("analyst", True)
    assert accounts.pass_of(mia) != before


def test_remove(invoke: Run, log_path: Path) -> None:
    """A login is taken away; one that is not there is not."""
    invoke("user", "add", "mia", "--role", "manager", stdin=b"tre sten i vand\n")
    assert invoke("user", "remove", "mia").out == "mia can no longer log in.\n"
    assert accounts.users(str(log_path)) == []
    gone = invoke("user", "remove", "mia")
    assert (gone.status, gone.out) == (1, "")
    assert gone.err == "feedlog: There is no login 'mia'.\nSee them with: feedlog user list\n"


def test_nobody_yet(invoke: Run) -> None:
    """An empty list is an answer."""
    told = invoke("user", "list")
    assert (told.status, told.out) == (0, "")
    assert "feedlog user add NAME --role manager" in told.err
    assert invoke("user", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "password", "status", "told"),
    [
        (("mia", "--role", "manager"), b"kort\n", 2, "A password has at least 8 characters, and at most 1,000."),
        (("mia", "--role", "manager"), b"x" * 2000, 2, "A password has at least 8 characters, and at most 1,000."),
        (("mia", "--role", "manager"), b"", 2, "No password was piped in."),
        (("root", "--role", "manager"), b"tre sten i vand", 2, "The name root belongs to the link"),
        (("mia holm", "--role", "manager"), b"tre sten i vand", 2, "This cannot be a login: 'mia holm'."),
        (("../mia", "--role", "manager"), b"tre sten i vand", 2, "This cannot be a login: '../mia'."),
        (("mia", "--role", "boss"), b"tre sten i vand", 2, "Invalid value for '--role'"),
        (("mia",), b"tre sten i vand", 2, "Missing option '--role'"),
    ],
)
def test_refusals(invoke: Run, log_path: Path, words: tuple[str, ...], password: bytes, status: int, told: str) -> None:
    """What cannot be a login is refused with a reason, and nobody is added."""
    refused = invoke("user", "add", *words, stdin=password)
    assert refused.status == status
    assert told in refused.err
    assert accounts.users(str(log_path)) == []


def test_damaged_file(log_path: Path) -> None:
    """A users' file that cannot be read lets nobody in and is not written over."""
    log_path.parent.mkdir()
    path = Path(accounts.users_file(str(log_path)))
    for text in ("{", "[]", '{"mia": 1}', '{"mia": {}}'):
        path.write_text(text, "utf-8")
        if text == "[]":
            assert accounts.users(str(log_path)) == []
            continue
        with pytest.raises(Refused, match="is damaged"):
            accounts.put(str(log_path), "mia", "manager", "tre sten i vand")
        assert path.read_text("utf-8") == text


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where the file cannot be written it is said, and nothing half-written stays."""
    (tmp_path / "log").write_text("a file where the folder should be", "utf-8")
    with pytest.raises((NotStored, Refused)):
        accounts.put(str(tmp_path / "log" / "feedlog.db"), "mia", "manager", "tre sten i vand")


def test_typed_twice_on_a_terminal(environment: dict[str, str], log_path: Path) -> None:
    """On a terminal the password is asked for twice and never shown."""
    lead, follow = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "feedlog", "user", "add", "mia", "--role", "manager"],
        env=environment,
        stdin=follow,
        stdout=subprocess.PIPE,
        stderr=follow,
        start_new_session=True,
    )
    os.close(follow)
    shown = b""
    try:
        # Each line when it is asked for: what was typed before is thrown away.
        for prompt in (b"Password: ", b"Once more: "):
            while prompt not in shown:
                shown += os.read(lead, 1024)
            os.write(lead, b"tre sten i vand\n")
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        os.close(lead)
    assert b"sten" not in shown
    assert (process.returncode, out) == (0, b"mia logs in as manager.\n")
    [mia] = accounts.users(str(log_path))
    assert verify_password("tre sten i vand", mia.password_hash)


class TestPassword:
    """feedlog user password: a new password for somebody who has a login."""

    def test_changed(self, invoke: Run, log_path: Path) -> None:
        """The password is new, the role stays, and older log-ins end."""
        invoke("user", "add", "otto", "--role", "analyst", stdin=b"fyra stora stenar\n")
        [before] = accounts.users(str(log_path))
        changed = invoke("user", "password", "Otto", stdin=b"fem stora stenar\n")
        assert (changed.status, changed.out, changed.err) == (0, "otto has a new password, and logs in anew.\n", "")
        [otto] = accounts.users(str(log_path))
        assert otto.role == "analyst"
        assert verify_password("fem stora stenar", otto.password_hash)
        assert accounts.pass_of(otto) != accounts.pass_of(before)
        told = invoke("user", "password", "otto", "--json", stdin=b"sex stora stenar\n").json
        assert told == {"name": "otto", "role": "analyst", "new": False}

    def test_nobody_of_that_name(self, invoke: Run, log_path: Path) -> None:
        """A login that is not there gets no password, and is not made."""
        refused = invoke("user", "password", "eve", stdin=b"tre sten i vand\n")
        assert (refused.status, refused.out) == (1, "")
        assert refused.err == "feedlog: There is no login 'eve'.\nSee them with: feedlog user list\n"
        assert accounts.users(str(log_path)) == []

    @pytest.mark.parametrize(
        ("password", "told"),
        [
            (b"kort\n", "A password has at least 8 characters, and at most 1,000."),
            (b"", "No password was piped in."),
        ],
    )
    def test_refused(self, invoke: Run, log_path: Path, password: bytes, told: str) -> None:
        """A password that is none leaves the old one."""
        invoke("user", "add", "mia", "--role", "manager", stdin=b"tre sten i vand\n")
        refused = invoke("user", "password", "mia", stdin=password)
        assert refused.status == 2
        assert told in refused.err
        [mia] = accounts.users(str(log_path))
        assert verify_password("tre sten i vand", mia.password_hash)
