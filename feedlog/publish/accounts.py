"""Who may log in to the pages: a file beside the log, readable by its owner only, with hashes instead of passwords."""

import hashlib
import hmac
import json
import os
import re
import secrets
from typing import Any, NamedTuple

from feedlog.errors import NotFound, NotStored, Refused, WrongUsage
from feedlog.publish.secret import secret_beside
from feedlog.store import sharing

ROLES = ("manager", "analyst")
SHORTEST_PASSWORD = 8
# Beyond this nobody types; hashing a megabyte at each log-in would only keep the server busy.
LONGEST_PASSWORD = 1000
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_ACTOR_OF_LINK = "root"


class User(NamedTuple):
    """A person with a login. `password_hash` is PBKDF2-SHA-256 as datasette-auth-passwords reads it."""

    name: str
    role: str
    password_hash: str


def users_file(log_path: str) -> str:
    """Where the users of a log's pages are kept."""
    return f"{log_path}.users.json"


def users(log_path: str) -> list[User]:
    """Everyone with a login, by name; raises Refused where the file cannot be read."""
    path = users_file(log_path)
    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)
        return [User(name, kept[name]["role"], kept[name]["password_hash"]) for name in sorted(kept)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise Refused(
            f"The users cannot be read from {path}: {error.strerror}.", hint="Call as the log's owner."
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(
            f"The users' file {path} is damaged.", hint="Restore it, or remove it and add the users again."
        ) from error


def checked_name(name: str) -> str:
    """A name as it is kept; raises WrongUsage for one that cannot be a login."""
    told = name.strip().lower()
    if told == _ACTOR_OF_LINK:
        raise WrongUsage("The name root belongs to the link that `feedlog serve` prints.", hint="Choose another name.")
    if not _NAME.fullmatch(told):
        raise WrongUsage(
            f"This cannot be a login: {name!r}.",
            hint="Use letters a to z, digits, dot, dash, underscore and @, 64 at most.",
        )
    return told


def checked_password(password: str) -> str:
    """A password that is long enough; raises WrongUsage."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WrongUsage(
            f"A password has at least {SHORTEST_PASSWORD} characters, and at most {LONGEST_PASSWORD:,}.",
            hint="Three or four words in a row are easy to remember.",
        )
    return password


def put(log_path: str, name: str, role: str, password: str) -> None:
    """Gives somebody a login, or a new role and password. Raises WrongUsage, NotStored."""
    # Here, because the package brings Datasette with it.
    from datasette_auth_passwords.utils import hash_password

    user = User(checked_name(name), role, hash_password(checked_password(password)))
    others = [other for other in users(log_path) if other.name != user.name]
    _write(log_path, [*others, user])


def user_named(log_path: str, name: str) -> User:
    """The login of that name; raises NotFound where there is none."""
    for user in users(log_path):
        if user.name == name.strip().lower():
            return user
    raise NotFound(f"There is no login {name!r}.", hint="See them with: feedlog user list")


def remove(log_path: str, name: str) -> None:
    """Takes a login away; raises NotFound where there is none of that name."""
    gone = user_named(log_path, name)
    _write(log_path, [user for user in users(log_path) if user.name != gone.name])


def session_secret(log_path: str) -> str:
    """What log-ins are signed with: the same at every start, so that nobody is logged out by one."""
    return hmac.digest(secret_beside(log_path), b"log-ins of the pages", hashlib.sha256).hex()


def pass_of(user: User) -> str:
    """What a log-in carries beside the name. It changes with password and role, so that older log-ins end."""
    return hashlib.sha256(f"{user.name} {user.role} {user.password_hash}".encode()).hexdigest()[:20]


def access(known: list[User]) -> dict[str, Any]:
    """Datasette's settings for these users: who logs in how, who sees anything, who may write SQL.

    The hashes are named by environment variables (`hashes`), because Datasette shows its settings to its users.
    """
    variables = {user.name: f"FEEDLOG_PASSWORD_HASH_{pass_of(user).upper()}" for user in known}
    accounts: dict[str, Any] = {f"{user.name}_password_hash": {"$env": variables[user.name]} for user in known}
    accounts["actors"] = {user.name: {"id": user.name, "role": user.role, "pass": pass_of(user)} for user in known}
    return {
        "hashes": {variables[user.name]: user.password_hash for user in known},
        "plugin": accounts,
        "allow": {"id": _ACTOR_OF_LINK, "pass": [pass_of(user) for user in known]},
        "allow_sql": {"id": _ACTOR_OF_LINK, "pass": [pass_of(user) for user in known if user.role == "analyst"]},
    }


def _write(log_path: str, known: list[User]) -> None:
    """Replaces the file in one step: whoever reads it meanwhile gets the old users or the new ones."""
    path = users_file(log_path)
    kept = {user.name: {"role": user.role, "password_hash": user.password_hash} for user in known}
    draft = f"{path}.{secrets.token_hex(4)}"
    try:
        sharing.new_folder(os.path.dirname(path) or ".", log_path)
        with os.fdopen(sharing.new_file(draft, log_path), "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=2, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise NotStored(
            f"The users cannot be written to {path}: {error.strerror}.", hint="Call as the log's owner."
        ) from error
