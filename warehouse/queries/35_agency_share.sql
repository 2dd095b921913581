-- How much of each outlet is reprinted?
SELECT outlet_id, articles, reprints, round(100 * share_reprints)::INTEGER AS percent
FROM marts.outlet_profile
ORDER BY percent DESC, outlet_id
LIMIT 5;
