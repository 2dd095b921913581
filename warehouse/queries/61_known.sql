-- What was printed by then that we had not read yet?
SELECT outlet_id, headline, valid_from
FROM marts.as_of('2018-09-20 12:05')
WHERE version_id NOT IN (SELECT version_id FROM marts.known_at('2018-09-20 12:05'))
ORDER BY valid_from, outlet_id;
