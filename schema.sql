-- feedlog: the working file
--
-- What customers actually said, in their own words, and what became of it. Read this top to bottom and you know
-- the business. Conventions: tables are plural; `id` numbers a row for people, `uid` (UUIDv7) names it for machines
-- on every copy; `*_at` is an instant in UTC ('2026-03-13T14:05:00Z'), `*_on` a local day ('2026-03-13'); empty
-- means nobody said so. This file makes new logs only; feedlog/store/upgrades.py brings older ones up to it.

-- Settings that belong to the file, not to the person who opens it.
create table settings (
  name   text primary key,        -- 'languages': whose stems the search index holds, e.g. 'da sv nb en'
  value  text not null            -- 'uid': which log this is, so that published pages are never mixed up
) strict;


-- ---------------------------------------------------------------------------------------------------------------
-- Who

-- The people and firms who talk to us, known by the key the firm already uses for them. Their numbers, and those of all
-- that an erasure takes, are never used again: the record of changes goes on naming them.
create table customers (
  id              integer primary key autoincrement,
  uid             text not null unique,
  key             text not null collate nocase unique       -- customer number, phone or mail, as the firm writes it
                  check (length(trim(key)) between 1 and 200 and key not glob '*[' || char(1) || '-' || char(31) || ']*'),
  name            text check (length(trim(name)) > 0),      -- empty until somebody has asked or heard it
  since_on        text check (since_on is date(since_on, '+0 days')), -- customer since; '+0 days' also rejects 31 February
  segment         text,           -- the firm's own segment, e.g. 'business'
  type            text,           -- how they like to be met, e.g. producer, administrator, entrepreneur, integrator
  prefers         text,           -- 'a call, not a mail; short and to the point'
  language        text,           -- language of letters: da, sv, nb, en
  merged_into_id  integer references customers (id),        -- this key turned out to be the same person as that one
  created_at      text not null,
  created_by      text not null
) strict;
create index customers_by_name on customers (name collate nocase);
create index customers_by_merge on customers (merged_into_id) where merged_into_id is not null;
-- The key without what people write differently: 'K 1042', 'k-1042' and 'K1042' are most likely one customer.
create index customers_by_plain_key on customers (
  replace(replace(replace(replace(replace(lower(key), ' ', ''), '-', ''), '.', ''), '+', ''), '/', '')
);

-- How a customer was described before a change, so that `undo` can bring it back. Goes with the customer.
create table customer_versions (
  change_id    integer primary key references changes (id),
  customer_id  integer not null references customers (id),
  name         text,
  since_on     text,
  segment      text,
  type         text,
  prefers      text,
  language     text
) strict;
create index customer_versions_by_customer on customer_versions (customer_id);

-- What a customer has already answered and must not be asked again.
create table facts (
  id           integer primary key autoincrement,
  uid          text not null unique,
  customer_id  integer not null references customers (id),
  fact         text not null check (length(trim(fact)) > 0), -- 'door code given 3 March'
  given_at     text not null,
  agent        text not null,
  removed_at   text,              -- no longer true; kept so that one can see it was
  removed_by   text check ((removed_by is null) = (removed_at is null))
) strict;
create index facts_by_customer on facts (customer_id);


-- ---------------------------------------------------------------------------------------------------------------
-- What they said

