-- A text as the search sees it: small letters, ß as ss, cut at what is no letter, mark or digit. Writing without blanks between words
-- (Chinese, Japanese, Thai) is cut into characters, which a phrase puts together again.
CREATE MACRO marts.search_words(text) AS
    regexp_extract_all(
        replace(lower(nfc_normalize(text)), 'ß', 'ss'),
        '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|(?:[^\P{L}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{N}\p{M}])+');
