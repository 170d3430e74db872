"""Errors of the API as `application/problem+json` (RFC 9457): Chinese title, stable type."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.schemas import Problem
from tracer.casework.alerts import UnknownAlert
from tracer.casework.pairs import UnknownDecision
from tracer.errors import DataRefusedError, FundtrailError, UsageError
from tracer.mask import mask_text
from tracer.recipients.matching import UnknownPair

MEDIA_TYPE = "application/problem+json"

_TITLES = {
    400: ("bad-request", "请求不合规"),
    403: ("other-site", "不接受别的网站发来的写入"),
    404: ("not-found", "没有这个对象"),
    405: ("method-not-allowed", "这个地址不接受这种操作"),
    409: ("refused", "数据被拒绝"),
    421: ("wrong-host", "只接受对本机地址的访问"),
    422: ("invalid", "参数不正确"),
    500: ("internal", "程序内部错误"),
    503: ("unavailable", "暂时不能回答"),
}
"""Type and title of each status that the API gives."""

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": _TITLES[status][1],
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
    for status in (400, 403, 404, 409, 421, 422, 503)
}
"""For the OpenAPI description: what every route may answer besides its own answer."""


class NotFound(FundtrailError):  # noqa: N818 - reads better where it is raised
    """What was asked for is not in the ledger."""


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> JSONResponse:
    """A problem response; `detail` is masked."""
    kind, title = _TITLES.get(status, ("error", HTTPStatus(status).phrase))
    body = Problem(
        type=f"/problems/{kind}", title=title, status=status, detail=mask_text(detail), errors=errors or []
    )
    return JSONResponse(jsonable_encoder(body), status_code=status, media_type=MEDIA_TYPE)


def handle_errors(app: FastAPI) -> None:
    """Give every error of the app the form of a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(FundtrailError, _ours)
    app.add_exception_handler(Exception, _bug)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "pointer": "/".join(map(str, found["loc"])),
            "detail": str(found["msg"]).removeprefix("Value error, "),
        }
        for found in error.errors()
    ]
    return problem(422, "请检查 errors 中列出的参数 / see errors", errors)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


async def _ours(_: Request, error: Exception) -> JSONResponse:
    unknown = dict.fromkeys((NotFound, UnknownAlert, UnknownDecision, UnknownPair), 404)
    statuses = unknown | {UsageError: 422, DataRefusedError: 409}
    return problem(
        next((status for kind, status in statuses.items() if isinstance(error, kind)), 503), str(error)
    )


async def _bug(_: Request, error: Exception) -> JSONResponse:
    return problem(500, f"{type(error).__name__}：请把这个问题告诉维护者 / please report this")
