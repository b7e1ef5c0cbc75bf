from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile

from app.api.body_limit import limited_upload
from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.importing.errors import MAX_BYTES, FileTooLarge
from app.schemas.day import Day
from app.schemas.importing import ImportReport
from app.services import importing
from app.services.import_plan import ImportOptions

router = APIRouter(
    prefix="/portfolios",
    tags=["portfolios"],
    responses=SIGNED_IN_ERRORS,
    route_class=limited_upload(MAX_BYTES, FileTooLarge),
)


@router.post("/import", responses=errors(404, 413))
async def import_portfolios(
    session: SessionDep,
    scope: ScopeDep,
    file: UploadFile,
    portfolio_id: Annotated[UUID | None, Form()] = None,
    name: Annotated[str | None, Form()] = None,
    as_of: Annotated[Day | None, Form()] = None,
    dry_run: Annotated[bool, Form()] = True,
    accept_partial: Annotated[bool, Form()] = False,
) -> ImportReport:
    """Positions and cash from a file: our CSV template, or an export of Schwab, Fidelity, Vanguard, Interactive Brokers
    (activity statement CSV) or Ghostfolio (JSON). It is recognised by its content.

    A dry run, which is the default, answers what would be made and which rows would be rejected, and keeps nothing. The
    real run keeps everything or, where rows are rejected and `accept_partial` is false, nothing (422).

    It goes into `portfolio_id`, or into a new portfolio called `name`; with neither, each portfolio or account that the
    file names becomes one. `as_of` is the day of what the file gives no date for. At most 10 MB and 20,000 rows.
    """
    options = ImportOptions(
        portfolio_id=portfolio_id,
        name=name,
        as_of=as_of,
        is_dry_run=dry_run,
        accepts_partial=accept_partial,
    )
    return await importing.import_file(session, scope, await file.read(), options)
