"""事项目录: the items, and what their limits lack."""
