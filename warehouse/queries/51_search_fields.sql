-- What did others than the agency write on the dam, from a day on, with the town in the headline?
SELECT outlet_id, headline, published_at
FROM search('dam* -outlet:meridian-wire after:2018-09-18 headline:karsk')
ORDER BY published_at, outlet_id
LIMIT 5;
