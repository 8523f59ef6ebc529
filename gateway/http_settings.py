"""How GraphQL is served over HTTP: the table `[gateway.http]`."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.settings_reader import SettingsReader
from gateway.hosts import ANY, served_of
from gateway.stream_settings import read_origins


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """What browsers, caches and clients may do."""

    hosts: tuple[str, ...] = ()
    """Names under which the gateway may be asked, such as `portal.example.go.id`, with a port if no
    other counts, or `*.example.go.id`; `*` for any.  None named: on a loopback address those of
    this machine, else any.  Name them: other sites' names can be led to any address."""
    origins: tuple[str, ...] = ()
    """Origins of other sites, such as `https://portal.example.go.id`, whose pages may ask and read
    (CORS), answers in parts and WebSockets too; none unless named."""
    require_preflight: bool = True
    """A GET needs a header that a page of another site cannot add unasked, such as
    `Apollo-Require-Preflight: 1`; if false, it is refused only where the browser says that such a
    page asks."""
    compression: bool = True
    """Answers to the public of 4 KiB and more are compressed with gzip for clients that take it."""
    max_age: float = 10.0
    """For how long caches may keep whole answers to the public's GET before they ask again."""
    batch: int = 1
    """How many operations one request may hold as a JSON array; 1 takes no arrays."""


def read_http(read: SettingsReader, before: HttpSettings) -> HttpSettings:
    """Read the table `http` of *read* over what is known from *before*."""
    table = read.section("http")
    if table is None:
        return before
    settings = HttpSettings(
        hosts=(*before.hosts, *_hosts(table)),
        origins=(*before.origins, *read_origins(table)),
        require_preflight=table.flag("require_preflight", default=before.require_preflight),
        compression=table.flag("compression", default=before.compression),
        batch=table.whole("batch", before.batch, most=100),
        max_age=table.seconds("max_age", before.max_age),
    )
    table.finish()
    return settings


def _hosts(table: SettingsReader) -> tuple[str, ...]:
    hosts = table.texts("hosts")
    for host in hosts:
        try:
            if host != ANY:
                served_of(host)
        except ValueError:
            table.problem(
                "hosts",
                f"holds no host: {host[:80]}",
                "write NAME[:PORT], [IPV6][:PORT] or *.NAME[:PORT], as it stands in an address",
            )
    return tuple(each.lower() for each in hosts)
