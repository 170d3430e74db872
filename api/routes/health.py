"""Whether the service has data."""

from importlib.metadata import version

from fastapi import APIRouter, Request

from api.deps import OpenBooks
from api.schemas import Door, Doors, Health

router = APIRouter(tags=["health"])


@router.get("")
def doors(request: Request) -> Doors:
    """What can be asked here."""
    paths = request.app.openapi()["paths"]
    return Doors(doors=[Door(path=path, summary=item["get"]["description"]) for path, item in paths.items()])


@router.get("/health")
def health(books: OpenBooks) -> Health:
    """Version of the program and of the ledger."""
    number = books.ledger.version
    return Health(status="ok" if number else "empty", version=version("fundtrail"), ledger_version=number)
