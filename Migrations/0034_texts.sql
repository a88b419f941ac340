-- Texts to annotate: versions made of paragraphs, what people write to each paragraph, and what the city answers.

-- Whatever is commented on says whether the first level takes a position: proposals do, paragraphs do not.
ALTER TABLE comment
    DROP CONSTRAINT comment_position,
    ADD CONSTRAINT comment_position CHECK (
        position IS NULL OR (depth = 1 AND position IN ('for', 'against', 'neutral')));

-- A text of a consultation. It is read and annotated once it has a live version. A text has one language: what is
-- argued about is its wording.
CREATE TABLE consultation_text (
    id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    handle text NOT NULL,
    position integer NOT NULL DEFAULT 1,
    language text NOT NULL,
    title text NOT NULL,
    introduction text NOT NULL DEFAULT '',
    live_version integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT consultation_text_pk PRIMARY KEY (id),
    CONSTRAINT consultation_text_handle UNIQUE (consultation_id, handle),
    CONSTRAINT consultation_text_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id),
    CONSTRAINT consultation_text_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT consultation_text_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT consultation_text_title CHECK (char_length(title) BETWEEN 1 AND 200),
    CONSTRAINT consultation_text_introduction CHECK (char_length(introduction) <= 5000)
);

-- A version is a draft until it is published, and there is one draft at most; published, it never changes. revision
-- grows with each change of a draft, so that nobody saves over another's unawares.
CREATE TABLE text_version (
    text_id uuid NOT NULL,
    number integer NOT NULL,
    -- What is new, in a few words.
    note text NOT NULL DEFAULT '',
    revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    CONSTRAINT text_version_pk PRIMARY KEY (text_id, number),
    CONSTRAINT text_version_text FOREIGN KEY (text_id) REFERENCES consultation_text (id),
    CONSTRAINT text_version_number CHECK (number >= 1),
    CONSTRAINT text_version_note CHECK (char_length(note) <= 1000)
);
CREATE UNIQUE INDEX text_version_one_draft ON text_version (text_id) WHERE published_at IS NULL;
ALTER TABLE consultation_text ADD CONSTRAINT consultation_text_live FOREIGN KEY (id, live_version)
    REFERENCES text_version (text_id, number);

-- What stays of a paragraph from version to version, whatever its words and its place become: its number in addresses,
-- its thread of comments, its suggested wordings and the city's reply. So annotations are never moved: they are carried
-- wherever the paragraph is.
CREATE TABLE text_paragraph (
    id uuid NOT NULL,
    text_id uuid NOT NULL,
    number integer NOT NULL,
    thread_id uuid NOT NULL,
    comment_count integer NOT NULL DEFAULT 0,
    suggestion_count integer NOT NULL DEFAULT 0,
    CONSTRAINT text_paragraph_pk PRIMARY KEY (id),
    CONSTRAINT text_paragraph_of_text UNIQUE (id, text_id),
    CONSTRAINT text_paragraph_number UNIQUE (text_id, number),
    CONSTRAINT text_paragraph_thread UNIQUE (thread_id),
    CONSTRAINT text_paragraph_text FOREIGN KEY (text_id) REFERENCES consultation_text (id),
    CONSTRAINT text_paragraph_thread_fkey FOREIGN KEY (thread_id) REFERENCES thread (id),
    CONSTRAINT text_paragraph_counts CHECK (comment_count >= 0 AND suggestion_count >= 0)
);

-- The words of a paragraph in one version, in its place. level is that of a heading, 0 for anything else. In a draft
-- paragraph_id says which paragraph of the live version it will go on as: none for a new one; is_chosen: an agent said
-- so, not the comparison of words.
CREATE TABLE text_passage (
    text_id uuid NOT NULL,
    version integer NOT NULL,
    place integer NOT NULL,
    paragraph_id uuid,
    level integer NOT NULL,
    body text NOT NULL,
    is_chosen boolean NOT NULL DEFAULT false,
    CONSTRAINT text_passage_pk PRIMARY KEY (text_id, version, place),
    -- A paragraph is once in a version: no annotation appears twice.
    CONSTRAINT text_passage_once UNIQUE (text_id, version, paragraph_id),
    CONSTRAINT text_passage_version FOREIGN KEY (text_id, version) REFERENCES text_version (text_id, number),
    CONSTRAINT text_passage_paragraph FOREIGN KEY (paragraph_id, text_id) REFERENCES text_paragraph (id, text_id),
    CONSTRAINT text_passage_place CHECK (place BETWEEN 1 AND 2000),
    CONSTRAINT text_passage_level CHECK (level BETWEEN 0 AND 6),
    CONSTRAINT text_passage_body CHECK (char_length(body) BETWEEN 1 AND 10000)
);
CREATE INDEX text_passage_by_paragraph ON text_passage (paragraph_id, version) WHERE paragraph_id IS NOT NULL;

