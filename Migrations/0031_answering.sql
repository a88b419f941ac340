-- Answering a questionnaire: what somebody has written so far, one-time codes, devices of the agency, who has taken part,
-- and anonymous answers on their way. How an answer stays apart from the person: Documentation/Consultations.md.

-- What somebody has written so far, sealed with a key that only the code of the draft gives: the code is in their browser
-- and, if they wrote it down, on their paper. Here is a keyed hash of it. No time: the day on which it is forgotten.
CREATE TABLE answer_draft (
    code_hash bytea NOT NULL,
    questionnaire_id uuid NOT NULL,
    version integer NOT NULL,
    sealed bytea NOT NULL,
    ends_on date NOT NULL,
    CONSTRAINT answer_draft_pk PRIMARY KEY (code_hash),
    CONSTRAINT answer_draft_version FOREIGN KEY (questionnaire_id, version)
        REFERENCES questionnaire_version (questionnaire_id, number) ON DELETE CASCADE,
    CONSTRAINT answer_draft_hash_length CHECK (octet_length(code_hash) = 32),
    CONSTRAINT answer_draft_size CHECK (octet_length(sealed) <= 500000)
);
CREATE INDEX answer_draft_by_end ON answer_draft (ends_on);

-- An answer to an anonymous questionnaire on its way into `response`: sealed by the service, since its transaction is also
-- that which notes that somebody has taken part. Answers leave in batches and in random order, under other identities.
CREATE TABLE incoming_response (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    withdrawal_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT incoming_response_pk PRIMARY KEY (id),
    CONSTRAINT incoming_response_withdrawal UNIQUE (withdrawal_hash),
    CONSTRAINT incoming_response_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT incoming_response_size CHECK (octet_length(sealed) <= 500000)
);
CREATE INDEX incoming_response_by_questionnaire ON incoming_response (questionnaire_id);

-- Photos of drafts and answers. A medium here was stored without its file's name, its moment and whoever brought it.
CREATE TABLE answer_photo (
    medium_id uuid NOT NULL,
    draft_hash bytea,
    incoming_id uuid,
    response_id uuid,
    CONSTRAINT answer_photo_pk PRIMARY KEY (medium_id),
    CONSTRAINT answer_photo_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT answer_photo_draft FOREIGN KEY (draft_hash) REFERENCES answer_draft (code_hash) ON DELETE CASCADE,
    CONSTRAINT answer_photo_incoming FOREIGN KEY (incoming_id) REFERENCES incoming_response (id) ON DELETE CASCADE,
    CONSTRAINT answer_photo_response FOREIGN KEY (response_id) REFERENCES response (id) ON DELETE CASCADE,
    CONSTRAINT answer_photo_of_one CHECK (num_nonnulls(draft_hash, incoming_id, response_id) = 1)
);
CREATE INDEX answer_photo_by_draft ON answer_photo (draft_hash) WHERE draft_hash IS NOT NULL;
CREATE INDEX answer_photo_by_incoming ON answer_photo (incoming_id) WHERE incoming_id IS NOT NULL;
CREATE INDEX answer_photo_by_response ON answer_photo (response_id) WHERE response_id IS NOT NULL;
CREATE TRIGGER answer_photo_medium AFTER DELETE ON answer_photo
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();

-- Who has taken part, where each account answers once: a keyed hash of person and questionnaire, and nothing else. The
-- primary key settles who came first.
CREATE TABLE participation (
    questionnaire_id uuid NOT NULL,
    person_hash bytea NOT NULL,
    CONSTRAINT participation_pk PRIMARY KEY (questionnaire_id, person_hash),
    CONSTRAINT participation_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT participation_hash_length CHECK (octet_length(person_hash) = 32)
);

-- One-time codes, made in packages. A code has a state and no time, and belongs to nobody.
CREATE TABLE answer_code_package (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    number integer NOT NULL,
    label text NOT NULL,
    size integer NOT NULL,
    made_by uuid,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT answer_code_package_pk PRIMARY KEY (id),
    CONSTRAINT answer_code_package_number UNIQUE (questionnaire_id, number),
    CONSTRAINT answer_code_package_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT answer_code_package_account FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT answer_code_package_size CHECK (size BETWEEN 1 AND 20000),
    CONSTRAINT answer_code_package_label CHECK (char_length(label) <= 100)
);

CREATE TABLE answer_code (
    package_id uuid NOT NULL,
    number integer NOT NULL,
    code_hash bytea NOT NULL,
    state text NOT NULL DEFAULT 'issued',
    CONSTRAINT answer_code_pk PRIMARY KEY (package_id, number),
    CONSTRAINT answer_code_hash UNIQUE (code_hash),
    CONSTRAINT answer_code_package FOREIGN KEY (package_id) REFERENCES answer_code_package (id) ON DELETE CASCADE,
    CONSTRAINT answer_code_state CHECK (state IN ('issued', 'used', 'void')),
    CONSTRAINT answer_code_hash_length CHECK (octet_length(code_hash) = 32)
);

-- A device of the agency on which people answer one after the other. Its browser has a token.
CREATE TABLE answer_kiosk (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    CONSTRAINT answer_kiosk_pk PRIMARY KEY (id),
    CONSTRAINT answer_kiosk_token UNIQUE (token_hash),
    CONSTRAINT answer_kiosk_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT answer_kiosk_account FOREIGN KEY (opened_by) REFERENCES account (id),
    CONSTRAINT answer_kiosk_name CHECK (char_length(name) BETWEEN 1 AND 60)
);
CREATE UNIQUE INDEX answer_kiosk_name_once_open ON answer_kiosk (questionnaire_id, name) WHERE closed_at IS NULL;

-- For which end of its collection the answers to an anonymous questionnaire were written anew, all at once, and whether
-- the tables were then laid down in the order of their random keys.
CREATE TABLE answer_levelling (
    questionnaire_id uuid NOT NULL,
    collected_until timestamptz NOT NULL,
    is_laid_down boolean NOT NULL DEFAULT false,
    CONSTRAINT answer_levelling_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT answer_levelling_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE
);
