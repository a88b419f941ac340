-- What a consultation ends in: a synthesis of what was said, the city's decisions with what they answer, what becomes of
-- them, and the answers as open data. What is published is frozen; later there are only further editions.

-- The synthesis as it is being written (Markdown, with marks of figures on lines of their own). revision grows with each
-- change of its words, decisions_revision with each change of the decisions.
CREATE TABLE synthesis (
    consultation_id uuid NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    decisions_revision integer NOT NULL DEFAULT 0,
    asked jsonb NOT NULL DEFAULT '{}',
    people jsonb NOT NULL DEFAULT '{}',
    said jsonb NOT NULL DEFAULT '{}',
    limits jsonb NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT now(),
    decisions_changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT synthesis_pk PRIMARY KEY (consultation_id),
    CONSTRAINT synthesis_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id) ON DELETE CASCADE
);

-- What was published, as it was published. content is JSON kept as text, so that its SHA-256 can be computed again.
-- Every edition but the first says what was changed and why.
CREATE TABLE consultation_edition (
    consultation_id uuid NOT NULL,
    kind text NOT NULL,
    number integer NOT NULL,
    content text NOT NULL,
    sha256 text NOT NULL,
    change jsonb NOT NULL DEFAULT '{}',
    published_at timestamptz NOT NULL,
    published_by uuid,
    CONSTRAINT consultation_edition_pk PRIMARY KEY (consultation_id, kind, number),
    CONSTRAINT consultation_edition_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id),
    CONSTRAINT consultation_edition_published_by FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT consultation_edition_kind CHECK (kind IN ('synthesis', 'answer')),
    CONSTRAINT consultation_edition_number CHECK (number >= 1),
    CONSTRAINT consultation_edition_explained CHECK ((number = 1) = (change = '{}')),
    CONSTRAINT consultation_edition_sha256 CHECK (sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
);

CREATE FUNCTION refuse_edition_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published of a consultation is not changed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER consultation_edition_stays BEFORE UPDATE OR DELETE ON consultation_edition
    FOR EACH ROW EXECUTE FUNCTION refuse_edition_change();

-- Words of people that a published synthesis quotes. An edition has their digest alone, made with a salt that is not
-- kept: when a row goes, the words are gone from every edition and cannot be guessed from it.
CREATE TABLE synthesis_quote (
    consultation_id uuid NOT NULL,
    digest text NOT NULL,
    words text NOT NULL,
    CONSTRAINT synthesis_quote_pk PRIMARY KEY (consultation_id, digest),
    CONSTRAINT synthesis_quote_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id)
);