CREATE FUNCTION text_passage_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    passage text_passage := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT FROM text_version WHERE text_id = passage.text_id AND number = passage.version
               AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'version % of a text is published', passage.version
            USING ERRCODE = 'check_violation', CONSTRAINT = 'text_passage_stays';
    END IF;
    RETURN passage;
END
$$;
CREATE TRIGGER text_passage_stays BEFORE INSERT OR UPDATE OR DELETE ON text_passage
    FOR EACH ROW EXECUTE FUNCTION text_passage_is_published();

-- A version is published whole: with words, and every passage with the paragraph that it is.
CREATE FUNCTION text_version_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL AND (NEW.published_at, NEW.note) IS DISTINCT FROM (OLD.published_at, OLD.note) THEN
        RAISE EXCEPTION 'version % of a text is published', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'text_version_stays';
    END IF;
    IF OLD.published_at IS NULL AND NEW.published_at IS NOT NULL AND (
        EXISTS (SELECT FROM text_passage
                WHERE text_id = NEW.text_id AND version = NEW.number AND paragraph_id IS NULL)
        OR NOT EXISTS (SELECT FROM text_passage WHERE text_id = NEW.text_id AND version = NEW.number)) THEN
        RAISE EXCEPTION 'version % of a text is not whole', NEW.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'text_version_whole';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER text_version_whole BEFORE UPDATE ON text_version
    FOR EACH ROW EXECUTE FUNCTION text_version_is_whole();

-- Another wording of one paragraph, against the version that was before the reader's eyes. Adopted, it is in the draft
-- `version`; answered, there is a reason. Who decided and when is here.
CREATE TABLE text_suggestion (
    id uuid NOT NULL,
    text_id uuid NOT NULL,
    number integer NOT NULL,
    paragraph_id uuid NOT NULL,
    base_version integer NOT NULL,
    body text NOT NULL,
    explanation text NOT NULL,
    language text NOT NULL,
    account_id uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'pending',
    decided_at timestamptz,
    decided_by uuid,
    reason text NOT NULL DEFAULT '',
    version integer,
    CONSTRAINT text_suggestion_pk PRIMARY KEY (id),
    CONSTRAINT text_suggestion_number UNIQUE (text_id, number),
    CONSTRAINT text_suggestion_base FOREIGN KEY (text_id, base_version, paragraph_id)
        REFERENCES text_passage (text_id, version, paragraph_id),
    CONSTRAINT text_suggestion_version FOREIGN KEY (text_id, version) REFERENCES text_version (text_id, number),
    CONSTRAINT text_suggestion_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT text_suggestion_decided_by FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT text_suggestion_body CHECK (char_length(body) BETWEEN 1 AND 10000),
    CONSTRAINT text_suggestion_explanation CHECK (char_length(explanation) <= 1000),
    CONSTRAINT text_suggestion_reason CHECK (char_length(reason) <= 1000),
    CONSTRAINT text_suggestion_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT text_suggestion_state CHECK (state IN ('pending', 'adopted', 'answered', 'withdrawn')),
    CONSTRAINT text_suggestion_decided CHECK (
        (state = 'pending') = (decided_at IS NULL) AND (state = 'pending') = (decided_by IS NULL)),
    CONSTRAINT text_suggestion_adopted CHECK ((state = 'adopted') = (version IS NOT NULL)),
    CONSTRAINT text_suggestion_answered CHECK (state <> 'answered' OR reason <> '')
);
CREATE INDEX text_suggestion_by_paragraph ON text_suggestion (paragraph_id, number);
CREATE INDEX text_suggestion_by_account ON text_suggestion (account_id, id);

-- What the city answers to all that was written to a paragraph. It may be mended; those who wrote are told once.
CREATE TABLE text_reply (
    paragraph_id uuid NOT NULL,
    body text NOT NULL,
    language text NOT NULL,
    account_id uuid NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz,
    CONSTRAINT text_reply_pk PRIMARY KEY (paragraph_id),
    CONSTRAINT text_reply_paragraph FOREIGN KEY (paragraph_id) REFERENCES text_paragraph (id),
    CONSTRAINT text_reply_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT text_reply_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT text_reply_body CHECK (char_length(body) BETWEEN 1 AND 5000)
);
