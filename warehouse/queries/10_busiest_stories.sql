-- Which stories do most outlets write about, and how far are their claims disputed?
SELECT title, outlets, articles, witnesses, claims, corroborated_claims, disputed_claims
FROM marts.story
ORDER BY outlets DESC, articles DESC, title
LIMIT 5;
