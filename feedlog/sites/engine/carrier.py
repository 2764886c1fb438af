"""A connection to NATS JetStream, which carries what the sites send.

Three streams at the hub: what sites send, what the hub answers, and what was erased. A subject names the site and the
customer's mark, so that one purge takes all of a customer's messages.
"""

import asyncio
import json
import ssl
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError, ServiceUnavailableError

from feedlog.errors import FeedlogError
from feedlog.operations.marks import NOBODY

_Result = TypeVar("_Result")

_SENT, _BACK, _ERASED = "FEEDLOG", "FEEDLOG_BACK", "FEEDLOG_ERASED"
_DAY = 86_400
# Messages are no archive: a row without a receipt is sent again, and a new copy of the hub begins as a copy of its log.
_KEPT_DAYS = {_SENT: 30, _BACK: 7, _ERASED: 0}
_SAME_MESSAGE_SECONDS = 120
_IN_FLIGHT = 256
_PATIENCE_SECONDS, _SHORTEST_SECONDS = 5.0, 0.05
# Whatever the client tries on its own, no call takes longer; a fetch waits for less.
_LONGEST_SECONDS, _LONGEST_CONNECTING_SECONDS = 60.0, 6.0
_AWAY = (NatsError, OSError, asyncio.TimeoutError)
# Behind a leaf node the hub is known by this name only.
DOMAIN = "hub"
LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024


class Away(FeedlogError):
    """The hub cannot be reached now. What waits is in the log, and is sent when it can."""


class Access(NamedTuple):
    """How to reach the hub: addresses, the file with this log's key, and the authority that signed the hub's."""

    servers: tuple[str, ...]
    seed: str
    authority: str | None
    name: str


class Message(NamedTuple):
    """A message to be sent: who it is about, which row in which version, what the engine knows it by, and its text."""

    site: str
    mark: str
    uid: str
    version: str
    id: str
    body: bytes


class Arriving(NamedTuple):
    """A message that came: its number in the stream, when the engine took it (seconds since 1970), and its text."""

    subject: str
    number: int
    at: float
    body: bytes
    token: Msg


