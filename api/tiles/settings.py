"""Settings of the map (电子地图设置)."""

from functools import cache
from typing import Final

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from maps.style_map import TIANDITU_HOSTS

_OWN: Final = (
    "default-src 'self'; img-src 'self' data: blob:{hosts}; connect-src 'self'{hosts}; worker-src 'self' blob:"
)
_NEVER: Final = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"


class MapSettings(BaseSettings):
    """What the map reads from variables that begin with ``DAJIAN_``."""

    model_config = SettingsConfigDict(env_prefix="DAJIAN_", extra="ignore", frozen=True)

    tianditu_key: SecretStr | None = Field(
        None, description="天地图密钥；设置后地图才叠加天地图底图 key of 天地图: only with it another host is asked"
    )
    map_approval: str = Field("", max_length=60, description="审图号，显示在地图上 approval number shown on the map")

    @property
    def key(self) -> str | None:
        """The key as text; the browser has to know it, so it is one that is bound to our address."""
        return self.tianditu_key.get_secret_value() or None if self.tianditu_key else None


@cache
def map_settings() -> MapSettings:
    """The settings of this process, read once."""
    return MapSettings()


def map_policy(settings: MapSettings) -> str:
    """The content security policy of a page with a map: ours alone, with a key also the hosts of 天地图."""
    hosts = "".join(f" {host}" for host in TIANDITU_HOSTS) if settings.key else ""
    return f"{_OWN.format(hosts=hosts)}; {_NEVER}"
