-- Finding what is misspelt at a bounded price: a word that no title has is looked up among the words that titles have,
-- not compared with every title.

-- Every word that the title of a published proposal has had. Words stay when their proposal goes: they find nothing then.
CREATE TABLE title_word (
    word text NOT NULL,
    CONSTRAINT title_word_pk PRIMARY KEY (word)
);

CREATE INDEX title_word_trigrams ON title_word USING gin (word gin_trgm_ops);

-- The words of a folded text that are worth looking up.
CREATE FUNCTION words_of(folded text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT DISTINCT word FROM regexp_split_to_table(folded, '[^[:alnum:]]+') AS word WHERE length(word) > 2
$$;

-- In the order of the alphabet: two titles that bring the same new words wait for each other in one direction only.
CREATE FUNCTION keep_title_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO title_word (word) SELECT word FROM words_of(NEW.folded_title) AS word ORDER BY word ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE TRIGGER proposal_title_words_new AFTER INSERT ON proposal
    FOR EACH ROW WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION keep_title_words();
CREATE TRIGGER proposal_title_words_changed AFTER UPDATE OF title, published_at ON proposal
    FOR EACH ROW WHEN (NEW.published_at IS NOT NULL) EXECUTE FUNCTION keep_title_words();

INSERT INTO title_word (word)
SELECT DISTINCT word FROM proposal CROSS JOIN words_of(folded_title) AS word WHERE published_at IS NOT NULL;

-- What a slow search used; nothing compares whole titles by an index any more.
DROP INDEX proposal_title_trigrams;

-- How many of all titles have a word, as the planner's statistics know it; while there are none every word is rare, and
-- more titles are compared.
CREATE VIEW title_lexeme AS
SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS frequency
FROM pg_stats WHERE schemaname = current_schema AND tablename = 'proposal' AND attname = 'title_words';

-- How many titles there are, as the planner knows it.
CREATE FUNCTION title_count() RETURNS real LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'proposal'::regclass
$$;

-- Those of the terms that few titles have: each that is rare, two that are rarely together, and the three rarest
-- together. The terms are parts of a query, the frequencies shares of all titles. A hundred titles are few however many
-- there are. NULL where there are no terms.
CREATE FUNCTION selective_query(terms text[], frequencies real[], titles real) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH few AS (
        SELECT greatest(0.002, 100 / titles) AS alone, greatest(0.003, 150 / titles) AS together
    ), chosen AS (
        SELECT term, frequency FROM unnest(terms, frequencies) AS given (term, frequency)
        ORDER BY frequency, length(term) DESC, term LIMIT 5
    ), part AS (
        SELECT term FROM chosen, few WHERE frequency < alone OR (SELECT count(*) FROM chosen) = 1
        UNION ALL
        SELECT one.term || ' & ' || other.term FROM few, chosen AS one JOIN chosen AS other ON one.term < other.term
        WHERE one.frequency >= alone AND other.frequency >= alone AND one.frequency * other.frequency < together
        UNION ALL
        SELECT string_agg(term, ' & ') FROM (SELECT term FROM chosen ORDER BY frequency LIMIT 3) AS rarest)
    SELECT string_agg(term, ' | ')::tsquery FROM part
$$;

-- Which titles may be like the given words, as before: a word may also only begin alike.
CREATE OR REPLACE FUNCTION likeness_query(configuration regconfig, words text) RETURNS tsquery
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT selective_query(
        array_agg(
            '(' || quote_literal(word.lexeme)
            || CASE WHEN length(word.lexeme) > 4 THEN ' | ' || quote_literal(left(word.lexeme, 4)) || ':*' ELSE '' END
            || ')'),
        array_agg(coalesce(known.frequency, 0)), title_count())
    FROM unnest(to_tsvector(configuration, words)) AS word LEFT JOIN title_lexeme AS known ON known.lexeme = word.lexeme
$$;

-- Which titles may have something written like the words: each word as titles write it, or the six words of titles
-- that are written most like it. What is a stop word in a language of the city says nothing.
CREATE FUNCTION near_query(words text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE STRICT
    SET pg_trgm.word_similarity_threshold = 0.38 AS $$
    WITH configuration AS (
        SELECT unnest(ARRAY['folded_fr', 'folded_en', 'folded_de']::regconfig[]) AS name
    ), asked AS (
        SELECT word FROM words_of(folded(words)) AS word
        WHERE NOT EXISTS (SELECT FROM configuration WHERE to_tsvector(configuration.name, word) = '')
    ), written AS (
        SELECT asked.word AS asked, title_word.word FROM asked JOIN title_word ON title_word.word = asked.word
        UNION ALL
        SELECT asked.word, alike.word FROM asked CROSS JOIN LATERAL (
            SELECT title_word.word FROM title_word WHERE asked.word <% title_word.word
            ORDER BY word_similarity(asked.word, title_word.word) DESC, similarity(asked.word, title_word.word) DESC,
                     title_word.word
            LIMIT 6) AS alike
        WHERE NOT EXISTS (SELECT FROM title_word WHERE title_word.word = asked.word)
    ), stem AS (
        SELECT DISTINCT written.asked, lexeme
        FROM written CROSS JOIN configuration
        CROSS JOIN unnest(tsvector_to_array(to_tsvector(configuration.name, written.word))) AS lexeme
    ), term AS (
        SELECT '(' || string_agg(quote_literal(stem.lexeme), ' | ' ORDER BY stem.lexeme) || ')' AS text,
               sum(coalesce(known.frequency, 0))::real AS frequency
        FROM stem LEFT JOIN title_lexeme AS known ON known.lexeme = stem.lexeme GROUP BY stem.asked)
    SELECT selective_query(array_agg(text), array_agg(frequency), title_count()) FROM term
$$;
