-- A few rows as version 1 wrote them: an upgrade must bring every one of them along.
insert into settings values ('languages', 'da sv nb en'), ('uid', '01890000-0000-7000-8000-000000000000');
insert into customers (id, uid, key, name, created_at, created_by)
  values (1, 'c1', 'K-1042', 'Anna Holm', '2026-03-01T09:00:00Z', 'mette');
insert into notes (id, uid, said_at, logged_at, agent, customer_id, channel, kind, verbatim, satisfaction)
  values (1, 'n1', '2026-03-01T09:00:00Z', '2026-03-01T09:00:05Z', 'mette', 1, 'phone', 'complaint', 'Pakken kom på søndag', 20),
         (2, 'n2', '2026-03-02T09:00:00Z', '2026-03-02T09:00:05Z', 'jens', null, 'visit', null, 'Skoene trykker', null);
insert into corrections (id, uid, note_id, verbatim, why, corrected_at, agent)
  values (1, 'r1', 2, 'Skoene trykker ikke', 'misheard', '2026-03-02T10:00:00Z', 'jens');
insert into wordings (note_id, verbatim, stems)
  values (1, null, 'pakk kom på søndag'), (2, 'Skoene trykker ikke', 'sko trykk ik');
insert into words (word, root, folded, notes)
  values ('pakken', 'pakk', 'pakken', 1), ('kom', 'kom', 'kom', 1), ('på', 'på', 'pa', 1), ('søndag', 'søndag', 'sondag', 1),
         ('skoene', 'sko', 'skone', 1), ('trykker', 'trykk', 'trykker', 1), ('ikke', 'ik', 'ikke', 1);
insert into themes (id, uid, name, created_at, created_by) values (1, 't1', 'levering', '2026-03-01T09:00:00Z', 'mette');
insert into note_themes values (1, 1, '2026-03-01T09:00:00Z', 'mette');
insert into promises (id, uid, note_id, what, promised_at, promised_by, owner, due_on)
  values (1, 'p1', 1, 'call back', '2026-03-01T09:00:00Z', 'mette', 'mette', '2026-03-06');
insert into changes (id, uid, made_at, agent, action, note_id)
  values (1, 'h1', '2026-03-01T09:00:05Z', 'mette', 'note.add', 1), (2, 'h2', '2026-03-02T09:00:05Z', 'jens', 'note.add', 2);
insert into changes (id, uid, made_at, agent, action, note_id, detail)
  values (3, 'h3', '2026-03-02T10:00:00Z', 'jens', 'note.correct', 2, '{"correction_id": 1}');
