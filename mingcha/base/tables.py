"""What the tables of the database lack of this version."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables_lacking() -> tuple[str, str] | None:
    """What is seen, and what to do, in Chinese; None where the tables are this version's.

    This version cannot back up the tables of another: what is not backed up, the program before the upgrade backs up.
    """
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not steps:
        return None
    if not executor.loader.applied_migrations:
        return "还没有建立", "运行 mingcha migrate"
    return f"还不是本版本的(差 {steps} 步)", "升级前没有备份的,先用升级前的程序备份;再运行 mingcha migrate"
