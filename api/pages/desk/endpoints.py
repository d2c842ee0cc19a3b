"""All pages of the desk (办件台)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.desk.act_endpoints import router as act_router
from api.pages.desk.bridge_endpoints import router as bridge_router
from api.pages.desk.case_endpoints import router as case_router
from api.pages.desk.checks_endpoints import router as checks_router
from api.pages.desk.dashboard_endpoints import router as dashboard_router
from api.pages.desk.queue_endpoints import router as queue_router

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
for part in (queue_router, checks_router, act_router, bridge_router, case_router, dashboard_router):
    router.include_router(part)
