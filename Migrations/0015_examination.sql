-- Examination: which services look at a proposal, what they find, what the city answers, and what its authors say.
-- Everything here is written by staff, except author_answer.

-- A technical service of the city, as one process knows it.
CREATE TABLE service (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    name jsonb NOT NULL,
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CONSTRAINT service_pk PRIMARY KEY (id),
    CONSTRAINT service_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT service_named CHECK (name <> '{}'),
    CONSTRAINT service_email_form CHECK (email = lower(email) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$')
);

CREATE UNIQUE INDEX service_name_once ON service (process_id, name) WHERE retired_at IS NULL;

-- Who works there. Membership gives nothing without the role of examiner for the process.
CREATE TABLE service_member (
    service_id uuid NOT NULL,
    account_id uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT service_member_once PRIMARY KEY (service_id, account_id),
    CONSTRAINT service_member_service FOREIGN KEY (service_id) REFERENCES service (id) ON DELETE CASCADE,
    CONSTRAINT service_member_account FOREIGN KEY (account_id) REFERENCES account (id)
);

CREATE INDEX service_member_by_account ON service_member (account_id);

-- One question of the check-list of a process.
CREATE TABLE criterion (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    title jsonb NOT NULL,
    position integer NOT NULL,
    retired_at timestamptz,
    CONSTRAINT criterion_pk PRIMARY KEY (id),
    CONSTRAINT criterion_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT criterion_titled CHECK (title <> '{}')
);

CREATE INDEX criterion_by_process ON criterion (process_id, position);

-- One reason for which proposals of a process are refused.
CREATE TABLE refusal_reason (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    title jsonb NOT NULL,
    position integer NOT NULL,
    retired_at timestamptz,
    CONSTRAINT refusal_reason_pk PRIMARY KEY (id),
    CONSTRAINT refusal_reason_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT refusal_reason_titled CHECK (title <> '{}')
);

CREATE INDEX refusal_reason_by_process ON refusal_reason (process_id, position);

-- One look of the city at a proposal; a second round follows a published refusal.
CREATE TABLE examination (
    id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    round integer NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    opened_by uuid,
    CONSTRAINT examination_pk PRIMARY KEY (id),
    CONSTRAINT examination_round UNIQUE (proposal_id, round),
    CONSTRAINT examination_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id),
    CONSTRAINT examination_opened_by FOREIGN KEY (opened_by) REFERENCES account (id),
    CONSTRAINT examination_round_positive CHECK (round >= 1)
);

-- A file given to a service. batch_id is one act of an agent, which can be undone as a whole; reminded_at is when the
-- service was told that the file is overdue.
CREATE TABLE assignment (
    id uuid NOT NULL,
    examination_id uuid NOT NULL,
    service_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    due_on date NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    reminded_at timestamptz,
    CONSTRAINT assignment_pk PRIMARY KEY (id),
    CONSTRAINT assignment_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT assignment_service FOREIGN KEY (service_id) REFERENCES service (id)
);

CREATE UNIQUE INDEX assignment_once ON assignment (examination_id, service_id) WHERE withdrawn_at IS NULL;
CREATE INDEX assignment_by_service ON assignment (service_id, due_on) WHERE withdrawn_at IS NULL;
CREATE INDEX assignment_by_batch ON assignment (batch_id);

-- What a service finds. A later opinion of the same service takes the place of the one before, which stays.
CREATE TABLE opinion (
    id uuid NOT NULL,
    examination_id uuid NOT NULL,
    service_id uuid NOT NULL,
    account_id uuid,
    feasibility text NOT NULL,
    words jsonb NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT opinion_pk PRIMARY KEY (id),
    CONSTRAINT opinion_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT opinion_service FOREIGN KEY (service_id) REFERENCES service (id),
    CONSTRAINT opinion_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT opinion_feasibility CHECK (feasibility IN (
        'feasible', 'with_changes', 'not_feasible', 'outside_powers', 'needs_study')),
    CONSTRAINT opinion_worded CHECK (words <> '{}')
);

CREATE INDEX opinion_by_examination ON opinion (examination_id, service_id, given_at DESC);

CREATE TABLE opinion_answer (
    opinion_id uuid NOT NULL,
    criterion_id uuid NOT NULL,
    answer text NOT NULL,
    CONSTRAINT opinion_answer_once PRIMARY KEY (opinion_id, criterion_id),
    CONSTRAINT opinion_answer_opinion FOREIGN KEY (opinion_id) REFERENCES opinion (id) ON DELETE CASCADE,
    CONSTRAINT opinion_answer_criterion FOREIGN KEY (criterion_id) REFERENCES criterion (id),
    CONSTRAINT opinion_answer_known CHECK (answer IN ('yes', 'no', 'unclear'))
);

