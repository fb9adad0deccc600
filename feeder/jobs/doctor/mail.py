"""Whether the digest can leave the house, and be believed where it arrives. A mail server is greeted, nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path

from feeder import config as configuration
from feeder.errors import ConfigError, FeederError, Unreachable
from feeder.jobs import outgoing
from feeder.jobs.bounces import SEEN
from feeder.jobs.compile import sender
from feeder.jobs.doctor.patient import Patient
from feeder.model import Finding
from feeder.sources import returned
from feeder.store import meta
from feeder.transports import smtp_connect, smtp_url

_SUBJECT = "mail"
_PATIENCE = 8.0  #: seconds for each answer of the server
_NOWHERE = ("localhost", "local", "localdomain", "invalid", "test", "internal", "lan", "home")  #: no names of the net


def server(patient: Patient) -> Iterator[Finding]:
    """Connect, TLS, login, NOOP, goodbye."""
    url = patient.room.config.mail.smtp_url
    if not url:
        yield Finding(
            level="note",
            subject=_SUBJECT,
            what="no mail server is configured",
            why="the digest is written to files in the outbox, and to nobody",
            todo="to send it, set FEEDER_MAIL_SMTP_URL",
        )
    elif url.startswith(("file:", "maildir:")):
        yield Finding(level="fine", subject=_SUBJECT, what="messages are written to files, and sent by another program")
    else:
        yield _greeted(patient, url)


def _greeted(patient: Patient, url: str) -> Finding:
    try:
        known = smtp_url.parse(url, patient.room.data)
        hasty = replace(known, timeout=_PATIENCE)
        link = smtp_connect.connect(hasty, smtp_connect.tls(hasty), name=patient.room.config.host)
        try:
            link.noop()
        finally:
            smtp_connect.leave(link)
    except Unreachable as error:
        return _refused(str(error), for_now=400 <= error.code < 500)
    except (ConfigError, OSError) as error:
        return _refused(str(error), for_now=False)
    way = {"none": "in the open", "starttls": "encrypted by STARTTLS", "tls": "encrypted"}[known.security]
    login = ", the login is right" if known.user else ", without a login"
    return Finding(level="fine", subject=_SUBJECT, what=f"{known.host}:{known.port} answers, {way}{login}")


def _refused(what: str, *, for_now: bool) -> Finding:
    return Finding(
        level="warning" if for_now else "blocker",
        subject=_SUBJECT,
        what=what,
        why="no digest can be sent; feeder tries again for a while, and each is sent once when it works",
        todo="try again later" if for_now else "correct mail.smtp_url, or see that the mail server runs and lets us in",
    )


# --- who it is from ---------------------------------------------------------------------------------


def identity(patient: Patient) -> Iterator[Finding]:
    """The sender's domain, the site's, and the list's name fit together, and are names of the net."""
    config = patient.room.config
    own = _domain(patient)
    if not config.mail.smtp_url:
        return
    found = [*_unreal(config.host, own), *_apart(config.host, own), *_returning(patient, own)]
    yield from found
    if not found:
        one = sender(patient.room, patient.room.site.locales[0])
        yield Finding(level="fine", subject="sender", what=f"mail is from {own}, lists are named as {one.list_id}")


def _domain(patient: Patient) -> str:
    return sender(patient.room, patient.room.site.locales[0]).address.rpartition("@")[2].lower()


def _unreal(host: str, own: str) -> Iterator[Finding]:
    for name, what in ((host, "base_url"), (own, "mail.sender")):
        if _is_number(name) or name.rpartition(".")[2] in _NOWHERE:
            yield Finding(
                level="warning",
                subject="sender",
                what=f"the host of {what} is {name}, which is no name of the net",
                why="servers refuse such senders, links to leave lead nowhere, and List-Id must stay the same for ever",
                todo=f"write the real name in {what} before anything is sent",
            )


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _apart(host: str, own: str) -> Iterator[Finding]:
    if not _aligned(host, own):
        yield Finding(
            level="note",
            subject="sender",
            what=f"mail is from {own}, and its links lead to {host}",
            why="filters look twice at mail whose links lead elsewhere",
            todo="if both are yours, send from an address at the site's own domain",
        )


def _returning(patient: Patient, own: str) -> Iterator[Finding]:
    mail = patient.room.config.mail
    path = mail.return_path.rpartition("@")[2].lower()
    if path and not _aligned(path, own):
        yield Finding(
            level="warning",
            subject="sender",
            what=f"bounces go to {path}, and mail is from {own}",
            why="SPF is checked for the first and DMARC wants it to be the domain of the second",
            todo="use a return path at the sender's domain, or see that DKIM signs for it",
        )
    if mail.return_path and not mail.bounces:
        yield Finding(
            level="warning",
            subject="bounces",
            what="mail.return_path is set and mail.bounces is not",
            why="what comes back is read by nobody, and providers stop taking mail that goes to dead addresses",
            todo="name the mailbox in which bounces arrive in mail.bounces",
        )


