"""Everything feeder raises on purpose.

    FeederError
    ├── ConfigError      feeder.toml or FEEDER_* is wrong
    ├── LocaleError      a language code we do not serve
    ├── DateError        a date we cannot read
    ├── ArticleError     one article cannot be read; it is quarantined, the rest goes on
    ├── FolderError      the folder of a source cannot be read at all
    ├── FetchError       an address cannot be fetched, or is none we go to
    ├── TemplateError    a template or a catalog is wrong
    ├── StoreError       the store is newer, older or locked
    ├── HubError         the WebSub hub did not take what it was told
    ├── AddressError     no mail address, or one we do not write to
    ├── TransportError   a message was not taken
    │   ├── NotNow       try again later
    │   ├── Never        this message will not be taken
    │   ├── Unknown      the connection broke when the message was out: nobody knows
    │   └── Unreachable  the mail server cannot be used at all; the message is none the wiser
    └── NotFound         no such story, place, issue or file

The message of each is one line for a person: what is wrong, and what to do.
"""

from __future__ import annotations


class FeederError(Exception):
    """Base of all; the command line prints it in one line and exits with 1."""


class ConfigError(FeederError):
    """The configuration is wrong; the message names the key."""


class LocaleError(FeederError, ValueError):
    """A language code that is unknown, or one we refuse, such as kk-Latn."""


class DateError(FeederError, ValueError):
    """Text that is not a date in the form asked for."""


class ArticleError(FeederError):
    """An article that cannot be read.

    `field` names what is wrong ("published", "encoding", "title"), `line` is 1-based, 0 when it is the whole file.
    """

    def __init__(self, reason: str, *, field: str = "", line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.field, self.line = reason, field, line


class FolderError(FeederError):
    """The folder of a source cannot be read at all; what it gave before stays."""


class FetchError(FeederError):
    """An address cannot be fetched, or is none we go to.

    `wait` is for how many seconds the server wants to be left alone; `gone`: it says that nothing will ever be there again;
    `reached`: it answered, so that others on the same host may be well.
    """

    def __init__(self, reason: str, *, wait: int = 0, gone: bool = False, reached: bool = False) -> None:
        super().__init__(reason)
        self.wait, self.gone, self.reached = wait, gone, reached


class TemplateError(FeederError):
    """A template or a catalog is wrong; the message names file and line. What was published stays."""


class StoreError(FeederError):
    """The store cannot be used as it is."""


class HubError(FeederError):
    """The hub did not take a ping; the message says what it did. `general`: other topics would fare the same now."""

    def __init__(self, reason: str, *, general: bool = False) -> None:
        super().__init__(reason)
        self.general = general


class AddressError(FeederError, ValueError):
    """Text that is no mail address, or (`disposable`) an address that is thrown away after a day. It is not repeated."""

    def __init__(self, reason: str, *, disposable: bool = False) -> None:
        super().__init__(reason)
        self.disposable = disposable


class TransportError(FeederError):
    """A message was not taken. The text is what the server said, without addresses; `code` its SMTP reply, 0 for none."""

    def __init__(self, reason: str, *, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class NotNow(TransportError):  # noqa: N818  what the server says
    """The server refuses the message for now (4yz); nothing was taken."""


class Never(TransportError):  # noqa: N818  what the server says
    """The server refuses the message for good (5yz); nothing was taken."""


class Unknown(TransportError):  # noqa: N818  what we know
    """The connection broke between the end of the message and the answer: it may have been taken, or not."""


class Unreachable(TransportError):  # noqa: N818  what the server is
    """The server cannot be used: no connection, no TLS, no login. Nothing was taken; others would fare the same."""


class NotFound(FeederError, LookupError):  # noqa: N818  the word people use, as in HTTP
    """What was asked for does not exist."""
