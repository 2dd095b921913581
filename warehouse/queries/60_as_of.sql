-- What stood on the outlets' pages at one moment and was changed since?
SELECT outlet_id, headline, valid_from, valid_to
FROM as_of('2018-09-18 08:45')
WHERE valid_to IS NOT NULL
ORDER BY valid_from, outlet_id;
