-- What does everybody carry although one text is behind it?
SELECT claim, outlets, origin_outlet_id, outlet_ids
FROM marts.single_source
ORDER BY outlets DESC, claim
LIMIT 5;
