"""The engine (判定引擎): facts + rules + calendar + as_of -> findings, on DuckDB or Spark."""
