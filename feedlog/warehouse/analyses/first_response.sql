-- How fast the first response is, in business minutes, by the month and the channel of the note.
-- The channel 'all' is every note. Of the answered, half were within median_minutes and nine in ten within
-- most_minutes. closed counts those who were told the outcome.
with counted as (
  select month, channel, answered_at, answer_minutes, closed_on from notes where channel is not null
   union all
  select month, 'all' as channel, answered_at, answer_minutes, closed_on from notes
)
select month, channel, count(*) as notes, count(answered_at) as answered,
       round(count(answered_at) / cast(count(*) as double), 4) as share,
       cast(percentile_disc(0.5) within group (order by answer_minutes) as bigint) as median_minutes,
       cast(percentile_disc(0.9) within group (order by answer_minutes) as bigint) as most_minutes,
       count(closed_on) as closed
  from counted
 group by month, channel
 order by month, channel
