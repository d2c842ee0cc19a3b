"""Getting ready beside answering (预热): the network is opened and class vehicles are prepared before somebody asks."""

import threading

import structlog

from api.cases import grounds
from api.errors import ServiceUnavailableError
from api.reviews.classes import keep_classes
from api.unit_of_work import LOCAL, utc_now
from data.policies import load_policy

_log = structlog.get_logger("api.operations")


def warm_in_background() -> threading.Thread:
    """Warm this process up without keeping anybody waiting; answers are the same before and after."""
    thread = threading.Thread(target=warm, name="warming", daemon=True)
    thread.start()
    return thread


def warm() -> None:
    """Open the network in use and prepare class vehicles for today; what fails is logged and met again by reviews."""
    try:
        network = grounds.current().network
    except ServiceUnavailableError as error:
        _log.warning("not warmed up", fault=str(error))
        return
    keep_classes(network, load_policy(), on=utc_now().astimezone(LOCAL).date())
    _log.info("warmed up", network=network.graph.network_id)
