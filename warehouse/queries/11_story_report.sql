-- What does each claim of the busiest story look like, the most telling first?
SELECT claim, speaker, witnesses, [c.outlet_id || ': ' || c.status FOR c IN cells][:3] AS first_cells
FROM marts.story_report((SELECT story_id FROM marts.story ORDER BY outlets DESC, articles DESC, title LIMIT 1))
LIMIT 5;
