-- What does each claim of the busiest story look like, the most telling first?
SELECT claim, speaker, witnesses, list_transform(cells, lambda c: c.outlet_id || ': ' || c.status)[:3] AS first_cells
FROM marts.story_report((SELECT story_id FROM marts.story ORDER BY outlets DESC, articles DESC, title LIMIT 1))
LIMIT 5;
