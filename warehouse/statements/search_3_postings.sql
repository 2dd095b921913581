-- Add the segment of the tables `cut_document` and `cut_posting` behind the last one. Its rows come by the number of their stem, which lets a
-- query skip row groups; stems of one batch are numbered by spelling, hence the long lists of frequent ones lie among short ones.
CREATE OR REPLACE TEMP TABLE search_segment_new AS
SELECT (SELECT coalesce(max(first_document + documents), 1) FROM core.search_segment)::INTEGER AS first_document,
       count(*)::INTEGER AS documents, sum(headline_length + body_length)::BIGINT AS words
FROM cut_document;

INSERT INTO core.search_segment BY NAME FROM search_segment_new;

INSERT INTO core.search_posting BY NAME
SELECT s.first_document, p.stem_id, p.in_headline, p.entries
FROM cut_posting p
CROSS JOIN search_segment_new s;

INSERT INTO core.search_document BY NAME
SELECT s.first_document + c.place AS document, n.article_id, n.version_id, n.language, n.outlet_id, n.dated_at, c.headline_length, c.body_length
FROM cut_document c
JOIN search_new n USING (version_id, language)
CROSS JOIN search_segment_new s
WHERE NOT n.is_in
ORDER BY document;

UPDATE search_new SET is_in = true WHERE (version_id, language) IN (SELECT version_id, language FROM cut_document);
