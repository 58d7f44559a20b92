"""Settings come from four places in order, and what is wrong with them is said in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingcha.base.config import Config, config
from mingcha.base.config_errors import ConfigError
from mingcha.base.settings_page import settings_page

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Writes mingcha.toml and secrets; reads the settings anew."""
    monkeypatch.setenv("MINGCHA_CONFIG", str(tmp_path / "mingcha.toml"))
    (tmp_path / "mingcha.toml").write_text("")
    (tmp_path / "secrets").mkdir()
    monkeypatch.setenv("MINGCHA_SECRETS", str(tmp_path / "secrets"))
    return lambda: config.__wrapped__()


def test_the_environment_goes_before_secret_files_before_the_file_before_the_default(
    settings, tmp_path, monkeypatch
):
    (tmp_path / "mingcha.toml").write_text('mail_user = "toml"\nmail_host = "toml"\nmail_from = "toml"\n')
    (tmp_path / "secrets" / "mail_user").write_text("secret\n")
    (tmp_path / "secrets" / "mail_host").write_text("secret\n")
    monkeypatch.setenv("MINGCHA_MAIL_HOST", "environment")
    found = settings()
    assert (found.mail_host, found.mail_user, found.mail_from, found.mail_port) == (
        "environment",
        "secret",
        "toml",
        25,
    )


def test_a_password_comes_from_a_file_of_its_name_and_is_not_shown(settings, tmp_path):
    (tmp_path / "secrets" / "database_password").write_text("秘密\n")
    found = settings()
    assert found.database_password.get_secret_value() == "秘密"
    assert "秘密" not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "99999999", "设置 port(MINGCHA_PORT 或 mingcha.toml):不得大于 65535"),
        ("PORT", "many", "设置 port(MINGCHA_PORT 或 mingcha.toml):应为整数"),
        ("HTTPS", "perhaps", "设置 https(MINGCHA_HTTPS 或 mingcha.toml):应为 true 或 false"),
        (
            "ALLOWED_HOSTS",
            "a,b",
            "设置 allowed_hosts(MINGCHA_ALLOWED_HOSTS):列表与表要写成 JSON,如 '[\"a\"]'",
        ),
        ("SECRETS", "/nowhere", "MINGCHA_SECRETS 指向的 /nowhere 不存在;核对路径"),
    ],
)
def test_a_value_that_cannot_be_used_is_told(settings, monkeypatch, name, value, told):
    monkeypatch.setenv(f"MINGCHA_{name}", value)
    with pytest.raises(ConfigError) as raised:
        settings()
    assert raised.value.problems == [told]


def test_all_faults_are_told_at_once(settings, tmp_path):
    (tmp_path / "mingcha.toml").write_text('port = 0\nporrt = 1\nlog_level = "loud"\n')
    with pytest.raises(ConfigError) as raised:
        settings()
    assert len(raised.value.problems) == 3
    assert any("没有这一项设置" in problem for problem in raised.value.problems)


def test_a_file_that_is_no_toml_is_told(settings, tmp_path):
    (tmp_path / "mingcha.toml").write_text("port: 8000")
    with pytest.raises(ConfigError, match="读不了"):
        settings()


def test_the_page_of_settings_is_up_to_date():
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == settings_page(), "make docs"


def test_every_setting_says_in_chinese_what_it_is():
    for name, field in Config.model_fields.items():
        assert any(character > "一" for character in field.description or ""), name
