"""Settings of the running program, from the environment (运行设置)."""

import os
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def var_folder() -> Path:
    """The only folder written to unless told otherwise: ``DAJIAN_VAR``, default ``./var``."""
    return Path(os.environ.get("DAJIAN_VAR", "var"))


class ServiceSettings(BaseSettings):
    """What the service reads from variables that begin with ``DAJIAN_``; docs/operations.md lists them all."""

    model_config = SettingsConfigDict(env_prefix="DAJIAN_", extra="ignore", frozen=True)

    var: Path = Field(Path("var"), description="所有可写文件的目录 folder of everything written")
    database_url: str | None = Field(None, description="外部 PostgreSQL；缺省用内置数据库 another PostgreSQL than ours")
    network: Path | None = Field(None, description="路网目录；缺省 VAR/networks/demo folder of the network reviewed on")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="对外网址，写入二维码核验页 address others reach us at"
    )
    demo: bool = Field(default=False, description="演示模式：演示账号登录、水印 demo logins and watermarks")
    secure_cookies: bool = Field(default=False, description="仅经 HTTPS 发送会话 Cookie send cookies over HTTPS only")
    log_format: Literal["json", "console"] = Field("json", description="日志格式 format of the log")
    upload_mb: int = Field(20, ge=1, le=500, description="单个附件上限 MB largest attachment")
    public_checks_a_minute: int = Field(
        60, ge=1, description="公众每分钟每地址核验次数上限 permits that one address may check in a minute"
    )
    oidc_issuer: str | None = Field(None, description="统一身份认证的签发者 issuer of the unified identity")
    oidc_client_id: str | None = Field(None, description="统一身份认证的应用标识 our client id there")
    oidc_client_secret: SecretStr | None = Field(None, description="统一身份认证的应用密钥 our secret there")

    @property
    def network_folder(self) -> Path:
        """Folder of the network that reviews run on."""
        return self.network or self.var / "networks" / "demo"

    @property
    def attachments_folder(self) -> Path:
        """Folder of the attachments' bytes."""
        return self.var / "attachments"

    @property
    def keys_folder(self) -> Path:
        """Folder of signing keys, readable by us alone."""
        return self.var / "keys"


@cache
def service_settings() -> ServiceSettings:
    """The settings of this process, read once."""
    return ServiceSettings()
