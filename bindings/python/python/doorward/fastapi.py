"""Dependencies for FastAPI, behind `doorward.asgi.DoorwardMiddleware`.

@app.get("/v1/orders/{id}")
def order(id: str, principal: CurrentPrincipal) -> dict[str, str]:
    return {"id": id, "for": principal.subject}
"""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from ._doorward import Decision, Principal
from .asgi import DoorwardMiddleware

__all__ = [
    "CurrentDecision",
    "CurrentPrincipal",
    "DoorwardMiddleware",
    "OptionalPrincipal",
    "decision",
    "optional_principal",
    "principal",
]


def decision(connection: HTTPConnection) -> Decision:
    """The decision on this request; an error, and so a 500, where no middleware made one."""
    made = connection.scope.get("state", {}).get("doorward")
    if not isinstance(made, Decision) or not made.allowed:
        raise RuntimeError("expected a decision in the request's state: is DoorwardMiddleware installed?")
    return made


def principal(connection: HTTPConnection) -> Principal:
    """Who the caller is; an error, and so a 500, on a route where the policy lets anyone in."""
    found = decision(connection).principal
    if found is None:
        raise RuntimeError("expected a principal: the policy lets anyone in here")
    return found


def optional_principal(connection: HTTPConnection) -> Principal | None:
    """Who the caller is; None on a route where the policy lets anyone in."""
    return decision(connection).principal


CurrentDecision = Annotated[Decision, Depends(decision)]
CurrentPrincipal = Annotated[Principal, Depends(principal)]
OptionalPrincipal = Annotated[Principal | None, Depends(optional_principal)]
