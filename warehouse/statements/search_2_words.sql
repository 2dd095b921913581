-- Keep the words of table `cut_word` that the index has not met and number their stems; table `search_stem` (number, stem_id) says which
-- number of the index a stem of the segment has.
CREATE OR REPLACE TEMP TABLE search_unmet AS
SELECT word, language, stem FROM cut_word ANTI JOIN core.search_word USING (word, language);

INSERT INTO core.search_word BY NAME
WITH known AS (
    SELECT stem, any_value(stem_id) AS stem_id FROM core.search_word SEMI JOIN search_unmet USING (stem) GROUP BY stem
),
numbered AS (
    SELECT stem, ((SELECT coalesce(max(stem_id), 0) FROM core.search_word) + row_number() OVER (ORDER BY stem))::INTEGER AS stem_id
    FROM (SELECT DISTINCT stem FROM search_unmet ANTI JOIN known USING (stem))
)
SELECT word, language, stem, stem_id
FROM search_unmet
JOIN (FROM known UNION ALL FROM numbered) USING (stem)
ORDER BY word, language;

CREATE OR REPLACE TEMP TABLE search_stem AS
SELECT c.number, any_value(w.stem_id) AS stem_id
FROM cut_word c JOIN core.search_word w USING (word, language)
GROUP BY c.number;
