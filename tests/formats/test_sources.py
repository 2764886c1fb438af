"""Which system files come from."""

from pathlib import Path

import pytest

from feedlog.errors import Refused
from feedlog.formats import SOURCES, Opened, look_at, opened, sources


def a_file(folder: Path, name: str, header: str) -> Opened:
    """A table with these columns and no rows."""
    path = folder / name
    path.write_text(header + "\n")
    return opened(look_at(str(path)))


def test_files_are_recognised_together(tmp_path: Path) -> None:
    """Files of one system are one import, each under the name the system has for the table."""
    ticket = ",".join(sorted(SOURCES["zendesk"].tables["ticket"]))
    found = sources.recognised(
        [a_file(tmp_path, "a.csv", ticket), a_file(tmp_path, "b.csv", "tag,ticket_id,_synced")], [*SOURCES.values()]
    )
    assert found is not None
    assert (found.source.name, {name: len(tables) for name, tables in found.tables.items()}) == (
        "zendesk",
        {"ticket": 1, "ticket_tag": 1},
    )


@pytest.mark.parametrize("header", ["id,text,date", "title,details,comment", "verbatim,number,title,body,state"])
def test_common_names_are_no_system(tmp_path: Path, header: str) -> None:
    """Column names that everybody has, and feedlog's own, make no file a known system's."""
    assert sources.recognised([a_file(tmp_path, "a.csv", header)], [*SOURCES.values()]) is None


def test_a_stranger_among_them(tmp_path: Path) -> None:
    """A file that is of no known system beside one that is stops them."""
    ticket = ",".join(sorted(SOURCES["zendesk"].tables["ticket"]))
    with pytest.raises(Refused, match=r"b\.csv is not Zendesk's"):
        sources.recognised(
            [a_file(tmp_path, "a.csv", ticket), a_file(tmp_path, "b.csv", "id,text")], [*SOURCES.values()]
        )


def test_every_source_is_listed_by_its_name() -> None:
    """Sources are listed under the names they call themselves, and need tables they have."""
    for name, source in SOURCES.items():
        assert source.name == name
        assert set(source.needed) <= set(source.tables)
        assert all(column == column.lower() for columns in source.tables.values() for column in columns)
