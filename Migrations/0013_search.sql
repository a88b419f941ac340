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

-- What somebody typed, looked for in every language: a reader of French finds « Spielplatz » too.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN websearch_to_tsquery('folded_fr'::regconfig, words) || websearch_to_tsquery('folded_en'::regconfig, words)
        || websearch_to_tsquery('folded_de'::regconfig, words);

ALTER TABLE proposal
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector(search_configuration(language), title), 'A')
        || setweight(to_tsvector(search_configuration(language), place || ' ' || group_name), 'B')
        || setweight(to_tsvector(search_configuration(language), body), 'C')) STORED,
    ADD COLUMN folded_title text NOT NULL GENERATED ALWAYS AS (folded(title)) STORED;

CREATE INDEX proposal_search ON proposal USING gin (search) WHERE published_at IS NOT NULL;
CREATE INDEX proposal_title_trigrams ON proposal USING gin (folded_title gin_trgm_ops) WHERE published_at IS NOT NULL;

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
