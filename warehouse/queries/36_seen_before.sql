-- Where was a claim of the story with most claims made before?
SELECT b.claim, b.likeness, b.outlets, b.first_seen_at
FROM marts.seen_before((
    SELECT claim_id FROM marts.corroboration
    JOIN (SELECT story_id FROM marts.story ORDER BY claims DESC, story_id LIMIT 1) USING (story_id)
    ORDER BY first_seen_at DESC, claim_id LIMIT 1)) b
LIMIT 5;
