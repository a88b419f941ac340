-- What a consultation needs beside its parts: who follows it, what they were told, which dates were moved and why, and
-- the documents that belong to it.

-- A phase of a process in which its consultations are held.
ALTER TABLE phase
    DROP CONSTRAINT phase_kind,
    ADD CONSTRAINT phase_kind CHECK (
        kind IN ('information', 'ideas', 'examination', 'consultation', 'vote', 'follow_up'));
ALTER TABLE proposal_rule
    DROP CONSTRAINT proposal_rule_phase,
    ADD CONSTRAINT proposal_rule_phase CHECK (
        phase_kind IN ('information', 'ideas', 'examination', 'consultation', 'vote', 'follow_up'));

-- Whoever asks to be told when a stage begins. link_hash is that of the link in each letter which ends it.
CREATE TABLE consultation_follower (
    consultation_id uuid NOT NULL,
    account_id uuid NOT NULL,
    link_hash bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT consultation_follower_once PRIMARY KEY (consultation_id, account_id),
    CONSTRAINT consultation_follower_consultation FOREIGN KEY (consultation_id)
        REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT consultation_follower_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT consultation_follower_link UNIQUE (link_hash)
);
CREATE INDEX consultation_follower_by_account ON consultation_follower (account_id);

-- That followers have been told of a stage (see Consultation.Stage), written in the transaction that leaves the letters:
-- after a crash there are both or neither.
CREATE TABLE consultation_told (
    consultation_id uuid NOT NULL,
    stage integer NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT consultation_told_once PRIMARY KEY (consultation_id, stage),
    CONSTRAINT consultation_told_consultation FOREIGN KEY (consultation_id)
        REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT consultation_told_stage CHECK (stage BETWEEN 0 AND 4)
);

-- A change of dates that residents knew, with its reason. Never changed afterwards.
CREATE TABLE consultation_change (
    id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    reason jsonb NOT NULL,
    collected_from timestamptz NOT NULL,
    collected_until timestamptz NOT NULL,
    synthesis_was_due date NOT NULL,
    answer_was_due date NOT NULL,
    collects_from timestamptz NOT NULL,
    collects_until timestamptz NOT NULL,
    synthesis_due date NOT NULL,
    answer_due date NOT NULL,
    CONSTRAINT consultation_change_pk PRIMARY KEY (id),
    CONSTRAINT consultation_change_consultation FOREIGN KEY (consultation_id)
        REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT consultation_change_reason CHECK (reason <> '{}')
);
CREATE INDEX consultation_change_by_consultation ON consultation_change (consultation_id, id);

-- Plans, studies, pictures: what one should have seen before answering.
CREATE TABLE consultation_document (
    consultation_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    position integer NOT NULL,
    title jsonb NOT NULL,
    CONSTRAINT consultation_document_pk PRIMARY KEY (consultation_id, medium_id),
    CONSTRAINT consultation_document_consultation FOREIGN KEY (consultation_id)
        REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT consultation_document_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT consultation_document_once UNIQUE (medium_id),
    CONSTRAINT consultation_document_titled CHECK (title <> '{}')
);
CREATE TRIGGER consultation_document_gone AFTER DELETE ON consultation_document
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();
