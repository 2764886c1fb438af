"""The warehouse: a folder of Parquet files, one partition a month, made from the published file for analysts.

Whoever reads it needs no feedlog: DuckDB, Spark and pandas open the files. It holds no more than the published file
does. Needs the packages of `pip install feedlog[warehouse]`, which are loaded only when a function here needs them.
"""
