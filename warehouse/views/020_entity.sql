-- Everybody who is resolved as a speaker.
CREATE VIEW core.entity AS
SELECT speaker_entity_id AS entity_id, max(speaker) AS name, mode(speaker_kind) AS kind,
       count(*) AS mentions, count(DISTINCT article_id) AS articles
FROM core.claim_mention
WHERE speaker_entity_id IS NOT NULL
GROUP BY speaker_entity_id;
