"""How fast a digest is sent with the ledger, into a local sink, beside senders that keep no ledger at all.

    python benchmarks/ledger.py [--messages 4000] [--connections 10]

In one run, into one sink: Postfix's smtp-source (`apt-get install postfix`, not started), which sends the same bytes over and
over; our transport with ready bytes, and smtplib; then the whole of feeder: rows claimed, messages composed for each
reader, marked, sent, settled, on SQLite with every commit on the disk, and on PostgreSQL with fsync. All in turn, some
rounds; printed: the median of messages a second, and of the ratio to smtp-source in the same round. What is missing is left
out, and said.
"""

from __future__ import annotations

import argparse
import os
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # a crowd, a PostgreSQL server

import crowd
import postgres
import sqlalchemy as sa
from doors import free_port, until
from walk import NOW

from feeder.jobs.sending.messages import Messages
from feeder.jobs.sending.post import Patience
from feeder.model import Week
from feeder.store import Store, open_store
from feeder.store.ledger import Ledger
from feeder.store.logbook import Logbook
from feeder.transports import open_transport

ROUNDS = 5
SINK = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
SOURCE = shutil.which("smtp-source") or "/usr/sbin/smtp-source"


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's server that takes everything and keeps nothing."""
    port = free_port()
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([SINK, *user, f"127.0.0.1:{port}", "1000"])  # noqa: S603
    try:
        until(lambda: _answers(port), "the sink")
        yield port
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=1):
            return True
    except OSError:
        return False


def timed(messages: int, work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return messages / (time.perf_counter() - start)


def source(port: int, messages: int, connections: int, size: int) -> None:
    line = [
        SOURCE,
        "-s",
        str(connections),
        "-m",
        str(messages),
        "-l",
        str(size),
        "-f",
        "a@example.org",
        "-t",
        "b@example.net",
    ]
    subprocess.run([*line, f"127.0.0.1:{port}"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def bare(url: str, messages: int, connections: int, body: bytes) -> None:
    """Our transport with bytes that are ready."""

    def hand(share: int) -> None:
        transport = open_transport(url, Path.cwd())
        for _ in range(share):
            transport.send("a@example.org", "b@example.net", body, name="x", before_end=lambda: None)
        transport.close()

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(hand, [messages // connections] * connections))


def plain(port: int, messages: int, connections: int, body: bytes) -> None:
    """smtplib with bytes that are ready."""

    def hand(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as server:
            for _ in range(share):
                server.sendmail("a@example.org", ["b@example.net"], body)

    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(hand, [messages // connections] * connections))


class Digest:
    """A site with readers, and an issue of some 60 kB for each run."""

    def __init__(self, folder: Path, store: Store, url: str, messages: int, connections: int) -> None:
        self.room = crowd.site(folder, mail_smtp_url=url, mail_connections=str(connections))
        self.store = store
        crowd.subscribe(store, self.room, messages, locales=["kk"])
        made = [one for one in crowd.make(store, self.room) if one.locale == "kk"]
        self.made = [crowd.grown(one, 38_000) for one in made]
        self.weeks = iter(Week(2027, number) for number in range(1, 50))

    def queue(self) -> None:
        crowd.put_in_queue(self.store, crowd.copies(self.store, self.made, next(self.weeks)))

    def send(self) -> None:
        delivered = crowd.send(self.store, self.room, patience=Patience())
        assert not delivered.trouble, delivered.trouble

    def message(self) -> bytes:
        """One, as it goes out."""
        ledger = Ledger(self.store, Logbook(self.room.sending, "look"))
        self.queue()
        keys = crowd.keys(self.store, self.room)
        rows = ledger.claim(now=NOW, lease=Patience().lease, limit=1, issues=None)
        body = Messages(self.store, self.room, keys).envelope(rows[0]).body
        ledger.hand_back({row.owner for row in rows})
        with self.store.write() as connection:
            connection.execute(sa.text("DELETE FROM delivery"))
        ledger.close()
        return body


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=10)
    args = parser.parse_args()
    messages, connections = args.messages, args.connections
    if not (Path(SOURCE).exists() and Path(SINK).exists()):
        raise SystemExit("smtp-source and smtp-sink are not here: apt-get install postfix")
    with (
        tempfile.TemporaryDirectory() as name,
        sink() as port,
        postgres.server() as server,
        server.migrated() as address,
    ):
        safe(server)
        folder, url = Path(name), f"smtp://127.0.0.1:{port}"
        lite, postgresql = open_store(f"sqlite:///{folder}/feeder.db"), open_store(address)
        ours = [Digest(folder / one.engine.name, one, url, messages, connections) for one in (lite, postgresql)]
        body = ours[0].message()
        print(f"{messages} messages of {len(body):,} octets, {connections} connections")
        work: dict[str, Callable[[], object]] = {
            "smtp-source": lambda: source(port, messages, connections, len(body)),
            "our transport, ready bytes": lambda: bare(url, messages, connections, body),
            "smtplib, ready bytes": lambda: plain(port, messages, connections, body),
            "feeder, SQLite": ours[0].send,
            "feeder, PostgreSQL": ours[1].send,
        }
        report(rounds(work, messages, ours))
        lite.close()
        postgresql.close()


def rounds(work: dict[str, Callable[[], object]], messages: int, ours: list[Digest]) -> list[dict[str, float]]:
    found = []
    for _ in range(ROUNDS):
        for one in ours:
            one.queue()
        found.append({name: timed(messages, act) for name, act in work.items()})
    return found


def report(found: list[dict[str, float]]) -> None:
    for name in found[0]:
        rate = statistics.median(one[name] for one in found)
        ratio = statistics.median(one[name] / one["smtp-source"] for one in found)
        print(f"{name:<28} {rate:>7,.0f}/s  {ratio:5.2f}")


def safe(server: postgres.Server) -> None:
    """As an operator has it: what is committed is on the disk."""
    engine = sa.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = on")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


if __name__ == "__main__":
    main()