-- One thing a customer said. Immutable: mishearings are corrected in `corrections`, mistakes taken back by `undo`.
create table notes (
  id               integer primary key autoincrement,       -- never reused, also after an erasure
  uid              text not null unique,
  idempotency_key  text unique,   -- `add --key`: the same key again is the same note
  source           text,          -- where it was imported from, e.g. 'zendesk'; empty when an agent logged it
  source_id        text,          -- what the source calls it; with it the same row comes in only once
  said_at          text not null check (said_at glob '????-??-??T??:??:??Z'),
  logged_at        text not null check (logged_at glob '????-??-??T??:??:??Z'),
  agent            text not null check (length(trim(agent)) > 0), -- who logged it
  on_behalf_of     text,          -- the colleague who heard it, when that was somebody else
  customer_id      integer references customers (id),       -- empty: we do not know who said it
  channel          text check (channel in ('phone', 'email', 'chat', 'visit', 'letter', 'social', 'forum', 'other')),
  touchpoint       text,          -- the moment in the customer's journey it is about, e.g. 'delivery'
  kind             text check (kind in ('complaint', 'compliment', 'suggestion', 'question')),
  verbatim         text not null  -- the customer's own words, as first written down
                   check (length(trim(verbatim, char(9) || char(10) || char(13) || ' ')) > 0 and instr(verbatim, char(0)) = 0),
  reading          text,          -- between the lines: what the agent heard that was not said
  satisfaction     integer check (satisfaction between 0 and 100), -- as the customer put it, not as we guess
  import_id        integer references imports (id),         -- the import that brought it
  check ((source_id is null) or (source is not null))
) strict;
create index notes_by_source on notes (source, source_id) where source_id is not null; -- once among those that stand
create index notes_by_day on notes (said_at);
create index notes_by_customer on notes (customer_id, said_at) where customer_id is not null;
create index notes_by_touchpoint on notes (touchpoint, said_at) where touchpoint is not null;
create index notes_by_import on notes (import_id) where import_id is not null;

-- A misheard sentence written down again. Both wordings stay; the newest one is what search and pages show.
create table corrections (
  id            integer primary key autoincrement,
  uid           text not null unique,
  note_id       integer not null references notes (id),
  verbatim      text not null
                check (length(trim(verbatim, char(9) || char(10) || char(13) || ' ')) > 0 and instr(verbatim, char(0)) = 0),
  why           text not null check (length(trim(why)) > 0),
  corrected_at  text not null,
  agent         text not null,
  on_behalf_of  text
) strict;
create index corrections_by_note on corrections (note_id);

-- What search reads: how each note that stands is worded now. Derived from notes and corrections; `feedlog reindex`
-- makes it anew. A note without a row here was taken back by `undo` and is shown nowhere.
create table wordings (
  note_id   integer primary key references notes (id),
  verbatim  text,                 -- the corrected wording; empty: as in `notes`
  stems     text not null         -- the word stems under every configured language, in the order of the words
) strict;

-- The notes that stand, each with its wording as it is now. The cross join makes SQLite walk `notes` in the order
-- asked for and look the wording up, instead of sorting a million rows.
create view current_notes as
  select notes.id, notes.uid, notes.idempotency_key, notes.source, notes.source_id, notes.said_at, notes.logged_at, notes.agent,
         notes.on_behalf_of, notes.customer_id, notes.channel, notes.touchpoint, notes.kind,
         coalesce(wordings.verbatim, notes.verbatim) as verbatim, notes.reading, notes.satisfaction, notes.import_id,
         wordings.verbatim is not null as corrected, wordings.stems
    from notes cross join wordings on wordings.note_id = notes.id;

-- The search index over `current_notes`. Letters are kept as they are written (å is not a); the double quotes around
-- the names are needed: other tools recognise the index by them.
create virtual table notes_fts using fts5 (
  verbatim, stems, content="current_notes", content_rowid="id", tokenize="unicode61 remove_diacritics 0"
);

-- Every distinct word customers used, lower case. Kept by the same write that keeps `wordings`.
create table words (
  id      integer primary key,
  word    text not null unique,
  root    text not null,          -- the stem most languages agree on: words with one root are forms of one word
  folded  text not null,          -- the word as typed on a keyboard without æ ø å ä ö: o for ø, a for å
  notes   integer not null        -- in how many standing notes it occurs
) strict;
create index words_by_root on words (root, notes);
create index words_by_folded on words (folded);

-- Parts of words, so that 'levering' finds 'leveringstid' and 'pakkelevering': an index over the vocabulary, which is
-- small, not over the notes.
create virtual table words_fts using fts5 (
  word, content="words", content_rowid="id", tokenize="trigram", columnsize=0
);
create trigger words_indexed after insert on words begin
  insert into words_fts (rowid, word) values (new.id, new.word);
end;
create trigger words_unindexed before delete on words begin
  insert into words_fts (words_fts, rowid, word) values ('delete', old.id, old.word);
end;


-- ---------------------------------------------------------------------------------------------------------------
-- What it is about

