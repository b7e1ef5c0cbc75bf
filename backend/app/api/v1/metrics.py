import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app import metrics
from app.api.deps import DatabaseDep, SettingsDep
from app.errors import NotFound, Unauthenticated
from app.services import metrics as service

_bearer = HTTPBearer(auto_error=False)


async def operator(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)], settings: SettingsDep
) -> None:
    token = settings.metrics_token.get_secret_value()
    if not token:
        raise NotFound
    given = credentials.credentials if credentials is not None else ""
    if not secrets.compare_digest(given.encode(), token.encode()):
        raise Unauthenticated("The metrics need SIGMASIGHT_METRICS_TOKEN as a bearer token.")


# Not of the API that people's programs are written against, and in a format of its own
router = APIRouter(tags=["health"], include_in_schema=False, dependencies=[Depends(operator)])


@router.get("/metrics")
async def get_metrics(database: DatabaseDep) -> Response:
    """For Prometheus. Off, and not to be found, unless the operator has set a token."""
    return Response(await service.exposition(database), media_type=metrics.CONTENT_TYPE)
