"""The API: FastAPI under `/v1`, on this machine only, masked, with nothing loaded from outside."""

import ipaddress
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response

from api.deps import Books, known_parameters
from api.errors import PROBLEMS, handle_errors, problem
from api.routes import (
    accounts,
    alerts,
    compare,
    findings,
    funds,
    health,
    indicators,
    payments,
    persons,
    rules,
    trace,
    ways,
)
from tracer.errors import UsageError
from tracer.messages import say_both

ROUTES = (
    health,
    payments,
    indicators,
    accounts,
    trace,
    compare,
    ways,
    findings,
    rules,
    alerts,
    funds,
    persons,
)

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without a port, can only be this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_own_origin(request: Request) -> bool:
    """Whether a request comes from no web page (browsers say which), or from one that this service gave."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def check_loopback(host: str) -> None:
    """Raise `UsageError` unless the service would listen on this machine only."""
    if not is_loopback(host):
        raise UsageError(say_both("loopback_only", host=host))


def create_app(home: Path) -> FastAPI:
    """The app on one home folder; FastAPI's own pages are off, as they load scripts from outside."""
    app = FastAPI(
        title="fundtrail",
        version=version("fundtrail"),
        description="追踪财政资金。Follow public money, to the fen. All answers are masked.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
    )
    app.state.books = Books(home)
    for module in ROUTES:
        app.include_router(module.router, prefix="/v1", dependencies=[Depends(known_parameters)])
    handle_errors(app)

    @app.middleware("http")
    async def guard(request: Request, forward: Callable[[Request], Awaitable[Response]]) -> Response:
        # A page of any web site can make a browser send requests here under its own name (DNS rebinding).
        host, colon, port = request.headers.get("host", "").rpartition(":")
        name = host if colon and port.isdigit() else request.headers.get("host", "")
        answer: Response
        if not is_loopback(name):
            answer = problem(421, "Host 必须是本机地址 / the Host header must name this machine")
        elif request.method not in _READING and not is_own_origin(request):
            answer = problem(
                403, "Origin 是别的网站，没有写入 / the Origin header names another site; nothing was kept"
            )
        else:
            answer = await forward(request)
        answer.headers.update(_HEADERS)
        return answer

    return app
