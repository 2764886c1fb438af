-- Words customers say in one month more than in all the others: the first thirty of each month.
-- Counted is in how many notes a word stands, in any of its forms. score is the log-likelihood ratio G2 and must be
-- beyond chance for as many words as were tested. Each step of log_ratio means twice as often.
with forms as (
  -- None of these is ever empty. Saying so lets Spark see that its many readings of this part are one and the same.
  select month, root, word, count(*) as notes
    from words
   where month is not null and root is not null and word is not null
   group by month, root, word
), here as (
  select month, root, cast(sum(notes) as bigint) as notes from forms group by month, root
), everywhere as (
  select root, cast(sum(notes) as bigint) as notes from here group by root
), shown as (
  select root, word,
         row_number() over (partition by root order by sum(notes) desc, word) as place
    from forms
   group by root, word
), tested as (
  select month, root, notes from here where notes >= 5
), months as (
  select month, count(*) as notes, (select count(*) from notes) - count(*) as others from notes group by month
), chances as (
  -- One in a thousand months may show any word by chance, so each word tested may by one in a thousand times as many.
  select month, sqrt(-2 * ln(0.001e0 / count(*))) as t from tested group by month
), bars as (
  -- The normal deviate of that chance, whose square G2 must exceed: Abramowitz and Stegun, 26.2.23.
  select month,
         power(t - (2.515517e0 + 0.802853e0 * t + 0.010328e0 * t * t)
                 / (1 + 1.432788e0 * t + 0.189269e0 * t * t + 0.001308e0 * t * t * t), 2) as bar
    from chances
), counted as (
  select tested.month, tested.root, bars.bar, months.notes as of_here, months.others as of_elsewhere,
         cast(tested.notes as double) as a,
         cast(months.notes - tested.notes as double) as b,
         cast(everywhere.notes - tested.notes as double) as c,
         cast(months.others - (everywhere.notes - tested.notes) as double) as d
    from tested
    join everywhere on everywhere.root = tested.root
    join months on months.month = tested.month and months.others > 0
    join bars on bars.month = tested.month
), weighed as (
  select month, root, bar, a, c, a / of_here as share, c / of_elsewhere as share_elsewhere,
         log2((a / of_here) / (case when c > 0 then c else 0.5e0 end / of_elsewhere)) as log_ratio,
         2 * (a * ln(a * (a + b + c + d) / ((a + b) * (a + c)))
              + case when b > 0 then b * ln(b * (a + b + c + d) / ((a + b) * (b + d))) else 0 end
              + case when c > 0 then c * ln(c * (a + b + c + d) / ((c + d) * (a + c))) else 0 end
              + case when d > 0 then d * ln(d * (a + b + c + d) / ((c + d) * (b + d))) else 0 end) as score
    from counted
), grammar as (
  -- Which languages a month is written in is told by their function words: the main one's, and those of others that
  -- come to one in a hundred of its, but for their most frequent and for what they share with it.
  select tested.month, spoken.language, spoken.place, spoken.root, tested.notes
    from tested
    join (select distinct language, place, root from function_words) as spoken on spoken.root = tested.root
), languages as (
  select month, language, cast(sum(notes) as bigint) as notes,
         row_number() over (partition by month order by sum(notes) desc, min(place)) as place
    from grammar
   group by month, language
), spoken as (
  select month, language from languages where place = 1
   union all
  select grammar.month, grammar.language
    from grammar
    join languages as main on main.month = grammar.month and main.place = 1
    left join grammar as shared
      on shared.month = grammar.month and shared.language = main.language and shared.root = grammar.root
   where shared.root is null
   group by grammar.month, grammar.language
  having sum(grammar.notes) - max(grammar.notes) >= 0.01e0 * max(main.notes)
), silent as (
  select distinct spoken.month, function_words.word
    from spoken
    join function_words on function_words.language = spoken.language
), told as (
  select weighed.month, shown.word, weighed.a, weighed.c, weighed.share, weighed.share_elsewhere, weighed.score,
         weighed.log_ratio,
         row_number() over (partition by weighed.month order by weighed.score desc, weighed.root) as place
    from weighed
    join shown on shown.root = weighed.root and shown.place = 1
    left join silent on silent.month = weighed.month and silent.word = shown.word
   where weighed.log_ratio >= log2(1.5e0) and weighed.score >= weighed.bar
     and silent.word is null and length(shown.word) >= 2
)
select month, place, word, cast(a as bigint) as notes, cast(c as bigint) as notes_elsewhere,
       round(share, 6) as share, round(share_elsewhere, 6) as share_elsewhere,
       round(score, 2) as score, round(log_ratio, 2) as log_ratio
  from told
 where place <= 30
 order by month, place