-- What it costs, in cents of the call's currency: once to build it, or every year to run it.
CREATE TABLE cost_line (
    opinion_id uuid NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    cents bigint NOT NULL,
    CONSTRAINT cost_line_pk PRIMARY KEY (opinion_id, position),
    CONSTRAINT cost_line_opinion FOREIGN KEY (opinion_id) REFERENCES opinion (id) ON DELETE CASCADE,
    CONSTRAINT cost_line_kind CHECK (kind IN ('investment', 'running')),
    CONSTRAINT cost_line_label CHECK (char_length(label) BETWEEN 1 AND 200),
    CONSTRAINT cost_line_cents CHECK (cents BETWEEN 0 AND 100000000000000)
);

-- What staff say among themselves. Never public and in no export.
CREATE TABLE internal_note (
    id uuid NOT NULL,
    examination_id uuid NOT NULL,
    account_id uuid NOT NULL,
    words text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT internal_note_pk PRIMARY KEY (id),
    CONSTRAINT internal_note_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT internal_note_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT internal_note_length CHECK (char_length(words) BETWEEN 1 AND 5000)
);

CREATE INDEX internal_note_by_examination ON internal_note (examination_id, id);

-- The city asks the authors for another wording before it answers.
CREATE TABLE adaptation_request (
    examination_id uuid NOT NULL,
    words jsonb NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    asked_by uuid,
    CONSTRAINT adaptation_request_once PRIMARY KEY (examination_id),
    CONSTRAINT adaptation_request_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT adaptation_request_asked_by FOREIGN KEY (asked_by) REFERENCES account (id),
    CONSTRAINT adaptation_request_worded CHECK (words <> '{}')
);

-- The answer of the city. It is decided by one agent and published, alone or with others, later: until then nobody
-- outside learns of it. The key settles the race of two agents.
CREATE TABLE verdict (
    examination_id uuid NOT NULL,
    outcome text NOT NULL,
    reason_id uuid,
    words jsonb NOT NULL,
    cost bigint,
    decided_at timestamptz NOT NULL DEFAULT now(),
    decided_by uuid,
    published_at timestamptz,
    published_by uuid,
    CONSTRAINT verdict_once PRIMARY KEY (examination_id),
    CONSTRAINT verdict_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT verdict_reason FOREIGN KEY (reason_id) REFERENCES refusal_reason (id),
    CONSTRAINT verdict_decided_by FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT verdict_published_by FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT verdict_outcome CHECK (outcome IN ('accepted', 'refused')),
    CONSTRAINT verdict_refused_for_a_reason CHECK ((outcome = 'refused') = (reason_id IS NOT NULL)),
    CONSTRAINT verdict_in_three_languages CHECK (words ?& ARRAY['fr', 'en', 'de']),
    CONSTRAINT verdict_cost CHECK (cost >= 0),
    CONSTRAINT verdict_published CHECK (published_at >= decided_at AND (published_at IS NOT NULL OR published_by IS NULL))
);

CREATE INDEX verdict_unpublished ON verdict (decided_at) WHERE published_at IS NULL;

-- What an author answers: once to a wish for another wording, once to the published answer.
CREATE TABLE author_answer (
    examination_id uuid NOT NULL,
    cause text NOT NULL,
    account_id uuid NOT NULL,
    words text NOT NULL,
    version integer,
    written_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT author_answer_once PRIMARY KEY (examination_id, cause),
    CONSTRAINT author_answer_examination FOREIGN KEY (examination_id) REFERENCES examination (id),
    CONSTRAINT author_answer_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT author_answer_cause CHECK (cause IN ('adaptation', 'verdict')),
    CONSTRAINT author_answer_length CHECK (char_length(words) BETWEEN 1 AND 5000)
);

-- A letter for somebody without an address, to be printed. Once it has gone out its words are no longer needed.
CREATE TABLE printed_letter (
    id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    printed_at timestamptz,
    CONSTRAINT printed_letter_pk PRIMARY KEY (id),
    CONSTRAINT printed_letter_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id),
    CONSTRAINT printed_letter_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT printed_letter_erased CHECK (printed_at IS NULL OR (recipient = '' AND subject = '' AND body = ''))
);

CREATE INDEX printed_letter_waiting ON printed_letter (proposal_id) WHERE printed_at IS NULL;

-- That authors and followers have been told of the opening of a vote, or of its result.
CREATE TABLE ballot_notice (
    vote_id uuid NOT NULL,
    kind text NOT NULL,
    told_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ballot_notice_once PRIMARY KEY (vote_id, kind),
    CONSTRAINT ballot_notice_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT ballot_notice_kind CHECK (kind IN ('opened', 'published'))
);
