"""/metrics for Prometheus: what there is, how old it is, how long it took. Numbers of persons, never persons.

Everything is looked up when it is asked for, at most every few seconds, and nothing is counted in this process: after a
restart, and from each of several processes, the numbers are the same.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from threading import Lock
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from feeder import __version__
from feeder.errors import FeederError
from feeder.jobs.measures import Figures
from feeder.model import DeliveryState, SubscriberState
from feeder.web.files import SAFE

KEPT = 5.0  #: seconds for which an answer is given again
_DELIVERIES: tuple[DeliveryState, ...] = ("queued", "sending", "sent", "failed", "held")
_SUBSCRIBERS: tuple[SubscriberState, ...] = ("pending", "active", "paused", "left", "bounced", "complained")
_HELD = ("uncertain", "late", "restored")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the door gives: the numbers, what fails, when each job is due next."""

    figures: Callable[[], Figures]
    failing: Callable[[], Mapping[str, str]]  #: job -> one word
    due: Callable[[], Mapping[str, datetime]]  #: job -> next time
    locales: Sequence[str]
    tokens: Sequence[str] = ()  #: secrets that open it from elsewhere; none: this machine only


def route(watch: Watch) -> Route:
    """GET /metrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Facts(watch))
    ProcessCollector(registry=registry)
    kept = _Kept(lambda: generate_latest(registry))

    def metrics(request: Request) -> Response:
        if not allowed(request, watch.tokens):
            headers = {"Cache-Control": "no-store", "WWW-Authenticate": "Bearer", **SAFE}
            return Response("For this machine, or with the token of [metrics].\n", 401, headers, "text/plain")
        try:
            body = kept.body()
        except FeederError:  # the reason is in the log, and in the health
            return Response("The store does not answer.\n", 503, {"Cache-Control": "no-store", **SAFE}, "text/plain")
        return Response(body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store", **SAFE})

    return Route("/metrics", metrics)


def allowed(request: Request, tokens: Sequence[str]) -> bool:
    """Whether it comes from this machine itself, not through a proxy on it, or has one of the tokens."""
    given = request.headers.get("authorization", "")
    if given:
        kind, _, token = given.partition(" ")
        right = [hmac.compare_digest(token.strip().encode(), one.encode()) for one in tokens if one]
        return kind.lower() == "bearer" and any(right)
    return _is_here(request.client.host if request.client else "") and not any(
        name in request.headers for name in _FORWARDED
    )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class _Kept:
    """An answer that is made anew when it is some seconds old; who asks meanwhile waits for the one that is being made."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self.make, self.lock, self.made, self.at = make, Lock(), b"", float("-inf")

    def body(self) -> bytes:
        with self.lock:
            if time.monotonic() - self.at > KEPT:
                self.made, self.at = self.make(), time.monotonic()
            return self.made


# --- the numbers, in Prometheus's words ------------------------------------------------------------


class _Facts(Collector):
    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def collect(self) -> Iterator[Metric]:
        figures, failing = self.watch.figures(), self.watch.failing()
        yield InfoMetricFamily("feeder_build", "This feeder.", {"version": __version__})
        yield _gauge("feeder_healthy", "1: /healthz is green.", [((), 0 if failing else 1)])
        yield _gauge("feeder_failing", "1: this job fails, for this reason.",
                     [((job, why), 1) for job, why in sorted(failing.items())], "job", "reason")  # fmt: skip
        yield from _articles(figures)
        yield from _mail(figures, self.watch.locales)
        yield from _sources(figures)
        yield from _jobs(figures, self.watch.due())
        yield _gauge("feeder_store_size_bytes", "Size of the store.", [((), figures.store_size)])
        yield _gauge("feeder_disk_free_bytes", "Free where feeder writes.", [((), figures.disk_free)])