-- What people said, what the city decides, and why. status and promised_on are what stands since it was published;
-- kind and due_on are what is written, and become what stands with the next edition that decides anew: published_kind
-- and published_due say what the last one decided.
CREATE TABLE decision (
    id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    number integer NOT NULL,
    position integer NOT NULL,
    title jsonb NOT NULL,
    said jsonb NOT NULL DEFAULT '{}',
    decided jsonb NOT NULL DEFAULT '{}',
    reason jsonb NOT NULL DEFAULT '{}',
    kind text NOT NULL,
    service text NOT NULL DEFAULT '',
    due_on date,
    revision integer NOT NULL DEFAULT 1,
    published_at timestamptz,
    published_kind text,
    published_due date,
    status text,
    promised_on date,
    CONSTRAINT decision_pk PRIMARY KEY (id),
    CONSTRAINT decision_synthesis FOREIGN KEY (consultation_id) REFERENCES synthesis (consultation_id) ON DELETE CASCADE,
    CONSTRAINT decision_number UNIQUE (consultation_id, number),
    CONSTRAINT decision_position UNIQUE (consultation_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT decision_titled CHECK (title <> '{}'),
    CONSTRAINT decision_kind CHECK (kind IN ('done', 'planned', 'study', 'partly', 'refused')),
    CONSTRAINT decision_service_length CHECK (char_length(service) <= 200),
    CONSTRAINT decision_status CHECK (
        status IN ('study', 'planned', 'under_way', 'done', 'refused', 'abandoned')),
    CONSTRAINT decision_stands CHECK ((published_at IS NULL) = (status IS NULL)),
    -- Nothing is published without its reason, its service and, where something is promised, its date.
    CONSTRAINT decision_published_whole CHECK (
        published_at IS NULL OR said <> '{}' AND decided <> '{}' AND reason <> '{}' AND service <> ''),
    CONSTRAINT decision_promised CHECK (
        status IS NULL OR (status IN ('study', 'planned', 'under_way')) = (promised_on IS NOT NULL))
);
CREATE INDEX decision_awaited ON decision (promised_on) WHERE status IN ('study', 'planned', 'under_way');

-- What a decision answers: something that people said, by the kind of thing it is and its name there.
CREATE TABLE decision_voice (
    decision_id uuid NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    position integer NOT NULL,
    published_at timestamptz,
    CONSTRAINT decision_voice_pk PRIMARY KEY (decision_id, kind, target),
    CONSTRAINT decision_voice_decision FOREIGN KEY (decision_id) REFERENCES decision (id) ON DELETE CASCADE,
    CONSTRAINT decision_voice_kind CHECK (
        kind IN ('question', 'option', 'theme', 'argument', 'paragraph', 'wording', 'comment', 'proposal', 'observation',
                 'contribution')),
    CONSTRAINT decision_voice_target CHECK (char_length(target) BETWEEN 1 AND 200)
);
CREATE INDEX decision_voice_by_target ON decision_voice (kind, target) WHERE published_at IS NOT NULL;

-- What became of a decision since it was published; only ever added to, so that each promise stays readable. told_at:
-- when those who follow the consultation were told, some of them in one letter a day at most.
CREATE TABLE decision_turn (
    id uuid NOT NULL,
    decision_id uuid NOT NULL,
    status text NOT NULL,
    due_on date,
    words jsonb NOT NULL,
    noted_at timestamptz NOT NULL DEFAULT now(),
    noted_by uuid,
    told_at timestamptz,
    CONSTRAINT decision_turn_pk PRIMARY KEY (id),
    CONSTRAINT decision_turn_decision FOREIGN KEY (decision_id) REFERENCES decision (id),
    CONSTRAINT decision_turn_noted_by FOREIGN KEY (noted_by) REFERENCES account (id),
    CONSTRAINT decision_turn_status CHECK (status IN ('study', 'planned', 'under_way', 'done', 'abandoned')),
    CONSTRAINT decision_turn_worded CHECK (words <> '{}'),
    CONSTRAINT decision_turn_due CHECK ((status IN ('study', 'planned', 'under_way')) = (due_on IS NOT NULL))
);
CREATE INDEX decision_turn_by_decision ON decision_turn (decision_id, noted_at);
CREATE INDEX decision_turn_untold ON decision_turn (decision_id) WHERE told_at IS NULL;

-- Whoever said something that a decision answers is told of it once.
CREATE TABLE decision_told (
    decision_id uuid NOT NULL,
    account_id uuid NOT NULL,
    CONSTRAINT decision_told_once PRIMARY KEY (decision_id, account_id),
    CONSTRAINT decision_told_decision FOREIGN KEY (decision_id) REFERENCES decision (id),
    CONSTRAINT decision_told_account FOREIGN KEY (account_id) REFERENCES account (id)
);

-- One letter a day at most tells those who follow a consultation what became of its decisions.
CREATE TABLE decision_digest (
    consultation_id uuid NOT NULL,
    sent_on date NOT NULL,
    CONSTRAINT decision_digest_once PRIMARY KEY (consultation_id, sent_on),
    CONSTRAINT decision_digest_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id)
);

-- The answers to a questionnaire as open data, made once: two drawings of the same answers could be compared.
-- hidden_*: how many rows lack what was hidden so that each combination of the three covers k people.
CREATE TABLE open_answer_set (
    questionnaire_id uuid NOT NULL,
    k integer NOT NULL,
    answers integer NOT NULL,
    published integer NOT NULL,
    hidden_district integer NOT NULL,
    hidden_age_band integer NOT NULL,
    hidden_way integer NOT NULL,
    hidden_place integer NOT NULL,
    -- The columns of the file, as OpenAnswerColumn writes them.
    columns jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT open_answer_set_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT open_answer_set_questionnaire FOREIGN KEY (questionnaire_id) REFERENCES questionnaire (id),
    CONSTRAINT open_answer_set_k CHECK (k >= 2 AND (published = 0 OR published >= k) AND published <= answers)
);

-- Rows have numbers of their own, in an order drawn by lot, and nothing that leads to a response. In the three columns
-- that could tell who it was, '' is "not said" and '*' is "hidden".
CREATE TABLE open_answer (
    questionnaire_id uuid NOT NULL,
    number integer NOT NULL,
    district text NOT NULL,
    age_band text NOT NULL,
    way text NOT NULL,
    answers jsonb NOT NULL,
    CONSTRAINT open_answer_pk PRIMARY KEY (questionnaire_id, number),
    CONSTRAINT open_answer_set FOREIGN KEY (questionnaire_id) REFERENCES open_answer_set (questionnaire_id)
);

CREATE TRIGGER open_answer_stays BEFORE UPDATE OR DELETE ON open_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_edition_change();
CREATE TRIGGER open_answer_set_stays BEFORE UPDATE OR DELETE ON open_answer_set
    FOR EACH ROW EXECUTE FUNCTION refuse_edition_change();
