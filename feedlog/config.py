"""Settings: what a person, a shell or a firm prefers, and where each value came from.

Order: command line > environment > config file > default. The config file is TOML, one line a setting; its place is
`FEEDLOG_CONFIG`, else `config.toml` in the platform's config folder for feedlog.
"""

import os
from typing import TYPE_CHECKING, NamedTuple

from feedlog.errors import Refused, WrongUsage
from feedlog.places import user_folder
from feedlog.vocabulary import CHANNELS, COUNTRIES, DEFAULT_LANGUAGES, LANGUAGES, PAGE_LANGUAGES

if TYPE_CHECKING:
    from feedlog.when.hours import Calendar


class Setting(NamedTuple):
    """One setting: the environment variable that carries it, its default and what it is for."""

    variable: str
    default: str
    meaning: str


SETTINGS = {
    "db": Setting("FEEDLOG_DB", "", "the log; without it, feedlog.db in the platform's data folder"),
    "agent": Setting("FEEDLOG_AGENT", "", "who logs; without it, the login name"),
    "channel": Setting("FEEDLOG_CHANNEL", "", "the channel of a note that names none"),
    "who_else": Setting("FEEDLOG_WHO_ELSE", "on", "whether `add` says who else said this: on or off"),
    "spool": Setting(
        "FEEDLOG_SPOOL", "", "the folder for texts that could not be stored; without it, the state folder"
    ),
    "languages": Setting("FEEDLOG_LANGUAGES", " ".join(DEFAULT_LANGUAGES), "the languages a new log is searched in"),
    "complaint_rate": Setting(
        "FEEDLOG_COMPLAINT_RATE", "4-10", "how many in a hundred who have reason to complain do: a range, or one number"
    ),
    "page_language": Setting(
        "FEEDLOG_PAGE_LANGUAGE", "", "the language of the pages: en, da, sv or nb; without it, the browser's"
    ),
    "country": Setting("FEEDLOG_COUNTRY", "", "whose holidays count: DK, SE, NO or DE; without it, your locale's"),
    "business_hours": Setting(
        "FEEDLOG_BUSINESS_HOURS",
        "mon-fri 09:00-17:00",
        "when somebody answers, e.g. 'mon-fri 09:00-17:00, sat 10:00-14:00'",
    ),
    "goodwill_limit": Setting(
        "FEEDLOG_GOODWILL_LIMIT", "", "how much goodwill an agent may give alone, e.g. '500 DKK'; empty: any amount"
    ),
    "goodwill_decider": Setting("FEEDLOG_GOODWILL_DECIDER", "", "who decides on goodwill beyond the limit"),
    "outbox": Setting(
        "FEEDLOG_OUTBOX", "", "the folder for colleagues' copies of letters; without it, in the state folder"
    ),
    "pii": Setting("FEEDLOG_PII", "mask", "what happens to ID and card numbers in a text: mask, reject or allow"),
}


_ALLOWED: dict[str, tuple[str, ...]] = {
    "channel": CHANNELS,
    "who_else": ("on", "off"),
    "languages": LANGUAGES,
    "country": COUNTRIES,
    "page_language": PAGE_LANGUAGES,
    "pii": ("mask", "reject", "allow"),
}


class Value(NamedTuple):
    """A setting's value and its origin: 'command line', a variable's name, the config file's path or 'default'."""

    value: str
    origin: str


def config_file() -> str:
    """The path of the config file, whether it exists or not."""
    named = os.environ.get("FEEDLOG_CONFIG")
    if named:
        return os.path.abspath(os.path.expanduser(named))
    return os.path.join(user_folder("config"), "config.toml")


def default_log() -> str:
    """The log's place where nobody named one: the platform's folder for a program's own files."""
    return os.path.join(user_folder("data"), "feedlog.db")


