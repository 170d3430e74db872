"""Whether the service has data."""

from importlib.metadata import version

from fastapi import APIRouter

from api.deps import OpenBooks
from api.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/health")
def health(books: OpenBooks) -> Health:
    """Version of the program and of the ledger."""
    number = books.ledger.version
    return Health(status="ok" if number else "empty", version=version("fundtrail"), ledger_version=number)