def _aligned(one: str, other: str) -> bool:
    """The same domain, or one below the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


# --- what the DNS should say ------------------------------------------------------------------------


def records(patient: Patient) -> Iterator[Finding]:
    """Text to copy into the zone of the sender's domain; whether it is there is not asked, and DNS is for no surprise."""
    mail = patient.room.config.mail
    if not mail.smtp_url:
        return
    own = _domain(patient)
    yield _record("SPF", _spf(patient, own), "servers ask whether the machine that sends may send for this domain")
    yield from _dkim(patient, own)
    dmarc = f'_dmarc.{own}. IN TXT "v=DMARC1; p=none"'
    yield _record("DMARC", dmarc, "large providers want one from whoever sends to many; p=quarantine when all is well")


def _record(name: str, text: str, why: str) -> Finding:
    return Finding(
        level="note",
        subject=f"DNS {name}",
        what=text,
        why=why,
        todo="publish it, unless the domain has one; then compare",
    )


def _spf(patient: Patient, own: str) -> str:
    mail = patient.room.config.mail
    domain = mail.return_path.rpartition("@")[2] or own
    try:
        host = smtp_url.parse(mail.smtp_url, patient.room.data).host
    except ConfigError:
        host = ""
    if host and not _is_number(host) and host != "localhost":
        mechanism = f"a:{host}" if _aligned(host, own) else f"include:NAME-THAT-{host.upper()}-TELLS-YOU"
    else:
        mechanism = "a mx"
    return f'{domain}. IN TXT "v=spf1 {mechanism} ~all"'


def _dkim(patient: Patient, own: str) -> Iterator[Finding]:
    mail = patient.room.config.mail
    try:
        signer = outgoing.signer_of(patient.room)
    except ConfigError as error:
        yield Finding(
            level="blocker",
            subject="DNS DKIM",
            what=str(error),
            why="no message can be signed, and none is sent unsigned",
            todo="correct mail.dkim_key_file, or make a key: openssl genrsa -out KEY 2048",
        )
        return
    if signer is None:
        yield Finding(
            level="note",
            subject="DNS DKIM",
            what="feeder signs nothing",
            why="large providers refuse unsigned mail to many",
            todo="see that the mail server signs for the sender's domain, or set mail.dkim_key_file",
        )
        return
    from feeder.mail.dkim import zone_line

    yield _record("DKIM", zone_line(*signer.record()), "servers ask for this key to see that nobody changed a message")
    domain = mail.dkim_domain or own
    if not _aligned(domain, own):
        yield Finding(
            level="warning",
            subject="DNS DKIM",
            what=f"messages are signed for {domain} and are from {own}",
            why="DMARC counts only a signature of the sender's own domain",
            todo="take mail.dkim_domain out, or set it to the domain of mail.sender",
        )


# --- what comes back --------------------------------------------------------------------------------


def bounces(patient: Patient) -> Iterator[Finding]:
    """Whether the mailbox is there, and read."""
    configured = patient.room.config.mail.bounces
    if not configured:
        return
    path = configuration.absolute(configured, patient.room.data)
    if not path.exists():
        yield Finding(
            level="warning",
            subject="bounces",
            what=f"there is no mailbox {path}",
            why="dead addresses are never noticed",
            todo="let the mail server deliver the address of mail.return_path there",
        )
        return
    waiting = _waiting(patient, path)
    if waiting:
        yield Finding(
            level="note" if waiting < 1000 else "warning",
            subject="bounces",
            what=f"{path} has {waiting if waiting > 1 else 'something'} that was not read yet",
            why="whom they tell of still gets mail",
            todo="feeder serve reads them within a minute; see that it runs and may read them",
        )
    else:
        yield Finding(level="fine", subject="bounces", what="all that came back is read")


def _waiting(patient: Patient, path: Path) -> int:
    """New messages of a Maildir; 1 for an mbox file that has changed since it was read."""
    new = path / "new"
    if new.is_dir():
        return sum(1 for _ in new.iterdir())
    if path.is_dir() or patient.store is None or not path.stat().st_size:
        return 0
    with patient.store.read() as connection:
        return int(meta.value(connection, SEEN) != returned.facts(path))


# --- Python -----------------------------------------------------------------------------------------


def patch_level(patient: Patient) -> Iterator[Finding]:
    """Whether this Python lets an encoded subject write header lines of its own (CVE-2024-6923)."""
    if not patient.room.config.mail.smtp_url:
        return
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "=?utf-8?Q?x=0D=0AX-Injected:_yes?="
    try:
        injected = "X-Injected" in message_from_bytes(message.as_bytes())
    except (ValueError, FeederError):  # it refuses such a header, as it should
        injected = False
    if injected:
        yield Finding(
            level="note",
            subject="Python",
            what="this Python writes line ends into mail headers when they come encoded (CVE-2024-6923)",
            why="feeder writes its headers itself and is safe; other programs may not be",
            todo="update Python: 3.11.10, 3.12.5 and later are right",
        )
