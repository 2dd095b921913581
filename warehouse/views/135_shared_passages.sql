-- What copies share, passage by passage, as the first of both has it; longest passages of a pair first.
CREATE VIEW marts.shared_passages AS
SELECT p.label, p.containment, va.outlet_id AS outlet_a, vb.outlet_id AS outlet_b,
       substr(va.body, s.a_start + 1, s.a_end - s.a_start) AS passage, s.a, s.b, s.a_start, s.a_end, s.b_start, s.b_end,
       va.headline AS headline_a, vb.headline AS headline_b, va.canonical_url AS url_a, vb.canonical_url AS url_b
FROM core.copy_span s
JOIN core.copy_pair p USING (a, b)
JOIN core.current_version va ON va.article_id = s.a
JOIN core.current_version vb ON vb.article_id = s.b
ORDER BY s.a, s.b, s.a_end - s.a_start DESC, s.a_start;
