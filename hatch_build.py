"""Puts schema.sql and metadata.yml, which stand at the root to be read, beside the code in a wheel."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RootFiles(BuildHookInterface[Any]):
    """Adds the root's two explained files to every wheel, and to no editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads them in the checkout; a copy in site-packages would go stale unseen.
        if version != "editable":
            for name in ("schema.sql", "metadata.yml"):
                build_data["force_include"][name] = f"feedlog/{name}"
