"""The HTTP application, put together from the services of a process; nothing is made at import."""

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware

from api import health, problems, sign_in
from api.metrics import Measured
from api.parameters import known_parameters
from api.rest.routers import ROUTERS
from api.services import Services
from api.shield import Marked, Shield
from api.web import app as web

PREFIX = "/api/v1"


def create_app(services: Services) -> FastAPI:
    """The application over `services`, which the caller starts before and stops after it."""
    settings = services.settings
    app = FastAPI(
        title="Jiebang",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        middleware=[Middleware(Shield, settings=settings), Middleware(problems.Answered)],
    )
    app.state.services = services
    problems.install(app)
    app.include_router(health.router)
    app.include_router(sign_in.router)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, dependencies=[Depends(known_parameters)])
    web.install(app)
    app.add_middleware(Marked)
    app.add_middleware(Measured)
    return app
