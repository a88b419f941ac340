-- Finding proposals: by words, by fragments, by misspelt words, and by likeness to one another; and the dates of what
-- became of them.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Small letters without accents, for comparing letter by letter. unaccent is only STABLE since its rules are a file;
-- naming the dictionary makes the answer as immutable as an index needs.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(unaccent('unaccent'::regdictionary, words));

CREATE TEXT SEARCH CONFIGURATION folded_fr (COPY = french);
ALTER TEXT SEARCH CONFIGURATION folded_fr
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION folded_en (COPY = english);
ALTER TEXT SEARCH CONFIGURATION folded_en
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION folded_de (COPY = german);
ALTER TEXT SEARCH CONFIGURATION folded_de
    ALTER MAPPING FOR hword, hword_part, word WITH unaccent, german_stem;

-- The configuration of a language of the city.
CREATE FUNCTION search_configuration(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE language
        WHEN 'en' THEN 'folded_en'::regconfig WHEN 'de' THEN 'folded_de'::regconfig ELSE 'folded_fr'::regconfig END;

-- What somebody typed as a query of prefixes: all its words, each begun like that. Empty where there is no word.
CREATE FUNCTION prefix_query(configuration regconfig, words text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN coalesce(
        to_tsquery(
            configuration,
            nullif(regexp_replace(trim(regexp_replace(folded(words), '[^[:alnum:]]+', ' ', 'g')), ' ', ':* & ', 'g'), '')
            || ':*'),
        ''::tsquery);

-- What somebody typed, looked for in every language: a reader of French finds « Spielplatz » too. Whole words, quoted
-- phrases and words to leave out as on the web; without such signs, fragments of words as well.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN websearch_to_tsquery('folded_fr'::regconfig, words) || websearch_to_tsquery('folded_en'::regconfig, words)
        || websearch_to_tsquery('folded_de'::regconfig, words)
        || CASE WHEN words ~ '"|(^|\s)-' THEN ''::tsquery
            ELSE prefix_query('folded_fr'::regconfig, words) || prefix_query('folded_en'::regconfig, words)
                || prefix_query('folded_de'::regconfig, words) END;

ALTER TABLE proposal
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector(search_configuration(language), title), 'A')
        || setweight(to_tsvector(search_configuration(language), place || ' ' || group_name), 'B')
        || setweight(to_tsvector(search_configuration(language), body), 'C')) STORED,
    ADD COLUMN title_words tsvector NOT NULL GENERATED ALWAYS AS (
        to_tsvector(search_configuration(language), title || ' ' || place)) STORED,
    ADD COLUMN folded_title text NOT NULL GENERATED ALWAYS AS (folded(title)) STORED;

CREATE INDEX proposal_search ON proposal USING gin (search) WHERE published_at IS NOT NULL;
CREATE INDEX proposal_title_words ON proposal USING gin (title_words) WHERE published_at IS NOT NULL;
CREATE INDEX proposal_title_trigrams ON proposal USING gin (folded_title gin_trgm_ops) WHERE published_at IS NOT NULL;
-- All that the filters and orders of a list look at, so that they read no wide row.
CREATE INDEX proposal_facets ON proposal (process_id, status)
    INCLUDE (theme_id, district_code, cost, support_count, published_at, number) WHERE published_at IS NOT NULL;

-- Which titles may be like the given words: they have a word that is rare in titles, or two that are rarely together,
-- or the three rarest ones. A word may also only begin alike, so that a misspelt one is found. How rare a word is, the
-- statistics of the planner say (pg_stats); while there are none every word is rare, and more titles are compared.
CREATE FUNCTION likeness_query(configuration regconfig, words text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH known AS (
        SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS frequency
        FROM pg_stats WHERE schemaname = current_schema AND tablename = 'proposal' AND attname = 'title_words'
    ), chosen AS (
        SELECT word.lexeme, coalesce(known.frequency, 0) AS frequency,
               '(' || quote_literal(word.lexeme)
               || CASE WHEN length(word.lexeme) > 4 THEN ' | ' || quote_literal(left(word.lexeme, 4)) || ':*' ELSE '' END
               || ')' AS term
        FROM unnest(to_tsvector(configuration, words)) AS word LEFT JOIN known ON known.lexeme = word.lexeme
        ORDER BY frequency, length(word.lexeme) DESC, word.lexeme LIMIT 5
    ), term AS (
        SELECT term FROM chosen WHERE frequency < 0.002 OR (SELECT count(*) FROM chosen) = 1
        UNION ALL
        SELECT one.term || ' & ' || other.term FROM chosen AS one JOIN chosen AS other ON one.lexeme < other.lexeme
        WHERE one.frequency >= 0.002 AND other.frequency >= 0.002 AND one.frequency * other.frequency < 0.003
        UNION ALL
        SELECT string_agg(term, ' & ') FROM (SELECT term FROM chosen ORDER BY frequency LIMIT 3) AS rarest)
    SELECT coalesce(string_agg(term, ' | '), '')::tsquery FROM term
$$;

-- Every status that a published proposal has had, in order: kept by a trigger so that no act can forget it.
CREATE TABLE proposal_step (
    proposal_id uuid NOT NULL,
    number integer NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT proposal_step_pk PRIMARY KEY (proposal_id, number),
    CONSTRAINT proposal_step_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE
);

CREATE FUNCTION keep_proposal_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last integer := (SELECT max(number) FROM proposal_step WHERE proposal_id = NEW.id);
BEGIN
    -- An imported proposal was published before it came here.
    INSERT INTO proposal_step (proposal_id, number, status, at)
    VALUES (NEW.id, coalesce(last, 0) + 1, NEW.status,
            CASE WHEN last IS NULL THEN NEW.published_at ELSE clock_timestamp() END);
    RETURN NULL;
END
$$;

CREATE TRIGGER proposal_step_first AFTER INSERT ON proposal
    FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION keep_proposal_step();
CREATE TRIGGER proposal_step_next AFTER UPDATE OF status ON proposal
    FOR EACH ROW WHEN (NEW.status <> 'draft' AND NEW.status <> OLD.status) EXECUTE FUNCTION keep_proposal_step();