class Config:
    """All settings of one call. `given` holds what the command line said; an empty string there means unsaid."""

    def __init__(self, **given: str | None) -> None:
        self._given = {name: value for name, value in given.items() if value}
        self._file: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self.value(name).value

    def value(self, name: str) -> Value:
        """The setting `name` with its origin, checked; raises WrongUsage for a value that cannot be."""
        found = self._find(name)
        return Value(_checked(name, found), found.origin)

    def _find(self, name: str) -> Value:
        setting = SETTINGS[name]
        if name in self._given:
            return Value(self._given[name], "command line")
        if os.environ.get(setting.variable):
            return Value(os.environ[setting.variable], setting.variable)
        if self._file is None:
            self._file = _read_file(config_file())
        if self._file.get(name):
            return Value(self._file[name], config_file())
        return Value(_default(name), "default")

    @property
    def who_else(self) -> bool:
        """Whether `add` tells who else said this."""
        return self["who_else"] == "on"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages for a new log."""
        return tuple(self["languages"].split())

    @property
    def complaint_rate(self) -> tuple[float, float]:
        """How many in a hundred complain, at least and at most."""
        low, _, high = self["complaint_rate"].partition("-")
        return float(low), float(high or low)

    @property
    def calendar(self) -> "Calendar":
        """The business hours of the firm, without the holidays of its country."""
        from feedlog.when import hours  # here: only who waits is counted in business hours

        return hours.Calendar(hours.read(self["business_hours"]), self["country"])

    @property
    def goodwill_limit(self) -> tuple[int, str] | None:
        """What an agent may give alone, in hundredths of its currency; None for any amount."""
        value = self["goodwill_limit"]
        return _limit(value) if value else None


def _default(name: str) -> str:
    if name == "db":
        return default_log()
    if name in ("spool", "outbox"):
        return os.path.join(user_folder("state"), name)
    if name == "agent":
        import getpass  # here, since a named agent spares it

        try:
            return getpass.getuser()
        except (KeyError, OSError):  # a container's user without a name
            return "unknown"
    if name == "country":
        return _country()
    return SETTINGS[name].default


def _country() -> str:
    """The country of the person's locale where we know its holidays, else Denmark."""
    for variable in ("LC_ALL", "LC_TIME", "LANG"):
        if os.environ.get(variable):
            country = os.environ[variable].partition(".")[0].partition("_")[2].upper()
            return country if country in COUNTRIES else COUNTRIES[0]
    return COUNTRIES[0]


def _checked(name: str, found: Value) -> str:
    value = found.value.strip()
    if name == "db":  # one name for one log: by another, its backups, its secret and its pages would not be found
        return os.path.realpath(os.path.expanduser(value))
    if name in ("spool", "outbox"):
        return os.path.abspath(os.path.expanduser(value))
    if name == "complaint_rate":
        return _checked_rate(value, found.origin)
    if name == "goodwill_limit" and value:
        return _checked_limit(value, found.origin)
    if name == "business_hours":
        return _checked_hours(value, found.origin)
    allowed = _ALLOWED.get(name, ())
    words = value.split() if name == "languages" else [value]
    for word in words:
        if allowed and word and word not in allowed:
            raise WrongUsage(
                f"The setting {name} is {word!r} ({found.origin}).", hint=f"It is one of: {', '.join(allowed)}."
            )
    return value


def _checked_rate(value: str, origin: str) -> str:
    """A range of percentages as '4-10'; a firm that knows its own number may write just that."""
    import re  # here: only themes ask for it

    written = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?(?:\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*%?)?", value)
    low, high = (written[1], written[2] or written[1]) if written else ("0", "0")
    if not 0 < float(low) <= float(high) <= 100:
        raise WrongUsage(
            f"The setting complaint_rate is {value!r} ({origin}).",
            hint="It is a range of percentages, the lower one first, such as 4-10.",
        )
    return low if low == high else f"{low}-{high}"


def _limit(value: str) -> tuple[int, str]:
    """An amount and its currency, as '500 DKK'."""
    from feedlog import money  # here: only goodwill asks for it

    amount, _, currency = value.partition(" ")
    return money.minor(amount), money.currency(currency)


def _checked_limit(value: str, origin: str) -> str:
    try:
        _limit(value)
    except WrongUsage as error:
        raise WrongUsage(
            f"The setting goodwill_limit is {value!r} ({origin}).",
            hint="It is an amount and the three letters of its currency, such as 500 DKK.",
        ) from error
    return value


def _checked_hours(value: str, origin: str) -> str:
    """Weekdays with clock times, as they were written."""
    from feedlog.when import hours  # here: only waiting is counted in business hours

    try:
        hours.read(value)
    except ValueError as error:
        raise WrongUsage(
            f"The setting business_hours is {value!r} ({origin}): {error}.",
            hint="It is days with clock times, such as 'mon-fri 09:00-17:00, sat 10:00-14:00'.",
        ) from error
    return value


def _read_file(path: str) -> dict[str, str]:
    if not os.path.exists(path):
        return {}
    import tomllib  # here, since most calls have no config file

    try:
        with open(path, "rb") as file:
            read = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(
            f"The config file {path} cannot be read: {error}.", hint="Mend the line or remove the file."
        ) from error
    except OSError as error:
        raise Refused(
            f"The config file {path} cannot be opened: {error.strerror}.", hint="Check who may read it."
        ) from error
    unknown = sorted(set(read) - set(SETTINGS))
    if unknown:
        raise Refused(
            f"The config file {path} has a setting we do not know: {unknown[0]}.",
            hint=f"Settings are: {', '.join(SETTINGS)}.",
        )
    return {name: _as_text(value) for name, value in read.items()}


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return " ".join(str(part) for part in value)
    return str(value)
