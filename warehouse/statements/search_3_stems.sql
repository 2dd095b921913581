-- Number new stems and keep the new words; table `search_stemmed` (word, language, stem) holds what the stemmer made of them.
INSERT INTO core.search_word BY NAME
WITH known AS (
    SELECT stem, any_value(stem_id) AS stem_id FROM core.search_word SEMI JOIN search_stemmed USING (stem) GROUP BY stem
),
numbered AS (
    SELECT stem, ((SELECT coalesce(max(stem_id), 0) FROM core.search_word) + row_number() OVER (ORDER BY stem))::INTEGER AS stem_id
    FROM (SELECT DISTINCT stem FROM search_stemmed ANTI JOIN known USING (stem))
)
SELECT word, language, stem, stem_id
FROM search_stemmed
JOIN (FROM known UNION ALL FROM numbered) USING (stem)
ORDER BY word, language;