-- The firm's codebook: themes put on notes, each with someone who owns it and what is being done about it.
create table themes (
  id              integer primary key,
  uid             text not null unique,
  name            text not null unique check (length(trim(name)) between 1 and 200),  -- lower case
  title           text,           -- the name as managers like to read it
  owner           text,           -- who sees to it
  measure         text,           -- what is being done so that it does not happen again
  fixed_on        text check (fixed_on is date(fixed_on, '+0 days')), -- said to be mended since; later notes mean it came back
  merged_into_id  integer references themes (id),
  created_at      text not null,
  created_by      text not null
) strict;

-- What was said of a theme before a change, so that `undo` can bring it back. The record of changes names the fields only:
-- texts stand here, where they can be taken out.
create table theme_versions (
  change_id  integer primary key references changes (id),
  theme_id   integer not null references themes (id),
  title      text,
  owner      text,
  measure    text,
  fixed_on   text,
  terms      text check (terms is null or json_valid(terms)) -- JSON: the terms the change added or took away, each with
) strict;                                                    -- its theme, our word and theirs

-- Which notes a theme is on, and who put it there.
create table note_themes (
  note_id    integer not null references notes (id),
  theme_id   integer not null references themes (id),
  tagged_at  text not null,
  agent      text not null,
  primary key (note_id, theme_id)
) strict, without rowid;
create index note_themes_by_theme on note_themes (theme_id, note_id);

-- The customers' term beside ours: 'klippekort' where we say 'multi-trip pass'.
create table theme_terms (
  id          integer primary key,
  uid         text not null unique,
  theme_id    integer not null references themes (id),
  our_word    text not null,
  their_word  text not null,
  agent       text not null,
  added_at    text not null,
  unique (theme_id, our_word, their_word)
) strict;


-- ---------------------------------------------------------------------------------------------------------------
-- What we promised and did

-- An act promised to a customer on what they said. It is kept, broken or still open: never silently gone.
create table promises (
  id           integer primary key autoincrement,
  uid          text not null unique,
  note_id      integer not null references notes (id),
  what         text not null check (length(trim(what)) > 0),
  promised_at  text not null,
  promised_by  text not null,     -- who gave the word; stays, also after a hand-over
  owner        text not null,     -- who keeps it now
  due_on       text not null check (due_on is date(due_on, '+0 days')),
  outcome      text check (outcome in ('kept', 'broken', 'withdrawn')),  -- empty: open. withdrawn: taken back by `undo`
  ended_at     text check ((ended_at is null) = (outcome is null))
) strict;
create index promises_by_note on promises (note_id);
create index promises_open on promises (due_on) where outcome is null;

-- The life of a promise: made, moved to another day, handed to a colleague, kept, broken.
create table promise_events (
  id             integer primary key,
  uid            text not null unique,
  promise_id     integer not null references promises (id),
  kind           text not null check (kind in ('made', 'moved', 'handed', 'kept', 'broken', 'withdrawn')),
  happened_at    text not null,
  agent          text not null,   -- who did it; who wrote it down stands in `changes`
  due_on         text check (due_on is date(due_on, '+0 days')),  -- the new day, when made or moved
  owner          text,            -- the new owner, when made or handed
  why            text,            -- the reason, when moved, handed or broken
  customer_told  integer check (customer_told in (0, 1)),         -- whether the customer knows of it, when moved or broken
  removed_at     text,            -- did not happen: logged by mistake and taken back by `undo`
  removed_by     text check ((removed_by is null) = (removed_at is null))
) strict;
create index promise_events_by_promise on promise_events (promise_id);

-- A step of service recovery taken on a note.
create table responses (
  id            integer primary key autoincrement,
  uid           text not null unique,
  note_id       integer not null references notes (id),
  kind          text not null check (kind in ('acknowledged', 'apologised', 'investigated', 'explained', 'solved',
                                              'compensated', 'thanked', 'told')),
  responded_at  text not null,
  agent         text not null,
  text          text,             -- what was said or done
  amount_minor  integer check (amount_minor >= 0),  -- goodwill given, in hundredths of the currency
  currency      text check ((currency is null) = (amount_minor is null) and length(currency) = 3),
  source        text,             -- as in notes, for replies that were imported
  source_id     text,
  removed_at    text,             -- logged by mistake and taken back by `undo`
  removed_by    text check ((removed_by is null) = (removed_at is null))
) strict;
create index responses_by_source on responses (source, source_id) where source_id is not null;
create index responses_by_note on responses (note_id, removed_at); -- so that who waits for an answer is found here
create index responses_by_day on responses (responded_at);

