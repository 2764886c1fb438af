"""The pages that are timed, each beside stock Datasette's page for the same question where it has one."""

from typing import NamedTuple


class Page(NamedTuple):
    """A page of the tour: what it is called, where it is here, and where stock Datasette has the same.

    `{note}`, `{customer}` and `{theme}` stand for one that is in the file, another one each time.
    """

    name: str
    ours: str
    stock: str = ""


def _both(name: str, path: str) -> Page:
    return Page(name, path, path)


TOUR = [
    Page("this week", "/", "/"),
    Page("this month", "/?period=month"),
    Page("this quarter", "/?period=quarter"),
    Page("search, a word in many notes", "/-/search?q={common}"),
    Page("search, a word in few notes", "/-/search?q={rare}"),
    Page("search, a word in many, within a theme", "/-/search?q={common}&theme={theme}"),
    Page("search, one theme", "/-/search?theme={theme}"),
    Page("search, one kind nobody has answered", "/-/search?kind=complaint&answered=no"),
    Page("note", "/-/note/{note}", "/feedlog/notes/{note}"),
    Page("customer", "/-/customer/{customer}"),
    Page("themes", "/-/themes"),
    Page("theme", "/-/theme/{theme}"),
    Page("promises", "/-/promises"),
    Page("promises that were kept", "/-/promises?outcome=kept"),
    Page("words", "/-/words"),
    Page("words of one theme", "/-/words?theme={theme}"),
    _both("tables", "/feedlog"),
    _both("table of notes", "/feedlog/notes"),
    _both("table of notes, a page further on", "/feedlog/notes?_sort_desc=said_at&_next={next}"),
    _both("table of notes, a word in many", "/feedlog/notes?_search={common}"),
    _both("table of notes, a word in few", "/feedlog/notes?_search={rare}"),
    _both("table of notes, one customer", "/feedlog/notes?customer={customer}"),
    _both("row", "/feedlog/notes/{note}"),
    _both("table of themes", "/feedlog/themes"),
    _both("table of promises", "/feedlog/promises"),
    Page("question: themes_this_month", "/feedlog/themes_this_month"),
    Page("question: channels_by_month", "/feedlog/channels_by_month"),
    Page("question: said_about_a_theme", "/feedlog/said_about_a_theme?theme={theme}"),
    Page("question: words_of_the_month", "/feedlog/words_of_the_month"),
    Page("question: unanswered_by_age", "/feedlog/unanswered_by_age"),
    Page("question: waiting_now", "/feedlog/waiting_now"),
    Page("question: promises_kept_in_time", "/feedlog/promises_kept_in_time"),
    Page("question: promises_kept_by_owner", "/feedlog/promises_kept_by_owner"),
    Page("question: answers_by_channel", "/feedlog/answers_by_channel"),
    Page("question: goodwill_by_theme", "/feedlog/goodwill_by_theme"),
    Page("question: came_back", "/feedlog/came_back?theme={theme}"),
    Page("question: repeated_by_touchpoint", "/feedlog/repeated_by_touchpoint"),
    Page("question: won_back", "/feedlog/won_back"),
    Page("question: lost", "/feedlog/lost"),
    Page("feed of new notes", "/-/notes.atom"),
    Page("feed of overdue promises", "/-/promises.atom"),
]
