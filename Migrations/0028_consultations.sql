-- Consultations: something precise is asked, on screen, on paper and at a stand, and it ends with a synthesis and an
-- answer. What each part holds beside its questions has migrations of its own: texts to annotate, debates, events.
-- Texts are JSON objects from language code to text.

-- Where a consultation stands is said by the clock and by what was published, never by a word of its own: announced
-- until collects_from, collected until collects_until, then the synthesis (synthesised_at), the answer (answered_at) and
-- what follows. The days on which those are due are promises; late is shown.
CREATE TABLE consultation (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    handle text NOT NULL,
    title jsonb NOT NULL,
    summary jsonb NOT NULL DEFAULT '{}',
    -- What it is for, what can and what cannot change through it (Markdown).
    purpose jsonb NOT NULL DEFAULT '{}',
    can_change jsonb NOT NULL DEFAULT '{}',
    cannot_change jsonb NOT NULL DEFAULT '{}',
    -- Who answers questions: a place, hours, a telephone, an address.
    contact jsonb NOT NULL DEFAULT '{}',
    collects_from timestamptz NOT NULL,
    collects_until timestamptz NOT NULL,
    synthesis_due date NOT NULL,
    answer_due date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    synthesised_at timestamptz,
    answered_at timestamptz,
    -- Grows with each change of its words, so that nobody saves over another's unawares.
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT consultation_pk PRIMARY KEY (id),
    CONSTRAINT consultation_handle UNIQUE (handle),
    CONSTRAINT consultation_process FOREIGN KEY (process_id) REFERENCES process (id),
    CONSTRAINT consultation_of_process UNIQUE (id, process_id),
    CONSTRAINT consultation_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT consultation_titled CHECK (title <> '{}'),
    CONSTRAINT consultation_collects CHECK (collects_until > collects_from),
    CONSTRAINT consultation_due CHECK (answer_due >= synthesis_due),
    CONSTRAINT consultation_synthesis_after_publication CHECK (synthesised_at IS NULL OR published_at IS NOT NULL),
    CONSTRAINT consultation_answer_after_synthesis CHECK (answered_at IS NULL OR synthesised_at IS NOT NULL)
);
CREATE INDEX consultation_by_process ON consultation (process_id, id);

-- A questionnaire of a consultation. It is answered once it has a live version, while the consultation collects.
-- once: one answer for each account, each code and each sheet of paper. is_anonymous: nothing that is kept leads from a
-- person to an answer; decided before the first answer and never changed after it.
CREATE TABLE questionnaire (
    id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    handle text NOT NULL,
    position integer NOT NULL DEFAULT 1,
    title jsonb NOT NULL,
    introduction jsonb NOT NULL DEFAULT '{}',
    thanks jsonb NOT NULL DEFAULT '{}',
    ways text[] NOT NULL,
    is_anonymous boolean NOT NULL,
    once boolean NOT NULL,
    may_edit boolean NOT NULL,
    live_version integer,
    opened_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT questionnaire_pk PRIMARY KEY (id),
    CONSTRAINT questionnaire_handle UNIQUE (consultation_id, handle),
    CONSTRAINT questionnaire_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT questionnaire_secrecy UNIQUE (id, is_anonymous),
    CONSTRAINT questionnaire_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT questionnaire_titled CHECK (title <> '{}'),
    CONSTRAINT questionnaire_ways CHECK (
        cardinality(ways) > 0 AND ways <@ ARRAY['account', 'code', 'link', 'kiosk', 'agent', 'paper']),
    -- Whoever has the link is nobody in particular.
    CONSTRAINT questionnaire_once_is_somebody CHECK (NOT once OR NOT ways @> ARRAY['link']),
    CONSTRAINT questionnaire_live CHECK ((live_version IS NULL) = (opened_at IS NULL))
);

-- What is asked, as QuestionnaireForm writes it: sections, questions, options, conditions. The last version is a draft
-- until it is frozen by going live; a frozen one never changes, and each answer names the version it answers.
CREATE TABLE questionnaire_version (
    questionnaire_id uuid NOT NULL,
    number integer NOT NULL,
    form jsonb NOT NULL,
    frozen_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT questionnaire_version_pk PRIMARY KEY (questionnaire_id, number),
    CONSTRAINT questionnaire_version_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT questionnaire_version_number CHECK (number >= 1),
    CONSTRAINT questionnaire_version_size CHECK (octet_length(form::text) <= 1000000)
);
CREATE UNIQUE INDEX questionnaire_version_one_draft ON questionnaire_version (questionnaire_id)
    WHERE frozen_at IS NULL;
ALTER TABLE questionnaire ADD CONSTRAINT questionnaire_live_version FOREIGN KEY (id, live_version)
    REFERENCES questionnaire_version (questionnaire_id, number) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION questionnaire_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (NEW.form, NEW.frozen_at) IS DISTINCT FROM (OLD.form, OLD.frozen_at) THEN
        RAISE EXCEPTION 'version % of a questionnaire is frozen', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'questionnaire_version_stays';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER questionnaire_version_stays BEFORE UPDATE ON questionnaire_version
    FOR EACH ROW EXECUTE FUNCTION questionnaire_version_is_frozen();

-- One person's answers: a JSON object from the key of each answered question to its value (see AnswerValue). The
-- identity is random, and of the time the day alone is kept. person_id only where the questionnaire is not anonymous.
-- withdrawal_hash is that of the code on the receipt, which opens the answers again.
CREATE TABLE response (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    is_anonymous boolean NOT NULL,
    version integer NOT NULL,
    way text NOT NULL,
    language text NOT NULL,
    answers jsonb NOT NULL,
    received_on date NOT NULL,
    person_id uuid,
    withdrawal_hash bytea,
    CONSTRAINT response_pk PRIMARY KEY (id),
    CONSTRAINT response_of_questionnaire UNIQUE (id, questionnaire_id),
    CONSTRAINT response_questionnaire FOREIGN KEY (questionnaire_id, is_anonymous)
        REFERENCES questionnaire (id, is_anonymous),
    CONSTRAINT response_version FOREIGN KEY (questionnaire_id, version)
        REFERENCES questionnaire_version (questionnaire_id, number),
    CONSTRAINT response_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT response_withdrawal UNIQUE (withdrawal_hash),
    CONSTRAINT response_way CHECK (way IN ('account', 'code', 'link', 'kiosk', 'agent', 'paper')),
    CONSTRAINT response_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT response_anonymous CHECK (NOT is_anonymous OR person_id IS NULL),
    CONSTRAINT response_size CHECK (octet_length(answers::text) <= 400000)
);
CREATE INDEX response_by_questionnaire ON response (questionnaire_id, id);
CREATE INDEX response_by_person ON response (person_id) WHERE person_id IS NOT NULL;
