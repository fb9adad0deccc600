"""A mail server for tests, in a process of its own: it writes down what it takes before it says so, and can misbehave.

    with Sink(folder, delay=0.002, faults={"RCPT": {"451": 0.1}}) as sink:
        sink.url                "smtp://127.0.0.1:PORT"
        sink.taken()            [(Message-ID, address), ...] in the order in which they were taken
        sink.behave(faults={})  from the next connection on

Faults by stage ("connect", "MAIL", "RCPT", "DATA", "end"), each with its probability: "drop" hangs up, "stall" says nothing
for a while and hangs up, a number is the reply. At "end" there is also "lose": the message is taken, and the line goes dead.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

STALL = 3.0  #: seconds
Faults = Mapping[str, Mapping[str, float]]


class Sink:
    """The server, from a test's side."""

    def __init__(self, folder: Path, **behaviour: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log, self.plan = folder / "taken", folder / "plan.json"
        self.log.touch()
        self.port = 0
        self.behave(**behaviour)

    def behave(self, *, delay: float = 0.0, faults: Faults | None = None, seed: int = 1) -> None:
        draft = self.plan.with_suffix(".new")
        draft.write_text(json.dumps({"delay": delay, "faults": faults or {}, "seed": seed}), encoding="utf-8")
        draft.replace(self.plan)

    def __enter__(self) -> Self:
        line = [sys.executable, __file__, str(self.log), str(self.plan), str(self.port)]
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, encoding="ascii")
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.url = f"smtp://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody listens for a while."""
        self.__exit__()
        yield
        self.__enter__()

    def taken(self) -> list[tuple[str, str]]:
        rows = (line.split("\t") for line in self.log.read_text(encoding="utf-8").splitlines())
        return [(row[0], row[1]) for row in rows]


# --- the server itself ----------------------------------------------------------------------------


class _Hangup(Exception):  # noqa: N818  what is done
    """The connection ends here."""


class _Talk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, log: int, plan: Path) -> None:
        self.reader, self.writer, self.log = reader, writer, log
        rules = json.loads(plan.read_text(encoding="utf-8"))
        self.delay, self.faults = rules["delay"], rules["faults"]
        self.chance = random.Random(f"{rules['seed']} {os.times().elapsed}")

    async def run(self) -> None:
        try:
            await self.step("connect", "220 sink ESMTP")
            while line := await self.line():
                await self.command(line)
        except (_Hangup, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.transport.abort()

    async def command(self, line: str) -> None:
        verb = line.split()[0].upper() if line.strip() else ""
        if verb in ("EHLO", "HELO"):
            await self.say("250-sink\r\n250 8BITMIME")
        elif verb == "MAIL":
            await self.step("MAIL", "250 2.1.0 ok")
        elif verb == "RCPT":
            self.to = re.search("<(.*?)>", line)[1]  # type: ignore[index]  # or the connection ends
            await self.step("RCPT", "250 2.1.5 ok")
        elif verb == "DATA":
            if await self.step("DATA", "354 go on"):
                await self.message()
        elif verb == "QUIT":
            await self.say("221 bye")
            raise _Hangup
        else:
            await self.say("250 ok")

    async def message(self) -> None:
        lines = []
        while (line := await self.line()) != ".":
            lines.append(line)
        fault = self.fault("end")
        await asyncio.sleep(self.delay)
        if fault in ("drop", "stall") or fault.isdecimal():
            await self.misbehave(fault)
            return
        name = next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:"))
        os.write(self.log, f"{name}\t{self.to}\n".encode())
        os.fsync(self.log)
        if fault == "lose":
            raise _Hangup
        await self.say("250 2.0.0 taken")

    async def step(self, stage: str, reply: str) -> bool:
        if fault := self.fault(stage):
            await self.misbehave(fault)
            return False
        await self.say(reply)
        return True

    def fault(self, stage: str) -> str:
        at = self.chance.random()
        for name, probability in self.faults.get(stage, {}).items():
            at -= probability
            if at < 0:
                return str(name)
        return ""

    async def misbehave(self, fault: str) -> None:
        if fault.isdecimal():
            await self.say(f"{fault} {fault[0]}.0.0 not like this, <{getattr(self, 'to', '')}>")
            return
        if fault == "stall":
            await asyncio.sleep(STALL)
        raise _Hangup

    async def say(self, reply: str) -> None:
        self.writer.write(f"{reply}\r\n".encode())
        await self.writer.drain()

    async def line(self) -> str:
        line = await self.reader.readuntil(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r\n")


async def _serve(log: Path, plan: Path, port: int) -> None:
    file = os.open(log, os.O_WRONLY | os.O_APPEND)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Talk(reader, writer, file, plan).run()

    server = await asyncio.start_server(talk, "127.0.0.1", port, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201  the test waits for it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
