"""The weights of the score: everybody in the market may read them, an administrator changes them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.changes import ChangeOf, Reply
from api.etags import ExpectedVersion
from api.identity import CurrentActor, ServicesOf
from api.rest.answers import answered, refusals, success
from api.rest.fields import Flag, Input, Output
from domain.matching.model import Policy
from domain.use_cases.policies import change_policy
from infra.repositories.policies import current_policy
from infra.unit_of_work import SqlUnitOfWork

router = APIRouter(prefix="/policy", tags=["matching"])

TermWeight = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


class PolicyIn(Input):
    """A whole policy. `cousin` is at most `sibling`."""

    coverage: TermWeight
    focus: TermWeight
    balance: TermWeight
    availability: TermWeight
    site: TermWeight
    uncertified: Fraction
    sibling: Fraction
    cousin: Fraction
    substitutes: Flag
    exposure_band: Fraction


class PolicyOut(Output):
    """The weights of the score's terms, and what uncertified levels and substitutes are worth."""

    version: int
    coverage: float
    focus: float
    balance: float
    availability: float
    site: float
    uncertified: float
    sibling: float
    cousin: float
    substitutes: bool
    exposure_band: float


@router.get("", response_model=PolicyOut, responses=success(200, "The policy") | refusals(401, 422))
def read_policy(services: ServicesOf, _: CurrentActor) -> Response:
    """The policy that rankings follow now."""
    with services.database.read() as connection:
        policy = current_policy(connection)
    return answered(PolicyOut.model_validate(policy), policy.version)


@router.put(
    "",
    response_model=PolicyOut,
    responses=success(200, "The new version") | refusals(401, 403, 409, 412, 422, 428),
)
def write_policy(
    change: ChangeOf, actor: CurrentActor, version: ExpectedVersion, wanted: PolicyIn
) -> Response:
    """Make a new version; rankings follow at once. Teams may be told of their matches anew."""

    def act(work: SqlUnitOfWork) -> Reply:
        base = work.policies.current().version if version is None else version
        policy = change_policy(work, actor, Policy(version=base, **wanted.model_dump()))
        return Reply(200, PolicyOut.model_validate(policy), policy.version)

    return change.run(actor, act)
