"""The HTTP application, put together from the services of a process; nothing is made at import."""

from functools import cache

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from api import docs, health, problems, sign_in
from api.allowed import Allowed
from api.docs import OPENAPI_URL
from api.metrics import Measured
from api.openapi import TITLE, VERSION, document_of, operation_id
from api.parameters import known_parameters
from api.rates import Rates
from api.rest.quick import QuickChallenge
from api.rest.routers import ROUTERS
from api.services import Services
from api.shield import Marked, Shield
from api.web import app as web

PREFIX = "/api/v1"


def create_app(services: Services) -> FastAPI:
    """The application over `services`, which the caller starts before and stops after it."""
    settings = services.settings
    rates = Rates(settings)
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI_URL,
        middleware=[Middleware(Shield, settings=settings, rates=rates), Middleware(problems.Answered)],
    )
    documented = [("", health.router), *((PREFIX, router) for router in ROUTERS)]
    app.state.services = services
    app.state.rates = rates
    app.state.allowed = Allowed(documented)
    problems.install(app)
    app.router.routes.insert(0, QuickChallenge(PREFIX))
    app.include_router(health.router)
    app.include_router(sign_in.router)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(known_parameters)])
    app.include_router(docs.router)
    web.install(app)
    # FastAPI's own way to say more than it knows.
    app.openapi = cache(lambda: document_of(app, documented))  # type: ignore[method-assign]
    app.add_middleware(Marked)
    app.add_middleware(Measured)
    return app
