"""docs/settings.md: every setting, from the descriptions of `base.config.Config`.

`python -m mingcha.base.settings_page docs/settings.md`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from mingcha.base.config import Config
from mingcha.trials.pages.markdown import inline, rows

_HEAD = """\
# 设置 Settings

<!-- 本页由 make docs 按 mingcha/base/config.py 生成。Generated from the settings by make docs. -->

每一项按下面的次序找,先找到的算:

1. 环境变量 `MINGCHA_…`:名称大写,如 `MINGCHA_PORT=8080`;列表与表写成 JSON,如 `MINGCHA_PROXIES='["10.0.0.2"]'`;
2. 口令文件:`MINGCHA_SECRETS` 所指文件夹里与设置同名的文件(如 `database_password`),一个文件一项,只给运行本系统的用户读;
3. `mingcha.toml`(工作文件夹里的,或 `MINGCHA_CONFIG` 所指的文件);
4. 默认值。

写错的名称、不合适的值在启动时逐条指出。`mingcha doctor` 检查设置合不合用。

密钥不在设置里:第一次启动时生成在数据文件夹的 `secrets/`,须另行备份(`mingcha backup --keys`)。

两个环境变量不是设置,只管不用数据库的命令:

- `MINGCHA_CALENDARS`:自己的日历文件夹。里面的 `2027.yaml`(`mingcha calendar import` 写成)代替随产品提供的那一年,
  `local/` 里是地方日历。`check`、`explain`、`certify`、`verify`、`clock`、`calendar` 等据此计算;没有这个文件夹、
  文件有误时只指出,不计算。数据库里的办件依网页“发布”里施行的日历;
- `MINGCHA_SPARK_MASTER`:`check --engine spark` 在哪里运行,不写为 `local[2]`。
"""


def settings_page() -> str:
    """The whole page."""
    told = [
        (inline(name), f"`MINGCHA_{name.upper()}`", _default(field), field.description or "")
        for name, field in Config.model_fields.items()
    ]
    return "\n".join([_HEAD, rows(("名称", "环境变量", "默认", "说明"), told)])


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value == "":
        return "空"
    return inline(str(value) if isinstance(value, Path) else json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(settings_page(), encoding="utf-8")
