"""The step to version 2: what a log needs that sends its notes to a hub, and what the hub needs. Never edited again."""

import sqlite3

_SQL = """
create table receipts (
  uid           text primary key,
  sent_version  text,
  sent_at       text,
  version       text,
  received_at   text check ((received_at is null) = (version is null))
) strict, without rowid;
create table arrived (
  uid          text not null,
  sender       text not null,
  version      text not null,
  customer_id  integer references customers (id),
  theme_id     integer references themes (id),
  held         text check (held is null or json_valid(held)),
  primary key (uid, sender)
) strict, without rowid;
create index arrived_by_customer on arrived (customer_id) where customer_id is not null;
create index arrived_by_theme on arrived (theme_id) where theme_id is not null;
create table parked (
  uid        text primary key,
  sender     text not null,
  version    text not null,
  mark       text not null,
  why        text not null check (why in ('newer feedlog', 'erasure on its way')),
  parked_at  text not null,
  entry      text not null
) strict, without rowid;
create table erased_customers (
  mark        text not null,
  erasure_id  integer not null references erasures (id),
  primary key (mark, erasure_id)
) strict, without rowid;
create table sites (
  sender             text primary key,
  name               text not null,
  log                text not null,
  schema             integer not null,
  hub_schema         integer not null,
  clock_off_seconds  integer not null,
  waiting            integer not null,
  oldest_at          text,
  parked             integer not null default 0,
  namesakes          integer not null default 0,
  heard_at           text not null
) strict, without rowid;
create table unreadable (
  number      integer primary key,
  subject     text not null,
  why         text not null,
  size_bytes  integer not null,
  arrived_at  text not null
) strict;
create index changes_by_customer on changes (customer_id, id) where customer_id is not null;
"""


def step(connection: sqlite3.Connection) -> None:
    """Makes the tables between sites, all empty, and finds a customer's changes by an index."""
    from feedlog.store.upgrades import statements

    for statement in statements(_SQL):
        connection.execute(statement)
