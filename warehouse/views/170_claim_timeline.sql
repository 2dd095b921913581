CREATE VIEW marts.claim_timeline AS
SELECT story_id, claim_id, row_number() OVER telling AS position, published_at, published_at - min(published_at) OVER (PARTITION BY claim_id) AS after_first,
       outlet_id, status, reason, sentence, url, headline, article_id, mention_id
FROM marts.claim_sentence
WINDOW telling AS (PARTITION BY claim_id ORDER BY published_at, outlet_id, mention_id)
ORDER BY claim_id, position;
