"""Themes for people: a line each, one on a page, and groups that have no name yet."""

import shlex
from collections.abc import Sequence

from feedlog import when
from feedlog.cli import noting, printing
from feedlog.cli.rows import note_rows
from feedlog.cli.session import Session
from feedlog.operations import recurring
from feedlog.operations.comparing import Period, Ratio
from feedlog.operations.goodwill import Given
from feedlog.operations.recurring import Count, Theme, ThemeInFull
from feedlog.operations.suggesting import Suggestions
from feedlog.operations.telling import ToTell

# Customers to be told: more would push the rest off the screen.
TOLD_SHOWN = 5


def talk_of(session: Session, span: Period) -> None:
    """Which time is held against which."""
    first, last = (when.date_text(instant, now=session.now) for instant in (span.since, span.until))
    before = when.date_text(span.before, now=session.now)
    printing.talk(f"{first} to {last}, against the same time before, from {before}.")


def rows(session: Session, found: Sequence[Theme]) -> None:
    """A theme a line, in columns under a heading; the names of rising ones are bold."""
    table = [("theme", "notes", "customers", "last", "now", "before", "change", "")]
    table += [
        (
            theme["name"],
            str(theme["notes"]),
            str(theme["customers"]),
            when.ago(theme["last_said_at"], now=session.now) if theme["last_said_at"] else "",
            str(theme["this_period"]),
            str(theme["previous_period"]),
            _change(theme["change"]),
            " · ".join(part for part in (_came_back(session, theme), theme["owner"]) if part),
        )
        for theme in found
    ]
    wide = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for place, line in enumerate(table if found else ()):
        name, notes, customers, last, now, before, change, rest = (
            cell.rjust(width) if column in (1, 2, 4, 5) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, wide, strict=True))
        )
        if place and recurring.rising(found[place - 1]):
            name = printing.bold(name)
        printing.out(f"{name}  {notes}  {customers}  {last}  {now}  {before}  {change}  {rest}".rstrip())


def described(session: Session, theme: ThemeInFull) -> None:
    """What the codebook says of a theme."""
    printing.out(" · ".join(part for part in (printing.bold(theme["name"]), theme["title"]) if part))
    _fields([("owner", theme["owner"]), ("measure", theme["measure"]), ("fixed", _fixed(session, theme))])
    _fields([("we say", f"{term['our_word']}; they say {term['their_word']}") for term in theme["terms"]])


def page(session: Session, theme: ThemeInFull, span: Period, given: Sequence[Given]) -> None:
    """One theme with everything about it; `given` is the goodwill it cost."""
    described(session, theme)
    said = printing.many(theme["notes"], "note")
    if theme["notes"]:
        first, last = theme["first_said_at"] or "", theme["last_said_at"] or ""
        said += (
            f" by {printing.many(theme['customers'], 'known customer')}, first {when.date_text(first, now=session.now)}"
        )
        said += f", latest {when.ago(last, now=session.now)}"
    since = f"{theme['this_period']} since {when.date_text(span.since, now=session.now)}"
    _fields(
        [
            ("said", said),
            ("lately", f"{since}, {theme['previous_period']} before it: {_in_words(theme['change'])}"),
            ("came by", _counted(theme["channels"])),
            ("about", _counted(theme["touchpoints"])),
            ("logged by", _counted(theme["agents"])),
            ("merged", ", ".join(theme["merged"])),
            ("given", ", ".join(noting.goodwill(one) for one in given)),
            ("silent", f"an estimate: {theme['silent']['assumption']}"),
        ]
    )
    if theme["newest"]:
        printing.out()
        note_rows(session, theme["newest"])


def to_tell(session: Session, theme: ThemeInFull, waiting: Sequence[ToTell]) -> None:
    """The first of the customers who should hear that it is mended, each with the line that writes to them."""
    if not waiting:
        return
    again = ", though it came back: look first" if theme["came_back"] else ""
    printing.out(f"\n{printing.many(len(waiting), 'customer')} should now be told{again}:")
    digits = max(len(str(one["note_id"])) for one in waiting[:TOLD_SHOWN])
    for one in waiting[:TOLD_SHOWN]:
        who = printing.unmarked(one["customer"]["name"] or one["customer"]["key"])
        head = f"#{str(one['note_id']).ljust(digits)}  {when.ago(one['said_at'], now=session.now)}  {who}  "
        printing.out(f"{head}{noting.quoted(one['verbatim'], max(20, printing.width() - len(head)))}")
        printing.out(f"{' ' * (digits + 3)}feedlog letter write {one['note_id']} --kind told")
    if len(waiting) > TOLD_SHOWN:
        printing.out(f"and {len(waiting) - TOLD_SHOWN} more: feedlog theme show {shlex.quote(theme['name'])} --json")


def suggestions(found: Suggestions, within: Sequence[str]) -> None:
    """Each group with its words, its example and the line that names it."""
    what = f"notes of {', '.join(within)}" if within else "notes without a theme"
    if not found["of"]:
        printing.talk(f"There are no {what}.")
        return
    newest = "" if found["looked_at"] == found["of"] else f"the newest {found['looked_at']} of "
    printing.talk(f"Compared {newest}{found['of']} {what}.")
    for group in found["groups"]:
        customers = f" from {printing.many(group['customers'], 'customer')}" if group["customers"] else ""
        head = f"{printing.many(group['notes'], 'note')}{customers}: {', '.join(group['words'])}"
        printing.out(f"\n{printing.bold(head)}")
        printing.out(f"  {noting.quoted(group['example']['verbatim'], printing.width() - 2)}")
        ids = " ".join(map(str, group["note_ids"]))
        named = f"theme split {shlex.quote(within[0])} NAME {ids}" if within else f"tag {ids} -t NAME"
        printing.out(f"  feedlog {named}")
    if not found["groups"]:
        more = " A larger --notes looks further back." if found["looked_at"] < found["of"] else ""
        printing.talk(f"No three of them say the same.{more}")


def _fields(lines: Sequence[tuple[str, str | None]]) -> None:
    for name, value in lines:
        if value:
            printing.out(f"{name:<11}{' '.join(value.split())}")


def _fixed(session: Session, theme: Theme) -> str | None:
    if not theme["fixed_on"]:
        return None
    since = f"since {when.date_text(theme['fixed_on'], now=session.now)}"
    back = theme["came_back"]
    return f"{since}, and it came back: {printing.many(back, 'note')} since" if back else since


def _came_back(session: Session, theme: Theme) -> str:
    if not theme["fixed_on"]:
        return ""
    day = when.date_text(theme["fixed_on"], now=session.now)
    return f"came back, {theme['came_back']} since {day}" if theme["came_back"] else f"fixed {day}"


def _counted(counts: Sequence[Count]) -> str:
    """'phone 12, email 3, not said 4'; nothing where nobody said."""
    if all(count["name"] is None for count in counts):
        return ""
    return ", ".join(f"{count['name'] or 'not said'} {count['notes']}" for count in counts)


def _change(change: Ratio) -> str:
    """The range of the ratio, as short as it goes."""
    low, high = change["low"], change["high"]
    if change["few"]:
        return "few"
    if low is None:
        return ""
    if high is None:
        return f"over {_number(low)} times"
    return f"{_number(low)} to {_number(high)} times"


def _in_words(change: Ratio) -> str:
    return "too few to compare" if change["few"] else f"{_change(change)} as often, with 95 % confidence"


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
