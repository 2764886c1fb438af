-- The published file: what managers and analysts may see. Names are initials, customer keys pseudonyms; facts and
-- letters are not here. Everything in it is derived from the working file and may be written anew at any time.
-- metadata.yml describes every column to its readers.

create table notes (
  id            integer primary key,
  said_on       text not null,
  verbatim      text not null,
  reading       text,
  kind          text,
  channel       text,
  touchpoint    text,
  themes        text not null,
  customer      text,
  initials      text,
  segment       text,
  satisfaction  integer,
  week          text not null,
  month         text not null,
  said_at       text not null,
  logged_at     text not null,
  agent         text not null,
  on_behalf_of  text,
  source        text,
  corrected     integer not null,
  answered_at     text,
  answer_minutes  integer,
  closed_on       text
) strict;
create index notes_by_time on notes (said_at);
create index notes_by_month on notes (month);
create index notes_by_week on notes (week);
create index notes_by_customer on notes (customer, said_at, kind) where customer is not null;
create index notes_by_channel on notes (channel, said_at);
create index notes_by_kind on notes (kind, said_at);
create index notes_by_touchpoint on notes (touchpoint, said_at);
create index notes_by_agent on notes (agent, said_at);
create index notes_by_day on notes (said_on, customer);
create index notes_with_reading on notes (id) where reading is not null;
create index notes_answered on notes (month, channel, answer_minutes) where answered_at is not null;
create index notes_answered_by_day on notes (said_on, channel, answer_minutes) where answered_at is not null;
create index notes_unanswered on notes (said_at) where answered_at is null;

-- What a page tells of a theme stands in rows side by side, the newest last, so that it need not look up every note.
create table note_themes (
  theme       text not null,
  said_at     text not null,
  note_id     integer not null references notes (id),
  said_on     text not null,
  customer    text,
  kind        text,
  channel     text,
  touchpoint  text,
  primary key (theme, said_at, note_id)
) strict, without rowid;
create index note_themes_by_note on note_themes (note_id);

create table themes (
  name           text primary key,
  title          text,
  owner          text,
  measure        text,
  fixed_on       text,
  notes          integer not null,
  customers      integer not null,
  complained     integer not null,
  again          integer not null,
  came_back      integer not null,
  first_said_on  text,
  last_said_on   text
) strict;

create table promises (
  id           integer primary key,
  note_id      integer not null references notes (id),
  what         text not null,
  owner        text not null,
  promised_by  text not null,
  promised_on  text not null,
  due_on       text not null,
  outcome      text not null,
  ended_on     text,
  moved        integer not null,
  counts_on    text not null,
  in_time      integer,
  why          text,
  customer     text,
  initials     text
) strict;
create index promises_by_note on promises (note_id);
create index promises_by_counting_day on promises (counts_on);
create index promises_by_due_day on promises (outcome, due_on);
create index promises_by_last_day on promises (outcome, ended_on);

create table responses (
  id            integer primary key,
  note_id       integer not null references notes (id),
  kind          text not null,
  responded_at  text not null,
  agent         text not null,
  text          text,
  amount        real,
  currency      text
) strict;
create index responses_by_note on responses (note_id);

-- By day, so that any period is a sum of few rows. Where nobody said how or what, it says 'unknown'.
create table stats_days (
  said_on   text not null,
  channel   text not null,
  kind      text not null,
  notes     integer not null,
  answered  integer not null,
  primary key (said_on, channel, kind)
) strict, without rowid;

create table stats_theme_days (
  said_on  text not null,
  theme    text not null,
  notes    integer not null,
  primary key (said_on, theme)
) strict, without rowid;
create index stats_theme_days_by_theme on stats_theme_days (theme, said_on, notes);

create table stats_weeks (
  week         text primary key,
  notes        integer not null,
  customers    integer not null,
  complaints   integer not null,
  compliments  integer not null
) strict;

