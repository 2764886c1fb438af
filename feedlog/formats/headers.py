"""Column names that are taken for a field when nobody said otherwise, and the words in cells that mean one of ours.

Few on purpose: a column taken wrongly is worse than one that has to be named. A running number, for example, is no
source_id: the next export begins at 1 again.
"""

# English, Danish, Norwegian, Swedish and German, besides the field's own name; the first that is there wins.
KNOWN_AS = {
    "verbatim": (
        *("text", "comment", "comments", "body", "message", "feedback"),
        *("kommentar", "kommentarer", "besked", "meddelelse", "tekst", "fritekst", "feedbacktekst"),
        *("melding", "tilbakemelding", "tilbagemelding", "meddelande", "fritext", "synpunkt", "synpunkter"),
        *("nachricht", "rückmeldung", "freitext", "anmerkung", "bemerkung"),
    ),
    "customer": (
        *("customer.key", "customer number", "customer_number", "customer id", "customer_id"),
        *("kunde", "kundenummer", "kundenr", "kundenr.", "kunde-id", "kundeid"),
        *("kund", "kundnummer", "kundnr", "kundnr.", "kund-id", "kundennummer", "kundennr."),
        *("customer email", "customer_email", "customer e-mail", "email", "e-mail", "e-mailadresse", "mailadresse"),
        *("e-post", "epost", "e-postadress", "e-postadresse", "mejladress", "e-mail-adresse"),
    ),
    "name": (
        *("customer.name", "customer name", "customer_name", "kundenavn", "kundnamn", "kundename"),
        *("kundens navn", "kundens namn", "navn", "namn"),
    ),
    "said_at": (
        *("date", "created_at", "created at", "timestamp"),
        *("dato", "tidspunkt", "oprettet", "opprettet", "dato og tid"),
        *("datum", "tidpunkt", "skapad", "erstellt", "erstellt am", "zeitpunkt"),
        *("created", "date created", "received", "received at", "date received", "submitted at"),
        *("modtaget", "modtaget den", "oprettet den", "mottatt", "inkommen", "inkom", "mottaget", "datum och tid"),
        *("eingegangen", "eingegangen am"),
    ),
    "channel": ("kanal",),
    "touchpoint": ("kontaktpunkt",),
    "theme": ("themes", "tema", "temaer", "teman", "thema"),
    "agent": ("medarbejder", "sagsbehandler", "medarbeider", "saksbehandler", "handläggare", "bearbeiter"),
    "source_id": (
        *("id", "ticket id", "ticket_id", "ticket number", "case id", "case_id", "case number"),
        *("sagsnummer", "sagsnr", "sagsnr.", "sags-id", "sagsid", "saksnummer", "saksnr", "saksnr."),
        *("ärendenummer", "ärendenr", "ärendenr.", "ärende-id", "vorgangsnummer"),
    ),
}

# What people write in such columns for the closed lists of ours.
CHANNEL_WORDS = {
    **dict.fromkeys(("telefon", "opkald", "samtal", "anruf", "call"), "phone"),
    **dict.fromkeys(("mail", "e-mail", "e-post", "epost"), "email"),
    **dict.fromkeys(("besøg", "besök", "besøk", "besuch", "fremmøde", "butik"), "visit"),
    **dict.fromkeys(("brev", "brief"), "letter"),
    **dict.fromkeys(("chatt", "livechat"), "chat"),
    **dict.fromkeys(("andet", "annet", "annat", "andere"), "other"),
}
KIND_WORDS = {
    **dict.fromkeys(("klage", "klagomål", "beschwerde", "reklamation"), "complaint"),
    **dict.fromkeys(("ros", "beröm", "lob"), "compliment"),
    **dict.fromkeys(("forslag", "förslag", "vorschlag"), "suggestion"),
    **dict.fromkeys(("spørgsmål", "spørsmål", "fråga", "frage"), "question"),
}

_FOR_WORDS = {"verbatim", *KNOWN_AS["verbatim"]}
# A table begins within these rows, or has no lines before it.
_MOST_BEFORE = 15
_LONGEST_NAME = 60


def names_words(name: str) -> bool:
    """Whether a column of this name is taken for the customers' words."""
    return " ".join(name.split()).casefold() in _FOR_WORDS


def header_at(rows: list[list[str]]) -> int:
    """Which of the first rows of a file names the columns: the first, but for lines that stand before a table.

    Such a line (a title, a period, a printing date) has fewer cells than the header. The header itself has the names
    we know, else a short name in each of at least as many cells as most rows below have: a sheet ends a row at its last
    answer.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    first = next((place for place, count in enumerate(filled) if count), 0)
    widths = [len(row) for row, count in zip(rows, filled, strict=True) if count > 1]
    usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
    for place in range(first, min(len(rows), first + _MOST_BEFORE)):
        narrower = all(count < filled[place] for count in filled[:place])
        if place > first and not narrower:
            continue
        if any(map(names_words, rows[place])):
            return place
        if place > first and usual > 2 and len(rows[place]) >= usual > len(rows[first]) and _all_names(rows[place]):
            return place
    return first


def _all_names(row: list[str]) -> bool:
    """Whether every cell may be a column's name: short, with a letter, and no two alike."""
    names = [cell.strip() for cell in row]
    return len(set(names)) == len(names) and all(
        len(name) <= _LONGEST_NAME and any(map(str.isalpha, name)) and not name.endswith((".", "!")) for name in names
    )
