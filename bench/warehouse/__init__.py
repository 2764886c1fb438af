"""Five million notes as Parquet: each analysis in DuckDB and on a Spark cluster of this machine, `make warehouse`."""
