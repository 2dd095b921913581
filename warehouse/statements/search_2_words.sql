-- Keep the words of table `cut_word` that the index has not met and number their stems. Tables `search_met` and `search_numbered` say which
-- number of the index a stem of the segment has. The words are looked up once: strings are what this costs.
CREATE OR REPLACE TEMP TABLE search_met AS
SELECT c.number, c.word, c.language, c.stem, w.stem_id FROM cut_word c LEFT JOIN core.search_word w USING (word, language);

CREATE OR REPLACE TEMP TABLE search_numbered AS
WITH unmet AS (SELECT DISTINCT stem FROM search_met WHERE stem_id IS NULL),
known AS (SELECT stem, any_value(stem_id) AS stem_id FROM core.search_word SEMI JOIN unmet USING (stem) GROUP BY stem)
FROM known
UNION ALL
SELECT stem, ((SELECT coalesce(max(stem_id), 0) FROM core.search_word) + row_number() OVER (ORDER BY stem))::INTEGER
FROM unmet ANTI JOIN known USING (stem);

INSERT INTO core.search_word BY NAME
SELECT m.word, m.language, m.stem, n.stem_id FROM search_met m JOIN search_numbered n USING (stem) WHERE m.stem_id IS NULL
ORDER BY m.word, m.language;  -- a query passes over most row groups
