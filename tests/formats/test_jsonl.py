"""JSON Lines as rows."""

import json
from collections.abc import Callable

import pytest

from feedlog.formats import Row

Read = Callable[..., tuple[list[str], list[Row]]]


def test_json_lines(read: Read) -> None:
    """Objects give cells: numbers as written, nothing for null, lists as JSON, inner objects with a dot."""
    record = {"text": "hej", "n": 7, "no": None, "themes": ["a", "b"], "customer": {"key": "K-1"}}
    columns, rows = read(json.dumps(record) + "\n\n" + '{"text": "å", "late": true}\n', "notes.ndjson")
    assert columns == ["text", "n", "themes", "customer.key", "late"]
    assert rows[0] == Row(1, {"text": "hej", "n": "7", "themes": '["a", "b"]', "customer.key": "K-1"})
    assert rows[1] == Row(3, {"text": "å", "late": "true"})


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"text": "a"', "The line is not JSON: expecting ',' delimiter at character 13."),
        ('["a"]', "The line is JSON but not an object in braces."),
        ('{"text": "\\ud83d"}', "A text holds half a character (a lone surrogate)."),
        ('{"text": ' + "[" * 100_000, "The line is nested too deeply or holds a number that is too long."),
        ('{"text": ' + "9" * 5000 + "}", "The line is nested too deeply or holds a number that is too long."),
    ],
    ids=["cut", "list", "surrogate", "nested", "number"],
)
def test_bad_json_line(read: Read, line: str, problem: str) -> None:
    """A line that is no object is reported by its number; the others come in."""
    _, rows = read(f'{{"text": "before"}}\n{line}\n{{"text": "after"}}\n', "notes.jsonl")
    assert rows[1] == Row(2, {}, problem)
    assert [row.cells["text"] for row in rows if row.cells] == ["before", "after"]
