"""Spark as the engine: the analyses on a cluster, where the notes are too many for one machine.

Every machine of the cluster must see the warehouse at the same place: a folder they share, or an object store.
"""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedlog.errors import Refused, WrongUsage
from feedlog.warehouse.asking import Answer, Question, answer
from feedlog.warehouse.exporting import require_packages
from feedlog.warehouse.folder import NO_MONTH, Listing, place, reading
from feedlog.warehouse.tables import MONTHLY, WHOLE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # Months are texts, not numbers or days.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    # Folders are listed here rather than by a job of the cluster, which cost more than an analysis.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "10000",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.showConsoleProgress": "false",
    "spark.ui.enabled": "false",
}
_HERE = ("127.0.0.1", "localhost")


def ask(sql: str, path: str, master: str, limit: int) -> Answer:
    """The answer to one analysis, from the Spark master at the address `master`. Raises as `asking.ask` says."""
    with opened(path, master) as question:
        return question(sql, limit)


@contextmanager
def opened(path: str, master: str) -> Iterator[Question]:
    """A way to ask the warehouse at `path` as often as one likes, in one session of the cluster."""
    if not master.startswith(("spark://", "local", "yarn", "k8s://")):
        raise WrongUsage(
            f"There is no engine {master!r}.", hint="It is duckdb, or a Spark master such as spark://host:7077."
        )
    require_packages("pyspark")
    with ExitStack() as stack:
        aside = stack.enter_context(tempfile.TemporaryDirectory(prefix="feedlog-spark-"))
        listing = None if "://" in path else stack.enter_context(reading(path))
        stack.enter_context(_complaints())
        session = _session(master, aside)
        stack.callback(session.stop)
        if listing is None:
            _views_by_folder(session, path)
        else:
            _views(session, os.path.abspath(path), listing)

        def question(sql: str, limit: int) -> Answer:
            found = session.sql(sql)
            return answer(found.columns, [tuple(row) for row in found.limit(limit + 1).collect()], limit)

        yield question


@contextmanager
def _complaints() -> Iterator[None]:
    """Spark's complaints as one sentence, without the stack of its Java."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, RuntimeError) as error:
        first = str(error).strip().partition("\n")[0][:300].rstrip(".")
        raise Refused(
            f"Spark could not answer: {first}.",
            hint="Check that Java is installed, that master and workers run, and that all of them see the warehouse.",
        ) from error


def _session(master: str, aside: str) -> "SparkSession":
    settings = _SETTINGS | {"spark.local.dir": aside, "spark.sql.warehouse.dir": os.path.join(aside, "tables")}
    if master.startswith("local") or urlsplit(master).hostname in _HERE:
        # All of it on this machine: nothing listens to the outside.
        os.environ.setdefault("SPARK_LOCAL_IP", _HERE[0])
        settings |= {"spark.driver.host": _HERE[0], "spark.driver.bindAddress": _HERE[0]}
    with warnings.catch_warnings(), _unheard(os.path.join(aside, "spark.log")):
        warnings.simplefilter("ignore")  # about pandas, which is not used here
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master(master).appName("feedlog warehouse")
        for name, value in settings.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()


@contextmanager
def _unheard(file: str) -> Iterator[None]:
    """Java keeps the standard error it is started with, and talks: it is given a file. Ours is as before."""
    ours = os.dup(2)
    try:
        with open(file, "wb") as said:
            os.dup2(said.fileno(), 2)
        yield
    finally:
        os.dup2(ours, 2)
        os.close(ours)


def _views(session: "SparkSession", path: str, listing: Listing) -> None:
    months = [month for month in listing["parts"] if month]
    if not months:
        raise Refused(
            f"There is no month in the warehouse yet: {path}.",
            hint="A month comes in when it is over, or with: feedlog warehouse export --open-month",
        )
    for table in MONTHLY:
        files = [os.path.join(path, place(table.name, month)) for month in months]
        source = session.read.option("basePath", os.path.join(path, table.name))
        source.parquet(*files).createOrReplaceTempView(table.name)
    for table in WHOLE:
        session.read.parquet(os.path.join(path, place(table.name, NO_MONTH))).createOrReplaceTempView(table.name)


def _views_by_folder(session: "SparkSession", address: str) -> None:
    """Where the warehouse lies in an object store: whatever its folders hold."""
    for table in (*MONTHLY, *WHOLE):
        session.read.parquet(f"{address.rstrip('/')}/{table.name}").createOrReplaceTempView(table.name)
