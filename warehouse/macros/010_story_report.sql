-- Most telling first: contradicted, then differing, then what most witnesses state.
CREATE MACRO marts.story_report(story) AS TABLE
SELECT * EXCLUDE (story_id)
FROM marts.story_reports
WHERE story_id = story::UUID
ORDER BY is_contradicted DESC, differing_outlets > 0 DESC, witness_count DESC, outlets DESC, first_seen_at, claim_id;