-- A personal letter: drafted, made personal by the agent, sent. Kept with the note it answers.
create table letters (
  id          integer primary key autoincrement,
  uid         text not null unique,
  note_id     integer not null references notes (id),
  kind        text not null check (kind in ('thanks', 'agreement', 'told')),
  language    text not null,
  text        text not null,
  written_at  text not null,
  written_by  text not null,
  sent_at     text,               -- empty: a draft
  sent_by     text check ((sent_by is null) = (sent_at is null))
) strict;
create index letters_by_note on letters (note_id);

-- Colleagues who got a copy of a letter.
create table letter_copies (
  letter_id  integer not null references letters (id),
  agent      text not null,
  primary key (letter_id, agent)
) strict, without rowid;


-- ---------------------------------------------------------------------------------------------------------------
-- How it came here, and who changed what

-- One run of `feedlog import`: comes in whole, can be taken back whole.
create table imports (
  id           integer primary key,
  uid          text not null unique,
  source       text not null,
  file         text not null,     -- the name of the file, without its folders
  imported_at  text not null,
  agent        text not null,
  read         integer not null,  -- rows in the file
  added        integer not null,  -- new notes
  known        integer not null,  -- rows we already had
  skipped      integer not null,  -- rows without words
  rejected     integer not null   -- rows that could not be understood
) strict;

-- Every change, in order: who did what, when and for whom. Append-only. Holds numbers and labels, never the
-- customer's words, so that an erasure need not rewrite it. `feedlog publish` reads from here what is new.
create table changes (
  id            integer primary key autoincrement,
  uid           text not null unique,
  made_at       text not null,
  agent         text not null,
  on_behalf_of  text,
  action        text not null,    -- 'note.add', 'note.correct', 'theme.tag', 'import', 'undo' ...
  note_id       integer,          -- what it was done to; no foreign keys: the record outlives an erasure
  customer_id   integer,
  theme_id      integer,
  promise_id    integer,
  import_id     integer,
  detail        text check (detail is null or json_valid(detail)), -- JSON: what undo needs to know
  undoes_id     integer unique references changes (id)             -- the change this one takes back
) strict;
create index changes_by_agent on changes (agent, id);
create index changes_by_note on changes (note_id, id) where note_id is not null;
create index changes_by_customer on changes (customer_id, id) where customer_id is not null;

-- A person's right to be forgotten, used: that it happened and how much went, never what it said. While one is
-- unfinished, and only then, notes may be deleted; one transaction starts and finishes it, so nobody else ever finds
-- that door open.
create table erasures (
  id           integer primary key,
  uid          text not null unique,
  started_at   text not null,
  finished_at  text,              -- the rows are gone
  verified_at  text,              -- and no trace was left in any file; empty: `feedlog erase` goes on where it stopped
  agent        text not null,
  reason       text not null,
  key_marks    text check (key_marks is null or json_valid(key_marks)), -- JSON: by which `feedlog erase` knows, until it
                                  -- is verified, whose it is; made with the secret beside the log
  customers    integer not null default 0,
  notes        integer not null default 0,
  facts        integer not null default 0,
  promises     integer not null default 0,
  responses    integer not null default 0,
  letters      integer not null default 0
) strict;

-- What an erasure took, by the random names machines know it by: so that a restored backup, or another copy, can be
-- told to forget it, too.
create table erased (
  uid         text primary key,   -- the uid a note or customer had
  erasure_id  integer not null references erasures (id)
) strict, without rowid;
create index erased_by_erasure on erased (erasure_id);


-- ---------------------------------------------------------------------------------------------------------------
-- Between sites. Empty in a log that stands alone

-- What of this log a hub's copy holds. A version is '<when this log joined>#<its newest change>', so that a newer one is
-- the greater text. The engine's word that it took a message is `sent_at`; only the hub's receipt counts.
create table receipts (
  uid           text primary key, -- of a note, customer, theme or erasure
  sent_version  text,             -- what was handed to the engine last, and when; empty: to be sent again
  sent_at       text,
  version       text,             -- what the hub's copy holds
  received_at   text check ((received_at is null) = (version is null))
) strict, without rowid;

