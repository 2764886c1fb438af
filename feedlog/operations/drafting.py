"""What a letter's draft is made of: the note, what was promised and done about it, and the words to use."""

import re
from typing import Any, NamedTuple

from feedlog import when
from feedlog.errors import Refused, WrongUsage
from feedlog.operations import customers, promises
from feedlog.operations.shapes import By, Note
from feedlog.store import Log
from feedlog.vocabulary import LANGUAGE_NAMES, LONGEST_TEXT_BYTES


class Draft(NamedTuple):
    """A draft's text and language, and what the agent should know about it."""

    text: str
    language: str
    remarks: list[str]


def draft(log: Log, note: Note, kind: str, language: str | None, by: By, templates: str) -> Draft:
    """The draft of a letter that answers a note; `templates` is the folder of the firm's own.

    Without `language` it is the customer's. Raises Refused where that is not known, where nobody knows whose note it
    is, and for a template that is wrong (naming file and line).
    """
    from feedlog.letters.pages import wrapped  # these load Babel and Jinja, which only drafts need
    from feedlog.letters.templates import fill

    card = _card(log, note)
    language = _language(language or card["language"], card["key"])
    values = _values(log, note, card["name"], language, by)
    values["apology"] = _sorry_is_due(log, note, kind)
    text = wrapped(fill(templates, language, kind, values))
    if not text.strip():
        raise Refused("The template makes an empty letter.", hint=f"See it: feedlog letter template {kind}")
    if len(text.encode()) > LONGEST_TEXT_BYTES:
        raise Refused(
            f"The letter would be longer than {LONGEST_TEXT_BYTES // 1024} KiB.", hint="Write it by hand instead."
        )
    return Draft(text, language, _remarks(log, note, values, language, by))


def _card(log: Log, note: Note) -> customers.Card:
    if note["customer"] is None:
        raise Refused(
            f"Nobody is named as the customer of note {note['id']}, so a letter would have no reader.",
            hint="Log their words again with their number, phone or mail: feedlog add -c",
        )
    return customers.card(log, note["customer"]["key"])


def _language(language: str | None, key: str) -> str:
    from feedlog.letters import LANGUAGES

    if not language:
        raise Refused(
            f"The language of {key} is not known, and a letter's language is not guessed.",
            hint=f"Say --language {', '.join(LANGUAGES[:-1])} or {LANGUAGES[-1]}, or once for all: "
            f"feedlog customer set {key} --language",
        )
    if language not in LANGUAGES:
        raise WrongUsage(
            f"There are no letters in {language!r}.", hint=f"Say --language with one of: {', '.join(LANGUAGES)}."
        )
    return language


def _values(log: Log, note: Note, name: str | None, language: str, by: By) -> dict[str, Any]:
    """A value for everything a template may ask for, whatever kind of letter it is."""
    from feedlog.letters import wording
    from feedlog.letters.pages import plain

    terms = [{"ours": row["our_word"], "theirs": row["their_word"]} for row in _terms(log, note)]
    kept, promised = _promises(log, note["id"], language, by)
    return {
        "name": _line(name) or wording.wording(language).name,
        "agent": wording.signed(by.on_behalf_of or by.agent),
        "note_kind": note["kind"] or "",
        "channel": note["channel"] or "",
        "said": wording.said(language, note["channel"], note["said_at"]),
        "quoted": wording.quoted(language, plain(note["verbatim"])),
        "promises": promised,
        "kept": kept,
        "measures": _measures(log, note, language, terms),
        "terms": terms,
    }


def _sorry_is_due(log: Log, note: Note, kind: str) -> bool:
    """Sorry is said once, for what went wrong: for a complaint, and in an agreement on what may have been one."""
    wrong = note["kind"] == "complaint" or (kind == "agreement" and note["kind"] is None)
    return wrong and apologised_at(log, note["id"]) is None


def _promises(log: Log, note_id: int, language: str, by: By) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was kept, and what is promised and open."""
    from feedlog.letters import wording

    today = when.local(by.at).date().isoformat()
    kept, promised = [], []
    for promise in promises.of_note(log, note_id):
        what = _line(promise["what"])
        if promise["outcome"] == "kept":
            ended = log.value("select ended_at from promises where id = ?", [promise["id"]])
            kept.append({"what": what, "on": wording.day(language, when.local(ended).date().isoformat())})
        elif promise["outcome"] is None:
            promised.append(
                {
                    "what": what,
                    "by": wording.by_day(language, promise["due_on"], today=today),
                    "owner": wording.signed(promise["owner"]),
                    "own": promise["owner"] == (by.on_behalf_of or by.agent),
                }
            )
    return kept, promised


def _measures(log: Log, note: Note, language: str, terms: list[dict[str, str]]) -> list[dict[str, str | None]]:
    """What is done about the note's themes, in the customers' words where we know them."""
    from feedlog.letters import wording

    found = []
    for name in note["themes"]:
        row = log.row("select measure, fixed_on from themes where name = ?", [name])
        if row is not None and row["measure"]:
            since = row["fixed_on"] and wording.day(language, row["fixed_on"])
            found.append({"what": _in_their_words(_line(row["measure"]), terms), "since": since})
    return found


def _terms(log: Log, note: Note) -> list[Any]:
    marks = ", ".join("?" * len(note["themes"]))
    return log.rows(
        f"""select our_word, their_word from theme_terms join themes on themes.id = theme_terms.theme_id
             where themes.name in ({marks}) order by theme_terms.id""",
        note["themes"],
    )


def _in_their_words(text: str, terms: list[dict[str, str]]) -> str:
    for term in terms:
        whole_word = rf"(?<!\w){re.escape(term['ours'])}(?!\w)"
        text = re.sub(whole_word, lambda found, theirs=term["theirs"]: theirs, text, flags=re.I)  # type: ignore[misc]
    return text


def apologised_at(log: Log, note_id: int) -> str | None:
    """When somebody first said sorry for what a note is about, or None."""
    found = log.value(
        "select min(responded_at) from responses where note_id = ? and kind = 'apologised' and removed_at is null",
        [note_id],
    )
    return None if found is None else str(found)


def _remarks(log: Log, note: Note, values: dict[str, Any], language: str, by: By) -> list[str]:
    """What the agent should know before making the draft personal."""
    told = []
    at = apologised_at(log, note["id"])
    if at:
        day = when.date_text(at, now=when.local(by.at))
        told.append(f"We said sorry for this on {day}; the draft does not say it again.")
    told += [f"They say {term['theirs']} where we say {term['ours']}." for term in values["terms"]]
    ours = [one["what"] for one in (*values["promises"], *values["kept"], *values["measures"])]
    return told + [remark for what in ours if (remark := _in_another_language(what, language))]


def _in_another_language(what: str, language: str) -> str:
    """Promises and measures stand in a letter as a colleague wrote them down, who wrote for colleagues."""
    from feedlog.language.guessing import reads_like_another

    found = reads_like_another(what, language)
    if found is None:
        return ""
    like = "Danish or Norwegian" if found in ("da", "nb") else LANGUAGE_NAMES[found]
    return f"“{what}” reads like {like}; the letter is in {LANGUAGE_NAMES[language]}."


def _line(text: str | None) -> str:
    """Somebody's words as part of a sentence: on one line, without a full stop of their own."""
    return " ".join((text or "").split()).rstrip(".")


def own_words(log: Log, note_id: int) -> list[str]:
    """What the customer said, in every wording the note ever had."""
    rows = log.rows(
        "select verbatim from notes where id = ?1 union all select verbatim from corrections where note_id = ?1",
        [note_id],
    )
    return [row["verbatim"] for row in rows]
