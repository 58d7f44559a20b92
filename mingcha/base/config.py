"""The settings of an installation: from the environment (`MINGCHA_…`), from `mingcha.toml`, secrets from files.

A setting is looked for in that order: the environment, a file of its name in the folder `MINGCHA_SECRETS`
(for passwords and keys), `mingcha.toml` in the working folder (or the file `MINGCHA_CONFIG` names), the default.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from mingcha.base.config_errors import ConfigError, of_source, of_validation


class Config(BaseSettings):
    """One installation. Every field is documented in docs/settings.md from its description."""

    model_config = SettingsConfigDict(env_prefix="MINGCHA_", extra="forbid")

    home: Path = Field(Path("var"), description="数据文件夹:嵌入式数据库、上传的文件、密钥")
    database: str = Field("", description="数据库地址;空为数据文件夹里的 SQLite,或 postgresql://用户@主机/库")
    database_password: SecretStr = Field(SecretStr(""), description="数据库口令(宜放在口令文件里)")
    host: str = Field("127.0.0.1", description="服务监听的地址")
    port: int = Field(8000, ge=1, le=65535, description="服务监听的端口")
    allowed_hosts: list[str] = Field(
        ["127.0.0.1", "localhost", "[::1]"], description="浏览器地址栏里允许的主机名"
    )
    https: bool = Field(False, description="是否经 HTTPS 提供(反向代理之后):Cookie 只走加密连接")
    region: str = Field("", description="本机关的行政区划代码(12 位)")
    site_name: str = Field("明察 政务服务电子监察", description="页面上的系统名称")
    requests_a_minute: int = Field(
        12_000, ge=0, description="一个客户端地址每分钟至多打开多少次页面(每个网页进程各计);0 为不限"
    )
    site_url: str = Field("", description="对外的网址,如 https://jc.example.gov.cn;写进邮件与回调里的链接")
    outside_hosts: list[str] = Field(
        [], description="内网里允许外发到的主机(如自建中继),写 主机 或 主机:端口;其余只许公网 https"
    )
    robots: dict[str, str] = Field(
        {},
        description='聊天机器人的中继地址,如 {"dingtalk": "https://中继/robot/send?access_token={key}"};不写为各平台的官方地址',
    )
    mail_host: str = Field("", description="发信服务器;空为不发邮件")
    mail_port: int = Field(25, ge=1, le=65535, description="发信服务器的端口")
    mail_security: Literal["none", "starttls", "tls"] = Field("none", description="发信时的加密方式")
    mail_user: str = Field("", description="发信账号;空为不登录")
    mail_password: SecretStr = Field(SecretStr(""), description="发信口令(宜放在口令文件里)")
    mail_from: str = Field("", description="发信人地址")
    proxies: list[str] = Field([], description="可信的反向代理的地址:只有经它们来的请求才认 X-Forwarded-For")
    password_days: int = Field(90, ge=0, description="口令用多少天后须更换;0 为不过期")
    idle_minutes: int = Field(30, ge=1, description="多少分钟没有操作即退出登录")
    sessions_at_once: int = Field(3, ge=1, description="一个账号同时登录的数目;再登录时最早的一处退出")
    lock_after: int = Field(5, ge=1, description="连续多少次登录失败后锁定账号")
    lock_minutes: int = Field(15, ge=1, description="锁定多少分钟")
    second_factor: list[str] = Field(
        ["system_admin", "security_admin", "auditor"],
        description="必须使用动态验证码的角色(监察员为 supervisor);其余的人自愿",
    )
    oidc_server: str = Field("", description="统一身份认证(OpenID Connect)的地址;空为不用")
    oidc_client: str = Field("", description="在统一身份认证登记的应用标识")
    oidc_secret: SecretStr = Field(SecretStr(""), description="统一身份认证的应用密钥(宜放在口令文件里)")
    oidc_name: str = Field("统一身份认证", description="登录页上统一身份认证的名称")
    oidc_field: str = Field("preferred_username", description="统一身份认证里与本系统账号相同的字段")
    anchors: Path | None = Field(
        None, description="审计锚点另存的文件夹,宜在另一台机器上;数据文件夹的 anchors 里总有一份"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="读 /metrics 要带的令牌;空为只许本机读(宜放在口令文件里)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="日志记到哪一级")
    debug: bool = Field(False, description="开发用;对外服务时不得打开")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of the module's first paragraph."""
        folder = os.environ.get("MINGCHA_SECRETS")
        secrets = [SecretsSettingsSource(settings_cls, secrets_dir=folder, env_prefix="")] if folder else []
        toml = TomlConfigSettingsSource(settings_cls, os.environ.get("MINGCHA_CONFIG", "mingcha.toml"))
        return (init_settings, env_settings, *secrets, toml)


@lru_cache
def config() -> Config:
    """The settings of this process, read once. Raises `ConfigError` that names every fault."""
    for name in ("MINGCHA_SECRETS", "MINGCHA_CONFIG"):
        if (path := os.environ.get(name)) and not Path(path).exists():
            raise ConfigError([f"{name} 指向的 {path} 不存在;核对路径"])
    try:
        return Config()
    except ValidationError as error:
        raise of_validation(error) from None
    except (SettingsError, TOMLDecodeError) as error:
        raise of_source(error) from None
