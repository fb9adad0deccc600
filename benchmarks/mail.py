"""How fast mail is made, signed and sent, beside what Python's own library takes for it.

    python benchmarks/mail.py [--rounds 9] [--recipients 1000]

The issue is in Kazakh, some 60 kB of html and text, and goes to different recipients. Printed, best of the rounds, each
round having all of them: microseconds of the processor a message, for EmailMessage and for ours, without a signature and
with each kind; beside the latter what the bare arithmetic of the signature takes on this machine. Then messages a second
over one connection into a small server in another process that throws them away: smtplib with ready bytes, and ours; the
same with a server that offers PIPELINING.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import smtplib
import socket
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from feeder.mail import dkim, message
from feeder.model import PREFERENCES, UNSUBSCRIBE, Issue, Recipient, Sender, Week
from feeder.transports import open_transport

TEXTS = Path(__file__).parent / "text"
BASE = "https://news.example.org/kk"
SENDER = Sender(
    name="Дала үлгісі",
    address="digest@news.example.org",
    list_id="digest-kk.news.example.org",
    archive=f"{BASE}/digest/",
    help=f"{BASE}/privacy/",
)


def issue() -> Issue:
    paragraphs = [part for part in (TEXTS / "kk.txt").read_text(encoding="utf-8").split("\n\n") if part.strip()]
    html = "\n".join(f'<tr><td style="padding:8px"><p>{part}</p></td></tr>' for part in paragraphs)
    while len(html.encode()) < 40_000:
        html += html
    foot = f'\n<a href="{UNSUBSCRIBE}">Жазылудан бас тарту</a> <a href="{PREFERENCES}">Баптау</a>\n</table>'
    return Issue(
        id="2026-W46-kk",
        week=Week(2026, 46),
        locale="kk",
        subject="Апталық шолу: 2026 жылғы 9–15 қараша",
        html=f"<table>{html[:22_000]}{foot}",
        text="\n\n".join(paragraphs)[:8000] + f"\n\n{UNSUBSCRIBE}\n{PREFERENCES}\n",
        stories=(),
        url=f"{BASE}/digest/2026-W46/",
        dated=datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Almaty")),
    )


def reader(number: int) -> Recipient:
    return Recipient(
        address=f"reader{number}@example.net",
        message_id=f"{number:032x}@news.example.org",
        unsubscribe=f"{BASE}/unsubscribe/{number:032}",
        preferences=f"{BASE}/preferences/{number:032}",
    )


def by_the_library(one: Issue, to: Recipient) -> bytes:
    """The same message from email.message."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"] = f"{SENDER.name} <{SENDER.address}>", to.address
    made["Subject"], made["Date"], made["Message-ID"] = one.subject, one.dated, f"<{to.message_id}>"
    made["List-Unsubscribe"], made["List-Unsubscribe-Post"] = f"<{to.unsubscribe}>", "List-Unsubscribe=One-Click"
    text, html = (
        part.replace(UNSUBSCRIBE, to.unsubscribe).replace(PREFERENCES, to.preferences) for part in (one.text, one.html)
    )
    made.set_content(text, cte="base64")
    made.add_alternative(html, subtype="html", cte="base64")
    return made.as_bytes()


def microseconds(action: Callable[[Recipient], object], count: int) -> float:
    readers = [reader(number) for number in range(count)]
    start = time.process_time()
    for one in readers:
        action(one)
    return 1e6 * (time.process_time() - start) / count


def composing(rounds: int) -> None:
    """Each kind beside the others, in the same rounds."""
    one = issue()
    keys: dict[str, dkim.Key] = {
        "RSA 2048": rsa.generate_private_key(65537, 2048),
        "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    }
    signers = {name: dkim.Signer(key, domain="news.example.org", selector="feeder") for name, key in keys.items()}
    actions: dict[str, tuple[Callable[[Recipient], object], int]] = {
        "EmailMessage": (lambda to: by_the_library(one, to), 40),
        "ours": (message.prepare(one, SENDER).compose, 1000),
    }
    for name, key in keys.items():
        actions[f"ours, {name}"] = (message.prepare(one, SENDER, signer=signers[name]).compose, 300)
        actions[f"bare {name}"] = (_bare(key), 300)
    times = [{name: microseconds(*action) for name, action in actions.items()} for _ in range(rounds)]
    best = {name: min(one[name] for one in times) for name in actions}
    size = len(message.prepare(one, SENDER).compose(reader(1)))
    sys.stdout.write(f"one message of {size / 1000:.0f} kB\n")
    for name, took in best.items():
        sys.stdout.write(f"  {name:<16} {took:8.1f} us  x{took / best['EmailMessage']:.4f} of EmailMessage\n")
    for name in keys:
        more = best[f"ours, {name}"] - best["ours"]
        sys.stdout.write(
            f"  DKIM {name}: {more:.0f} us a message, x{more / best[f'bare {name}']:.2f} of the bare signature\n"
        )


def _bare(key: dkim.Key) -> Callable[[Recipient], object]:
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda _: key.sign(b"x" * 32, padding.PKCS1v15(), hashes.SHA256())
    return lambda _: key.sign(b"x" * 32)


# --- sending --------------------------------------------------------------------------------------


@contextlib.contextmanager
def sink(*, pipelining: bool) -> Iterator[int]:
    """The port of a server in another process that takes everything and keeps nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(listener, pipelining))
    process.start()
    yield listener.getsockname()[1]
    process.terminate()
    process.join()
    listener.close()


def _serve(listener: socket.socket, pipelining: bool) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb", buffering=1 << 16) as lines:
            connection.sendall(b"220 sink\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"EHLO":
                    connection.sendall(b"250-sink\r\n250 PIPELINING\r\n" if pipelining else b"250 sink\r\n")
                elif verb == b"DATA":
                    connection.sendall(b"354 go\r\n")
                    for part in lines:
                        if part == b".\r\n":
                            break
                    connection.sendall(b"250 ok\r\n")
                else:
                    connection.sendall(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


def sending(rounds: int, recipients: int) -> None:
    prepared = message.prepare(issue(), SENDER)
    letters = [(reader(number).address, prepared.compose(reader(number))) for number in range(recipients)]
    for pipelining in (False, True):
        with sink(pipelining=pipelining) as port:
            times = {"smtplib": [_smtplib(port, letters) for _ in range(rounds)]}
            times["ours"] = [_ours(port, letters) for _ in range(rounds)]
        per_second = {name: recipients / min(took) for name, took in times.items()}
        sys.stdout.write(f"into a server {'with' if pipelining else 'without'} PIPELINING, one connection\n")
        for name, speed in per_second.items():
            sys.stdout.write(
                f"  {name:<8} {speed:6.0f} messages a second  x{speed / per_second['smtplib']:.2f} of smtplib\n"
            )


def _smtplib(port: int, letters: list[tuple[str, bytes]]) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="news.example.org") as link:
        for to, data in letters:
            link.sendmail(SENDER.address, [to], data)
    return time.perf_counter() - start


def _ours(port: int, letters: list[tuple[str, bytes]]) -> float:
    start = time.perf_counter()
    with contextlib.closing(open_transport(f"smtp://127.0.0.1:{port}", Path())) as transport:
        for to, data in letters:
            transport.send(SENDER.address, to, data, name="x", before_end=lambda: None)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast mail is made, signed and sent.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--recipients", type=int, default=1000)
    arguments = parser.parse_args()
    composing(arguments.rounds)
    sending(min(arguments.rounds, 3), arguments.recipients)


if __name__ == "__main__":
    main()
