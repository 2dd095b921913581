-- What the outlets said at an instant (UTC), whether or not we had read it by then.
CREATE MACRO marts.as_of(t) AS TABLE
SELECT h.article_id, h.version_id, h.outlet_id, v.headline, h.url, v.word_count, h.valid_from, h.valid_to
FROM core.version_history h
JOIN core.article_version v USING (version_id)
WHERE h.valid_from <= t::TIMESTAMP AND (h.valid_to IS NULL OR h.valid_to > t::TIMESTAMP)
ORDER BY h.valid_from DESC, h.article_id;

CREATE MACRO marts.known_at(t) AS TABLE
SELECT h.article_id, h.version_id, h.outlet_id, v.headline, h.url, v.word_count, h.known_from, h.known_to
FROM core.version_history h
JOIN core.article_version v USING (version_id)
WHERE h.known_from <= t::TIMESTAMP AND (h.known_to IS NULL OR h.known_to > t::TIMESTAMP)
ORDER BY h.known_from DESC, h.article_id;

-- Who said what in the texts that stood at an instant.
CREATE MACRO marts.said_as_of(t) AS TABLE
SELECT h.outlet_id, m.speaker, m.text AS words, m.sentence, m.quote_type, m.polarity, m.certainty, h.url, h.valid_from,
       h.valid_to, m.mention_id, h.article_id, h.version_id
FROM core.version_history h
JOIN core.claim_mention m USING (version_id)
WHERE h.valid_from <= t::TIMESTAMP AND (h.valid_to IS NULL OR h.valid_to > t::TIMESTAMP)
ORDER BY h.valid_from DESC, h.article_id, m.content.start, m.mention_id;

-- How far a claim was corroborated by what had been captured until an instant; claims and labels are those of today's comparison.
CREATE MACRO marts.claims_known_at(t) AS TABLE
WITH known AS (
    SELECT s.*, h.known_from
    FROM marts.claim_sentence s
    JOIN (SELECT version_id, min(known_from) AS known_from FROM core.version_history GROUP BY version_id) h USING (version_id)
    WHERE h.known_from <= t::TIMESTAMP
)
SELECT c.story_id, c.claim_id, c.text AS claim, c.speaker, c.kind,
       count(DISTINCT k.witness_id) FILTER (k.status IN ('says', 'reprints')) AS witness_count,
       count(DISTINCT k.outlet_id) AS outlets,
       count(DISTINCT k.outlet_id) FILTER (k.status NOT IN ('says', 'reprints')) AS differing_outlets,
       min(k.known_from) AS known_from
FROM known k
JOIN core.claim c USING (claim_id)
GROUP BY ALL
ORDER BY known_from DESC, c.claim_id;

CREATE OR REPLACE MACRO as_of(t) AS TABLE FROM marts.as_of(t);
