"""All pages of accounts (账户页面的路由)."""

from fastapi import APIRouter

from api.pages.account.notifications import router as notifications_router
from api.pages.account.own import router as own_router
from api.pages.account.register import router as register_router
from api.pages.account.tokens import router as tokens_router
from api.pages.account.webhooks import router as webhooks_router

router = APIRouter(include_in_schema=False)
for _part in (register_router, own_router, tokens_router, notifications_router, webhooks_router):
    router.include_router(_part)
