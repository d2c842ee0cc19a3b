"""The web application (网络服务): routers, faults, and what surrounds every request."""

import datetime as dt
from collections.abc import Callable
from importlib.metadata import version

from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.administration_endpoints import router as accounts_router
from api.accounts.endpoints import router as session_router
from api.accounts.oidc_endpoints import router as oidc_router
from api.accounts.registration_endpoints import router as registration_router
from api.accounts.token_endpoints import router as tokens_router
from api.applications.endpoints import router as applications_router
from api.applications.endpoints_axles import router as axles_router
from api.cases.endpoints import router as cases_router
from api.db.migrate import newest, revision_of
from api.errors import ServiceUnavailableError
from api.exchange.endpoints import router as exchange_router
from api.holdings.endpoints import router as holdings_router
from api.http import openapi, problems
from api.http.middleware import AroundRequests, Measures
from api.ledger.endpoints import router as ledger_router
from api.notifications.endpoints import router as notifications_router
from api.outbox.endpoints import router as outbox_router
from api.pages import faults as page_faults
from api.pages.endpoints import router as pages_router
from api.permits.endpoints import router as permits_router
from api.provinces.endpoints import router as settings_router
from api.reviews.measures import RoutingMeasures
from api.settings import ServiceSettings
from api.supervision.endpoints import router as supervision_router
from api.tiles.endpoints import router as tiles_router
from api.unit_of_work import utc_now
from api.whatif.endpoints import router as what_if_router

_MEGABYTE = 1_000_000
ROUTERS = (
    session_router,
    applications_router,
    axles_router,
    cases_router,
    accounts_router,
    tokens_router,
    registration_router,
    oidc_router,
    settings_router,
    notifications_router,
    what_if_router,
    ledger_router,
    supervision_router,
    exchange_router,
    permits_router,
    holdings_router,
    outbox_router,
    tiles_router,
    pages_router,
)


def create_app(
    sessions: sessionmaker[Session], settings: ServiceSettings, *, now: Callable[[], dt.datetime] = utc_now
) -> FastAPI:
    """Make the application.

    Args:
        sessions: Makes database sessions.
        settings: Of this process.
        now: The clock; tests bring their own.
    """
    app = FastAPI(
        title="大件运输许可 dajian",
        version=version("dajian"),
        description="大件运输路线审查与许可办理接口。Review of routes and permits of oversize transport.",
        docs_url=None,  # its pages load scripts from other hosts
        redoc_url=None,
        generate_unique_id_function=openapi.operation_id,
    )
    registry = CollectorRegistry()
    app.state.sessions = sessions
    app.state.settings = settings
    app.state.now = now
    app.state.registry = registry
    RoutingMeasures(registry)
    app.add_middleware(AroundRequests, measures=Measures(registry), largest_body=(settings.upload_mb + 1) * _MEGABYTE)
    problems.install(app)
    page_faults.install(app)
    openapi.install(app)
    for router in ROUTERS:
        app.include_router(router)
    _add_health(app)
    return app


def _add_health(app: FastAPI) -> None:
    sessions: sessionmaker[Session] = app.state.sessions

    @app.get("/health", tags=["operations 运行"], summary="存活 is the process alive")
    def health() -> dict[str, str]:
        """Is the process alive."""
        return {"status": "ok"}

    @app.get("/ready", tags=["operations 运行"], summary="就绪 can it answer")
    def ready() -> dict[str, str]:
        """Can it answer: the database is there and its schema is the one we know."""
        with sessions() as session:
            session.execute(text("SELECT 1"))
            revision = revision_of(session.get_bind().engine)
        if revision != newest():
            raise ServiceUnavailableError(f"the schema is {revision}, wanted {newest()}: run dajian migrate")
        return {"status": "ok", "schema": revision}

    @app.get("/metrics", response_class=PlainTextResponse, tags=["operations 运行"], summary="指标 Prometheus metrics")
    def metrics() -> Response:
        """Prometheus metrics."""
        return Response(generate_latest(app.state.registry), media_type=CONTENT_TYPE_LATEST)
