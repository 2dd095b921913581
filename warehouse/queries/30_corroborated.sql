-- What is confirmed by most independent witnesses?
SELECT claim, witnesses, outlets, first_outlet_id
FROM marts.corroboration
ORDER BY witness_count DESC, outlets DESC, claim
LIMIT 6;
