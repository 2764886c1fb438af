"""osTicket's tables, and the CSV of its queues."""

from pathlib import Path

import pytest

from feedlog.errors import Refused
from feedlog.formats.osticket import SOURCE
from tests.formats.desks import notes, records, replies, silent

ENTRIES = """\
id;pid;thread_id;staff_id;user_id;type;flags;poster;source;title;body;format;ip_address;created;updated
1;0;10;0;3;M;65;Anna Holm;Web;Pakken;"<p>Hvor er pakken; væk?</p>";html;::;2026-03-01 08:00:00;0000-00-00 00:00:00
2;1;10;1;0;R;64;Mette Lund;;;På vej<br />Mette;html;::;2026-03-01 09:00:00;2026-03-01 09:00:00
3;1;10;1;0;N;64;Mette Lund;;;Sur kunde;html;::;2026-03-01 09:05:00;2026-03-01 09:05:00
4;1;10;0;0;M;65;Anna;Email;;a < b & c;text;::;2026-03-01 10:00:00;2026-03-01 10:00:00
5;1;10;9;0;R;64;Jens;;;Undskyld;text;::;2026-03-01 11:00:00;2026-03-01 11:00:00
6;0;11;0;3;M;65;Anna Holm;;;Do this;text;::;2026-03-01 08:00:00;2026-03-01 08:00:00
7;1;10;0;3;M;65;Anna Holm;Phone;;;text;::;2026-03-01 12:00:00;2026-03-01 12:00:00
8;0;12;0;4;M;65;Bo;API;;No date;text;::;0000-00-00 00:00:00;0000-00-00 00:00:00
"""
ALL = {
    "ost_thread_entry.csv": ENTRIES,
    "ost_thread.csv": "id;object_id;object_type;extra\n10;100;T;\n11;200;A;\n12;101;T;\n",
    "ost_ticket.csv": "ticket_id;number;user_id;dept_id;source\n100;839292;3;1;Web\n101;839293;4;1;Email\n",
    "ost_user.csv": "id;org_id;default_email_id;status;name\n3;0;3;0;Anna Holm\n4;0;0;0;Bo Berg\n",
    "ost_user_email.csv": "id;user_id;flags;address\n3;3;0;Anna@Kunde.example\n",
    "ost_staff.csv": "staff_id;dept_id;username;firstname;lastname;email\n1;1;ml;Mette;Lund;mette@firm.example\n",
}


def test_tables_together(tmp_path: Path) -> None:
    """A thread's messages are notes of who wrote them or owns the ticket; responses answer, notes and tasks do not."""
    found = records(SOURCE, tmp_path, ALL)
    by_id = notes(found)
    assert by_id["thread-10/entry-1"] == {
        "verbatim": "Hvor er pakken; væk?",
        "said_at": "2026-03-01T08:00:00+00:00",
        "source_id": "thread-10/entry-1",
        "customer": "anna@kunde.example",
        "name": "Anna Holm",
        "channel": "other",
    }
    second = by_id["thread-10/entry-4"]
    assert (second["verbatim"], second["customer"], second["channel"]) == ("a < b & c", "anna@kunde.example", "email")
    # No mail is known of him, no day of his words; the ticket says how it came.
    assert by_id["thread-12/entry-8"] == {
        "verbatim": "No date",
        "source_id": "thread-12/entry-8",
        "customer": "4",
        "name": "Bo Berg",
        "channel": "email",
    }
    assert replies(found) == {
        "thread-10/entry-2": ("thread-10/entry-1", "Mette Lund", "På vej\nMette"),
        "thread-10/entry-5": ("thread-10/entry-4", "Jens", "Undskyld"),
    }
    assert silent(found) == [("ost_thread_entry.csv", line) for line in (4, 7, 8)]


def test_entries_alone(tmp_path: Path) -> None:
    """The entries alone are enough: the poster is the name, osTicket's number the key."""
    found = records(SOURCE, tmp_path, {"entries.csv": ENTRIES})
    first = notes(found)["thread-10/entry-1"]
    assert (first["customer"], first["name"]) == ("3", "Anna Holm")
    assert replies(found)["thread-10/entry-2"][1] == "Mette Lund"


@pytest.mark.parametrize(
    "header",
    [
        "Ticket Number;Date Created;Subject;From;From Email;Priority",
        "Ticket Number;Last Updated;Subject;From;Priority;Assigned To",
        "Task Number;Date Created;Title;Department;Current Status;Thread Count",
    ],
)
def test_queue_has_no_words(tmp_path: Path, header: str) -> None:
    """The CSV of a queue is refused with what to export instead."""
    row = ";".join("x" for _ in header.split(";"))
    with pytest.raises(Refused) as refusal:
        records(SOURCE, tmp_path, {"queue.csv": f"{header}\n{row}\n"})
    assert refusal.value.hint.startswith("The CSV of a queue holds no messages: export the table thread_entry")
