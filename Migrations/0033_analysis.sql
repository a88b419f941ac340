-- What answers come to: figures that are kept, results as they were published, themes of texts, and files of answers.

-- Figures of many answers, counted in one pass from time to time; QuestionnaireFigures writes them.
CREATE TABLE questionnaire_figures (
    questionnaire_id uuid NOT NULL,
    -- How many answers were counted.
    answers bigint NOT NULL,
    content jsonb NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT questionnaire_figures_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT questionnaire_figures_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE
);

-- What everybody reads: without small cells, and unchanged until it is published again.
CREATE TABLE questionnaire_results (
    questionnaire_id uuid NOT NULL,
    content jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT questionnaire_results_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT questionnaire_results_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE
);

-- All that somebody wrote, for finding answers by their words.
CREATE FUNCTION answer_words(answers jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN (SELECT coalesce(string_agg(concat_ws(' ', told.value ->> 'words', told.value ->> 'other',
                                                 told.value -> 'place' ->> 'words'), ' '), '')
            FROM jsonb_each(answers) AS told);
CREATE INDEX response_words ON response USING gin (to_tsvector(search_configuration(language), answer_words(answers)));

-- The code book of a question that is answered in words: its themes.
CREATE TABLE answer_theme (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    question text NOT NULL,
    position integer NOT NULL,
    title jsonb NOT NULL,
    -- When the theme applies, and when it does not.
    meaning jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT answer_theme_pk PRIMARY KEY (id),
    CONSTRAINT answer_theme_of_question UNIQUE (id, questionnaire_id, question),
    CONSTRAINT answer_theme_position UNIQUE (questionnaire_id, question, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT answer_theme_questionnaire FOREIGN KEY (questionnaire_id) REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT answer_theme_titled CHECK (title <> '{}')
);

-- The texts that several people code independently, drawn at random.
CREATE TABLE answer_sample (
    response_id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    question text NOT NULL,
    CONSTRAINT answer_sample_pk PRIMARY KEY (questionnaire_id, question, response_id),
    CONSTRAINT answer_sample_response FOREIGN KEY (response_id, questionnaire_id)
        REFERENCES response (id, questionnaire_id) ON DELETE CASCADE
);
CREATE INDEX answer_sample_by_response ON answer_sample (response_id);

-- What one coder made of one text: a row says that it was read, and the themes may be none. coder_id is null for what
-- was settled after coders disagreed.
CREATE TABLE answer_coding (
    id uuid NOT NULL,
    response_id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    question text NOT NULL,
    coder_id uuid,
    CONSTRAINT answer_coding_pk PRIMARY KEY (id),
    CONSTRAINT answer_coding_of_question UNIQUE (id, questionnaire_id, question),
    CONSTRAINT answer_coding_once UNIQUE NULLS NOT DISTINCT (questionnaire_id, question, response_id, coder_id),
    CONSTRAINT answer_coding_response FOREIGN KEY (response_id, questionnaire_id)
        REFERENCES response (id, questionnaire_id) ON DELETE CASCADE,
    CONSTRAINT answer_coding_coder FOREIGN KEY (coder_id) REFERENCES account (id)
);
CREATE INDEX answer_coding_by_response ON answer_coding (response_id);

CREATE TABLE answer_coding_theme (
    coding_id uuid NOT NULL,
    theme_id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    question text NOT NULL,
    CONSTRAINT answer_coding_theme_pk PRIMARY KEY (coding_id, theme_id),
    CONSTRAINT answer_coding_theme_coding FOREIGN KEY (coding_id, questionnaire_id, question)
        REFERENCES answer_coding (id, questionnaire_id, question) ON DELETE CASCADE,
    CONSTRAINT answer_coding_theme_theme FOREIGN KEY (theme_id, questionnaire_id, question)
        REFERENCES answer_theme (id, questionnaire_id, question) ON DELETE CASCADE
);
CREATE INDEX answer_coding_theme_by_theme ON answer_coding_theme (theme_id);

-- An example of a theme, in words of an answer, that an agent picked and read for personal data.
CREATE TABLE answer_quote (
    theme_id uuid NOT NULL,
    words text NOT NULL,
    language text NOT NULL,
    CONSTRAINT answer_quote_pk PRIMARY KEY (theme_id),
    CONSTRAINT answer_quote_theme FOREIGN KEY (theme_id) REFERENCES answer_theme (id) ON DELETE CASCADE,
    CONSTRAINT answer_quote_worded CHECK (char_length(words) BETWEEN 1 AND 1000),
    CONSTRAINT answer_quote_language CHECK (language IN ('fr', 'en', 'de'))
);

-- A file of all answers that is being written, or is ready: pieces that are read one after the other. It ends after a
-- day. After last_id follow the answers that are not written yet.
CREATE TABLE answer_export (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    format text NOT NULL,
    has_mark boolean NOT NULL,
    total bigint NOT NULL,
    written bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    pieces integer NOT NULL DEFAULT 0,
    last_id uuid,
    begun_by uuid,
    begun_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT answer_export_pk PRIMARY KEY (id),
    CONSTRAINT answer_export_questionnaire FOREIGN KEY (questionnaire_id) REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT answer_export_account FOREIGN KEY (begun_by) REFERENCES account (id),
    CONSTRAINT answer_export_format CHECK (format IN ('csv', 'jsonl'))
);
CREATE INDEX answer_export_unfinished ON answer_export (begun_at) WHERE finished_at IS NULL;
CREATE INDEX answer_export_by_questionnaire ON answer_export (questionnaire_id, begun_at);

CREATE TABLE answer_export_piece (
    export_id uuid NOT NULL,
    place integer NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT answer_export_piece_pk PRIMARY KEY (export_id, place),
    CONSTRAINT answer_export_piece_export FOREIGN KEY (export_id) REFERENCES answer_export (id) ON DELETE CASCADE
);