create table stats_months (
  month        text primary key,
  notes        integer not null,
  customers    integer not null,
  complaints   integer not null,
  compliments  integer not null
) strict;

create table stats_channels (
  month      text not null,
  channel    text not null,
  notes      integer not null,
  customers  integer not null,
  primary key (month, channel)
) strict;

create table stats_kinds (
  month      text not null,
  kind       text not null,
  notes      integer not null,
  customers  integer not null,
  primary key (month, kind)
) strict;

create table stats_touchpoints (
  month       text not null,
  touchpoint  text not null,
  notes       integer not null,
  customers   integer not null,
  primary key (month, touchpoint)
) strict;

create table stats_themes (
  month      text not null,
  theme      text not null,
  notes      integer not null,
  customers  integer not null,
  primary key (month, theme)
) strict;

-- Promises by the month of the day they are measured by; answers and goodwill by the month their notes were said.
create table stats_promises (
  month         text primary key,
  promises      integer not null,
  kept_in_time  integer not null,
  kept_late     integer not null,
  broken        integer not null,
  open          integer not null,
  moved         integer not null
) strict;

create table stats_answers (
  month           text not null,
  channel         text not null,
  notes           integer not null,
  answered        integer not null,
  median_minutes  integer,
  closed          integer not null,
  primary key (month, channel)
) strict;

create table stats_responses (
  month      text not null,
  kind       text not null,
  responses  integer not null,
  notes      integer not null,
  primary key (month, kind)
) strict;

create table stats_goodwill (
  month     text not null,
  theme     text not null,
  currency  text not null,
  times     integer not null,
  amount    real not null,
  primary key (month, theme, currency)
) strict;

-- The words customers used more in one of the newest months than in all other notes.
create table stats_words (
  month            text not null,
  word             text not null,
  notes            integer not null,
  notes_elsewhere  integer not null,
  share            real not null,
  share_elsewhere  real not null,
  score            real not null,
  log_ratio        real not null,
  note_id          integer references notes (id),
  primary key (month, word)
) strict;

-- In how many notes each root stands, in the newest months and in all: what stats_words is made from.
create table root_counts (
  month  text not null,           -- or 'all'
  root   text not null,
  notes  integer not null,
  primary key (month, root)
) strict, without rowid;

-- Which log these pages were made from, and how far: the newest change and customer that are in here.
create table publication (
  name   text primary key,
  value  text not null
) strict;

-- Search, in the same three tables as in the working file (see schema.sql there).
create table wordings (
  note_id   integer primary key references notes (id),
  verbatim  text,
  stems     text not null
) strict;
create table words (
  id      integer primary key,
  word    text not null unique,
  root    text not null,
  folded  text not null,
  notes   integer not null
) strict;
create index words_by_root on words (root, notes);
create index words_by_folded on words (folded);
create virtual table words_fts using fts5 (
  word, content="words", content_rowid="id", tokenize="trigram", columnsize=0
);
create trigger words_indexed after insert on words begin
  insert into words_fts (rowid, word) values (new.id, new.word);
end;
create trigger words_unindexed before delete on words begin
  insert into words_fts (words_fts, rowid, word) values ('delete', old.id, old.word);
end;
create view searched_notes as
  select notes.id, notes.verbatim, wordings.stems from notes cross join wordings on wordings.note_id = notes.id;
create virtual table notes_fts using fts5 (
  verbatim, stems, content="searched_notes", content_rowid="id", tokenize="unicode61 remove_diacritics 0"
);
create trigger wordings_indexed after insert on wordings begin
  insert into notes_fts (rowid, verbatim, stems) select id, verbatim, stems from searched_notes where id = new.note_id;
end;
create trigger wordings_unindexed before delete on wordings begin
  insert into notes_fts (notes_fts, rowid, verbatim, stems)
    select 'delete', id, verbatim, stems from searched_notes where id = old.note_id;
end;
