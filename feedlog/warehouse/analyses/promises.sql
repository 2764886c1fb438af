-- Promises, by the month of the day the customer was led to expect: kept in time, late, broken, still open.
-- share is of those kept in time. Months after the last one in the warehouse are left out: they are not over.
with measured as (
  select substr(cast(counts_on as string), 1, 7) as month, outcome, in_time, moved from promises
)
select month, count(*) as promises,
       count(*) filter (where in_time) as kept_in_time,
       count(*) filter (where not in_time) as kept_late,
       count(*) filter (where outcome = 'broken') as broken,
       count(*) filter (where outcome = 'open') as open,
       count(*) filter (where moved > 0) as moved,
       round(count(*) filter (where in_time) / cast(count(*) as double), 4) as share
  from measured
 where month <= (select max(month) from notes)
 group by month
 order by month