class Carrier:
    """A connection to the engine, for a caller that waits for each answer. Every method raises Away without a hub."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._loop = asyncio.new_event_loop()
        self._client: Client | None = None
        self._stream: JetStreamContext | None = None
        self._pulls: dict[tuple[str, str], JetStreamContext.PullSubscription] = {}

    def __enter__(self) -> "Carrier":
        try:
            self._run(self._connect())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, whether there is one or not."""
        if self._client is not None:
            with suppress(Exception):
                self._loop.run_until_complete(asyncio.wait_for(self._client.close(), 2))
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        with suppress(Exception):
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def wait(self, seconds: float) -> None:
        """Does nothing for so long but keep the connection alive."""
        self._loop.run_until_complete(asyncio.sleep(seconds))

    # --- sending ---

    def send(self, messages: Sequence[Message]) -> list[Message]:
        """Sends them, many at a time, and returns those the engine has taken and did not know yet."""
        return self._run(self._send([(_subject(one), one.id, one.body) for one in messages], messages))

    def answer(self, site: str, bodies: Iterable[bytes]) -> None:
        """Sends a site what the hub has to say to it."""
        sent = [(f"feedlog.back.{site}", "", body) for body in bodies]
        if len(self._run(self._send(sent, sent))) < len(sent):
            raise _away("The hub did not take an answer in time")

    def tell_erased(self, uid: str, body: bytes) -> None:
        """Tells every site of an erasure."""
        sent = [(f"feedlog.erased.{uid}", uid, body)]
        self._run(self._send(sent, sent))

    async def _send(self, sent: Sequence[tuple[str, str, bytes]], whole: Sequence[_Result]) -> list[_Result]:
        """A good many at a time without a pause between them: one write to the line instead of one a message."""
        taken: list[_Result] = []
        for start in range(0, len(sent), _IN_FLIGHT):
            part = slice(start, start + _IN_FLIGHT)
            answers = await self._acknowledged(sent[part])
            taken += [message for message, said in zip(whole[part], answers, strict=True) if said and _is_news(said)]
        return taken

    async def _acknowledged(self, sent: Sequence[tuple[str, str, bytes]]) -> list[bytes]:
        """What the engine answered to each message; nothing where it did not in time."""
        client = self._connected()
        answers = [b""] * len(sent)
        left = len(sent)
        every = asyncio.Event()

        async def take(said: Msg) -> None:
            nonlocal left
            place = int(said.subject.rpartition(".")[2])
            left -= not answers[place]
            answers[place] = said.data or b"{}"
            if not left:
                every.set()

        inbox = client.new_inbox()
        listening = await client.subscribe(f"{inbox}.*", cb=take)
        for place, (subject, uid, body) in enumerate(sent):
            headers = {"Nats-Msg-Id": uid} if uid else None
            await client.publish(subject, body, reply=f"{inbox}.{place}", headers=headers)
        if sent:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(every.wait(), _PATIENCE_SECONDS)
        await listening.unsubscribe()
        return answers

    # --- receiving ---

    def sent_by_sites(self, reader: str, most: int, seconds: float) -> list[Arriving]:
        """The next messages of all sites that this reader has not said `done` to, at most so many, or none in time."""
        return self._run(self._pull(_SENT, reader, "feedlog.up.>", most, seconds))

    def answers(self, reader: str, site: str, most: int, seconds: float) -> list[Arriving]:
        """The next of what the hub said to this site."""
        return self._run(self._pull(_BACK, reader, f"feedlog.back.{site}", most, seconds))

    def erasures(self, reader: str, most: int, seconds: float) -> list[Arriving]:
        """The next erasures that every log is told of."""
        return self._run(self._pull(_ERASED, reader, "feedlog.erased.>", most, seconds))

    def done(self, messages: Sequence[Arriving]) -> None:
        """Says that these need not come again."""
        if messages:
            self._run(self._done(messages))

    async def _done(self, messages: Sequence[Arriving]) -> None:
        for one in messages[:-1]:
            await one.token.ack()
        await messages[-1].token.ack_sync(_PATIENCE_SECONDS)  # the others went the same way before it

    async def _pull(self, stream: str, reader: str, subject: str, most: int, seconds: float) -> list[Arriving]:
        key = (stream, reader)
        if key not in self._pulls:
            self._pulls[key] = await self._subscribe(stream, reader, subject)
        try:
            fetched = await self._pulls[key].fetch(
                most, timeout=min(max(seconds, _SHORTEST_SECONDS), _LONGEST_SECONDS / 2)
            )
        except TimeoutError:
            return []
        except NatsError:
            self._pulls.pop(key, None)  # the reader may be gone with a node: it is asked for again next time
            raise
        return [
            Arriving(one.subject, one.metadata.sequence.stream, one.metadata.timestamp.timestamp(), one.data, one)
            for one in fetched
        ]

    async def _subscribe(self, stream: str, reader: str, subject: str) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            name=reader,
            durable_name=reader,
            filter_subject=subject,
            deliver_policy=DeliverPolicy.ALL,
            # Not all up to the last one: what somebody was given who was killed before it was done must come again.
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=60,
            max_ack_pending=20_000,
            inactive_threshold=90 * _DAY,
        )
        js = self._js()
        try:
            await js.consumer_info(stream, reader)
        except NotFoundError:
            await js.add_consumer(stream, config)
        return await js.pull_subscribe_bind(consumer=reader, stream=stream)

    # --- the hub's own ---

    def prepare(self, copies: int) -> None:
        """Makes the streams where they are missing, each kept on so many nodes."""
        self._run(self._prepare(copies))

    async def _prepare(self, copies: int) -> None:
        for name, subjects in ((_SENT, "feedlog.up.>"), (_BACK, "feedlog.back.>"), (_ERASED, "feedlog.erased.>")):
            config = StreamConfig(
                name=name,
                subjects=[subjects],
                storage=StorageType.FILE,
                num_replicas=copies,
                max_age=_KEPT_DAYS[name] * _DAY,
                discard=DiscardPolicy.OLD,
                duplicate_window=_SAME_MESSAGE_SECONDS,
            )
            try:
                await self._js().stream_info(name)
            except NotFoundError:
                await self._js().add_stream(config)

    def forget(self, marks: Iterable[str], uids: Iterable[str]) -> None:
        """Takes the messages of these customers, and these rows, out of what the sites sent, on every node."""
        subjects = [f"feedlog.up.*.{mark}.>" for mark in marks] + [f"feedlog.up.*.*.{uid}" for uid in uids]
        for subject in subjects:
            self._run(self._forget(subject))

    async def _forget(self, subject: str) -> None:
        """One by one, since the engine writes over a message that is deleted, but only unlinks what is purged."""
        number = 1
        while True:
            try:
                found = await self._js().get_msg(_SENT, seq=number, subject=subject, next=True)
            except NotFoundError:
                return
            number = found.seq or number
            await self._js().delete_msg(_SENT, number)
            number += 1

    def waiting(self, reader: str) -> int:
        """How many messages of sites this reader has not been given yet."""
        return self._run(self._waiting(reader))

    async def _waiting(self, reader: str) -> int:
        try:
            about = await self._js().consumer_info(_SENT, reader)
        except NotFoundError:
            return 0
        return int(about.num_pending or 0) + int(about.num_ack_pending or 0)

    # --- the connection ---

    async def _connect(self) -> None:
        access = self._access
        secure = ssl.create_default_context(cafile=access.authority) if access.authority else None
        self._client = Client()
        connecting = self._client.connect(
            list(access.servers),
            name=f"feedlog {access.name}",
            nkeys_seed=access.seed,
            inbox_prefix=f"_INBOX_{access.name}",
            tls=secure,
            connect_timeout=2,
            max_reconnect_attempts=1,
            reconnect_time_wait=1,
            allow_reconnect=True,
            error_cb=_unsaid,
        )
        await asyncio.wait_for(connecting, _LONGEST_CONNECTING_SECONDS)
        self._stream = self._client.jetstream(domain=DOMAIN, timeout=_PATIENCE_SECONDS)

    def _connected(self) -> Client:
        if self._client is None:
            raise AssertionError("not connected")
        return self._client

    def _js(self) -> JetStreamContext:
        if self._stream is None:
            raise AssertionError("not connected")
        return self._stream

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        try:
            return self._loop.run_until_complete(asyncio.wait_for(work, _LONGEST_SECONDS))
        except _AWAY as error:
            raise _away(f"The hub does not answer ({_reason(error)})") from error


def nodes_away(access: Access) -> list[str]:
    """Those of the addresses at which no node lets this log in."""
    away = []
    for server in access.servers:
        try:
            with Carrier(access._replace(servers=(server,))):
                pass
        except Away:
            away.append(server)
    return away


def _is_news(said: bytes) -> bool:
    """Whether the engine took a message that it did not know yet."""
    told = json.loads(said)
    return "seq" in told and not told.get("duplicate") and "error" not in told


async def _unsaid(_: Exception) -> None:
    """Trouble of the connection is said by the call it spoils."""


def _subject(message: Message) -> str:
    return f"feedlog.up.{message.site}.{message.mark or NOBODY}.{message.uid}"


def _reason(error: BaseException) -> str:
    if isinstance(error, ServiceUnavailableError):  # its own words are three times 'None'
        return "none of its nodes takes messages just now"
    said = str(error).removeprefix("nats: ").strip()
    return said or type(error).__name__


def _away(said: str) -> Away:
    return Away(f"{said}.", hint="Nothing is lost: what waits is in the log and is sent when the hub is back.")