-- At a hub: the newest that each site has sent of a row. What sites say differently of one customer or theme is settled
-- from these, so that the order in which it arrives does not matter.
create table arrived (
  uid          text not null,     -- as the sending log names the row
  sender       text not null,
  version      text not null,
  customer_id  integer references customers (id),           -- whose row here it speaks of
  theme_id     integer references themes (id),
  held         text check (held is null or json_valid(held)), -- JSON: what later arrivals are compared with
  primary key (uid, sender)
) strict, without rowid;
create index arrived_by_customer on arrived (customer_id) where customer_id is not null;
create index arrived_by_theme on arrived (theme_id) where theme_id is not null;

-- At a hub: entries that cannot be taken in yet, from a newer feedlog or said after an erasure that is still on its way.
create table parked (
  uid        text primary key,
  sender     text not null,
  version    text not null,
  mark       text not null,       -- whose it is, as in `erased_customers`
  why        text not null check (why in ('newer feedlog', 'erasure on its way')),
  parked_at  text not null,
  entry      text not null
) strict, without rowid;

-- Whose data an erasure took, as a mark of the key that only the firm's logs can make. What was said before the erasure
-- and arrives after it is known by it.
create table erased_customers (
  mark        text not null,
  erasure_id  integer not null references erasures (id),
  primary key (mark, erasure_id)
) strict, without rowid;

-- At a hub: who sends. At a site: itself, as the hub last saw it.
create table sites (
  sender             text primary key, -- made when a log joins: two logs of one name are told apart by it
  name               text not null,
  log                text not null,    -- that log's uid
  schema             integer not null, -- of the feedlog there
  hub_schema         integer not null,
  clock_off_seconds  integer not null, -- how far its clock is ahead of the hub's
  waiting            integer not null, -- rows without a receipt when it was last heard
  oldest_at          text,             -- the oldest of them
  parked             integer not null default 0, -- at a site: how many of its entries the hub cannot take in yet
  namesakes          integer not null default 0, -- at a site: how many other logs send under its name
  heard_at           text not null
) strict, without rowid;

-- At a hub: messages that are no entries. They stay with the engine, under this number, as long as it keeps them.
create table unreadable (
  number      integer primary key,
  subject     text not null,
  why         text not null,
  size_bytes  integer not null,
  arrived_at  text not null
) strict;


-- ---------------------------------------------------------------------------------------------------------------
-- What must never happen

create trigger notes_are_immutable before update on notes begin
  select raise(abort, 'a note is never changed: correct it instead');
end;
create trigger notes_are_kept before delete on notes when not exists (select 1 from erasures where finished_at is null) begin
  select raise(abort, 'a note is never deleted: undo it, or erase its customer');
end;
create trigger corrections_are_immutable before update on corrections begin
  select raise(abort, 'a correction is never changed: correct again');
end;
create trigger corrections_are_kept before delete on corrections when not exists (select 1 from erasures where finished_at is null) begin
  select raise(abort, 'a correction is never deleted');
end;
create trigger changes_are_immutable before update on changes begin
  select raise(abort, 'the record of changes is append-only');
end;
create trigger changes_are_kept before delete on changes begin
  select raise(abort, 'the record of changes is append-only');
end;

-- The search index follows `wordings`. An index over a view is told the old words when they go, so the two triggers
-- that take words away run before the change.
create trigger wordings_indexed after insert on wordings begin
  insert into notes_fts (rowid, verbatim, stems) select id, verbatim, stems from current_notes where id = new.note_id;
end;
create trigger wordings_unindexed before delete on wordings begin
  insert into notes_fts (notes_fts, rowid, verbatim, stems)
    select 'delete', id, verbatim, stems from current_notes where id = old.note_id;
end;
create trigger wordings_about_to_change before update on wordings begin
  insert into notes_fts (notes_fts, rowid, verbatim, stems)
    select 'delete', id, verbatim, stems from current_notes where id = old.note_id;
end;
create trigger wordings_changed after update on wordings begin
  insert into notes_fts (rowid, verbatim, stems) select id, verbatim, stems from current_notes where id = new.note_id;
end;
