"""Tidying up after broken-off uploads (清理中断的上传)."""

import datetime as dt

import structlog

from api.applications.storage import LocalStorage
from api.settings import service_settings
from api.unit_of_work import UnitOfWork

KEPT_FOR = dt.timedelta(days=1)  # no upload lasts that long
_log = structlog.get_logger("api.applications")


def clear_unfinished_uploads(work: UnitOfWork) -> None:
    """Remove temporary files of uploads that never ended; may be run at any time and again."""
    storage = LocalStorage(service_settings().attachments_folder)
    cleared = storage.clear_unfinished((work.now - KEPT_FOR).timestamp())
    if cleared:
        _log.info("cleared unfinished uploads", count=cleared)
