-- Themes, month by month: in how many notes each stands, and from how many customers.
-- share is of all notes of the month. A note with two themes counts for either.
with said as (
  select month, count(*) as notes from notes group by month
)
select note_themes.month, note_themes.theme, count(*) as notes, count(distinct note_themes.customer) as customers,
       round(count(*) / cast(max(said.notes) as double), 4) as share
  from note_themes
  join said on said.month = note_themes.month
 group by note_themes.month, note_themes.theme
 order by note_themes.month, notes desc, note_themes.theme
