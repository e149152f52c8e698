-- title: Tracks saved per month
-- question: In which months were how many tracks saved (UTC)?
select year(added_at) as saved_year, month(added_at) as saved_month, count(*) as tracks
from current_saved_tracks
where added_at is not null
group by 1, 2
order by 1, 2