def _articles(figures: Figures) -> Iterator[Metric]:
    counts = figures.counts
    states = {False: "published", True: "draft"}
    rows = [((language, states[bool(draft)]), number) for (language, draft), number in counts.articles.items()]
    yield _gauge("feeder_articles", "Articles that could be read.", rows, "language", "state")
    yield _gauge("feeder_stories", "Stories; translations of one another are one.", [((), counts.stories)])
    names = {one.name.partition("?")[0]: one.name for one in figures.sources}
    refused = [((names.get(key.partition("?")[0], "(removed)"),), number) for key, number in counts.quarantined.items()]
    yield _gauge("feeder_quarantined_articles", "Articles that could not be read.", _summed(refused), "source")
    yield _gauge("feeder_withheld_articles", "Articles that were read and cannot be shown.", [((), figures.withheld)])
    yield _gauge("feeder_retracted_stories", "Stories taken back.", [((), counts.retracted)])
    yield _gauge("feeder_published_files", "Files of the site.", [((), counts.files)])
    yield _gauge("feeder_published_bytes", "Size of the files of the site, uncompressed.", [((), counts.bytes)])
    yield _gauge("feeder_waiting_pings", "Feeds whose hub is still to be told of a change.", [((), counts.pings)])


def _mail(figures: Figures, locales: Sequence[str]) -> Iterator[Metric]:
    counts = figures.counts
    issues = [((one,), counts.issues.get(one, 0)) for one in locales]
    yield _gauge("feeder_issues", "Issues of the digest that were made.", issues, "language")
    deliveries = [((one,), counts.deliveries.get(one, 0)) for one in _DELIVERIES]
    yield _gauge("feeder_deliveries", "Deliveries of issues to subscribers.", deliveries, "state")
    pace = figures.pace
    minutes = pace.span.total_seconds() / 60
    what = f"Deliveries that went out in a minute, over the last {minutes:.0f}."
    yield _gauge("feeder_deliveries_per_minute", what, [((), pace.per_minute)])
    held = [((one,), counts.held.get(one, 0)) for one in _HELD]
    yield _gauge("feeder_held_deliveries", "Deliveries that wait for the operator.", held, "reason")
    people = [((one, state), counts.subscribers.get((one, state), 0)) for one in locales for state in _SUBSCRIBERS]
    yield _gauge("feeder_subscribers", "Subscribers of the digest.", people, "language", "state")
    bounces = [((kind,), number) for kind, number in sorted(counts.bounces.items())]
    yield _gauge("feeder_bounces", "Reports that came back from mail servers.", bounces, "kind")


def _sources(figures: Figures) -> Iterator[Metric]:
    of = figures.sources
    yield _gauge("feeder_source_last_success_timestamp_seconds", "When a feed on the web was last read.",
                 _times((one.name, one.last_success) for one in of), "source")  # fmt: skip
    yield _gauge("feeder_source_newest_article_timestamp_seconds", "When the newest article of a source was published.",
                 _times((one.name, one.newest) for one in of), "source")  # fmt: skip
    failures = [((one.name,), one.failures) for one in of if one.kind == "feed"]
    yield _gauge("feeder_source_failures", "Visits that failed since the last that did not.", failures, "source")
    silent = [((one.name,), int(one.silent)) for one in of]
    yield _gauge("feeder_source_silent", "1: longer without news than is usual with it.", silent, "source")


def _jobs(figures: Figures, due: Mapping[str, datetime]) -> Iterator[Metric]:
    jobs = sorted(figures.jobs.items())
    yield _gauge("feeder_job_last_success_timestamp_seconds", "When a job last went well.",
                 _times((job, at) for job, (at, _) in jobs), "job")  # fmt: skip
    took = [((job,), seconds) for job, (_, seconds) in jobs if seconds is not None]
    yield _gauge("feeder_job_last_duration_seconds", "How long a job took when it last went well.", took, "job")
    yield _gauge("feeder_job_next_run_timestamp_seconds", "When a job is due next.", _times(sorted(due.items())), "job")


def _times(rows: Iterable[tuple[str, datetime | None]]) -> list[tuple[tuple[str, ...], float]]:
    return [((name,), at.timestamp()) for name, at in rows if at]


def _summed(rows: Iterable[tuple[tuple[str, ...], int]]) -> list[tuple[tuple[str, ...], float]]:
    total: dict[tuple[str, ...], float] = {}
    for names, number in rows:
        total[names] = total.get(names, 0) + number
    return sorted(total.items())


def _gauge(name: str, text: str, rows: Iterable[tuple[Sequence[str], Any]], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in rows:
        family.add_metric(values, float(number))
    return family
