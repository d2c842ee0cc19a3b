"""All pages of the carrier's own (承运人页面的路由)."""

from fastapi import APIRouter

from api.pages.my.archive import router as archive_router
from api.pages.my.case_acts import router as acts_router
from api.pages.my.cases import router as cases_router
from api.pages.my.drafts import router as drafts_router
from api.pages.my.many import router as many_router
from api.pages.my.overview import router as overview_router
from api.pages.my.permits import router as permits_router
from api.pages.my.revise import router as revise_router

router = APIRouter(include_in_schema=False)
# Before the case's own actions: revising has a path below a case, too.
for _part in (
    overview_router,
    drafts_router,
    many_router,
    archive_router,
    permits_router,
    cases_router,
    revise_router,
    acts_router,
):
    router.include_router(_part)
