from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request, status

from app.api.deps import Caller, CurrentUser, DatabaseDep, ScopeDep, SessionDep, SettingsDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.v1.chat import RunsDep
from app.schemas.auth import AccountPatch, ForgetIn, LoginIn, RefreshIn, RegisterIn, TokenPair, UserOut
from app.services import auth, personal_data
from app.services.sign_in_limit import SignInLimit, TooManySignIns

router = APIRouter(prefix="/auth", tags=["auth"])
log = structlog.get_logger()


async def sign_in_limit(request: Request) -> SignInLimit:
    found: SignInLimit = request.app.state.sign_in_limit
    return found


SignInLimitDep = Annotated[SignInLimit, Depends(sign_in_limit)]


@router.post("/register", status_code=status.HTTP_201_CREATED, responses=errors(400, 403, 409, 422, 429, 503))
async def register(
    wanted: RegisterIn, request: Request, database: DatabaseDep, settings: SettingsDep, limit: SignInLimitDep
) -> UserOut:
    """Make an account, with a tenant of its own. Signing in is the next step."""
    limit.check(email=wanted.email, host=_host(request))
    return UserOut.model_validate(await auth.register(database, settings, wanted))


@router.post("/login", responses=errors(400, 401, 422, 429, 503))
async def login(
    given: LoginIn, request: Request, database: DatabaseDep, settings: SettingsDep, limit: SignInLimitDep
) -> TokenPair:
    """Trade an address and a password for a short-lived access token and a refresh token."""
    try:
        limit.check(email=given.email, host=_host(request))
        pair = await auth.login(database, settings, given)
    except (TooManySignIns, auth.WrongCredentials) as refusal:
        # Beside it stands the client's address, by which a firewall may be told; never the account's
        log.warning("sign_in_refused", code=refusal.code)
        raise
    limit.succeeded(given.email)
    return pair


@router.post("/refresh", responses=errors(400, 401, 422, 503))
async def refresh(given: RefreshIn, database: DatabaseDep, settings: SettingsDep) -> TokenPair:
    """Trade a refresh token for the next pair. Each refresh token is good for one use."""
    return await auth.refresh(database, settings, given.refresh_token)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT, responses=errors(400, 422, 503))
async def logout(given: RefreshIn, database: DatabaseDep) -> None:
    """End this sign-in. The access token runs out by itself within minutes."""
    await auth.logout(database, given.refresh_token)


@router.get("/me", responses=SIGNED_IN_ERRORS)
async def me(user: CurrentUser) -> UserOut:
    return UserOut.model_validate(user)


@router.patch("/me", responses=SIGNED_IN_ERRORS)
async def change_account(session: SessionDep, scope: ScopeDep, wanted: AccountPatch) -> UserOut:
    """One's own name, and whether the analyst may remember what one says."""
    return UserOut.model_validate(await auth.change_account(session, scope, wanted))


@router.post("/me/forget", status_code=status.HTTP_204_NO_CONTENT, responses=SIGNED_IN_ERRORS | errors(403, 429))
async def forget_me(
    given: ForgetIn, request: Request, database: DatabaseDep, caller: Caller, runs: RunsDep, limit: SignInLimitDep
) -> None:
    """Delete all that one has said: conversations, opinions, memories, and reports that may quote them. For good.

    The account, portfolios and insights stay. Turns that are running are stopped.
    """
    limit.check(email=caller.email, host=_host(request))
    await personal_data.confirm(database, caller.scope, caller.email, given.password)
    limit.succeeded(caller.email)
    for run_id in await personal_data.running(database, caller.scope):
        await runs.stop(caller.scope, run_id)
    await personal_data.forget(database, caller.scope)


def _host(request: Request) -> str:
    return request.client.host if request.client is not None else "unknown"
