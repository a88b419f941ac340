-- Polling places, who works there and when, the devices opened there, the papers handed out, and help given in person.

-- A place of one vote. Its handle stands in the public record; all else is for residents and officers.
CREATE TABLE place (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    handle text NOT NULL,
    kind text NOT NULL,
    name jsonb NOT NULL,
    address text NOT NULL,
    hours jsonb NOT NULL,
    accessibility jsonb NOT NULL,
    contact text NOT NULL,
    has_network boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT place_pk PRIMARY KEY (id),
    CONSTRAINT place_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT place_handle UNIQUE (vote_id, handle),
    CONSTRAINT place_of_vote UNIQUE (id, vote_id),
    CONSTRAINT place_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 40),
    -- Where somebody hands out papers, or where papers arrive in envelopes.
    CONSTRAINT place_kind CHECK (kind IN ('table', 'post'))
);

-- Where a person was marked; nowhere online.
ALTER TABLE mark
    ADD COLUMN place_id uuid,
    ADD CONSTRAINT mark_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    ADD CONSTRAINT mark_place_of_channel CHECK ((channel = 'online') = (place_id IS NULL));
CREATE INDEX mark_by_place ON mark (place_id) WHERE place_id IS NOT NULL;
-- The last annulled mark of a person explains itself on their page.
CREATE INDEX mark_annulled ON mark (vote_id, person_id) WHERE annulled_at IS NOT NULL;

-- Which account works where, and when. Outside their shifts officers mark nobody.
CREATE TABLE shift (
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    account_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    planned_by uuid,
    planned_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT shift_pk PRIMARY KEY (id),
    CONSTRAINT shift_place FOREIGN KEY (place_id) REFERENCES place (id) ON DELETE CASCADE,
    CONSTRAINT shift_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT shift_planner FOREIGN KEY (planned_by) REFERENCES account (id),
    CONSTRAINT shift_times CHECK (ends_at > starts_at),
    CONSTRAINT shift_once UNIQUE (place_id, account_id, starts_at)
);
CREATE INDEX shift_by_account ON shift (account_id, place_id);

-- A device that an officer opened with a report: the papers' table or a kiosk. The token is in the device's browser.
CREATE TABLE device (
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    purpose text NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    opening_count bigint NOT NULL,
    opening_remark text NOT NULL,
    closed_by uuid,
    closed_at timestamptz,
    closing_count bigint,
    closing_remark text,
    CONSTRAINT device_pk PRIMARY KEY (id),
    CONSTRAINT device_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    CONSTRAINT device_opener FOREIGN KEY (opened_by) REFERENCES account (id),
    CONSTRAINT device_closer FOREIGN KEY (closed_by) REFERENCES account (id),
    CONSTRAINT device_token UNIQUE (token_hash),
    CONSTRAINT device_token_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT device_purpose CHECK (purpose IN ('table', 'kiosk')),
    CONSTRAINT device_name CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT device_closed_whole CHECK (num_nonnulls(closed_by, closed_at, closing_count, closing_remark) IN (0, 4))
);
CREATE UNIQUE INDEX device_name_once_open ON device (place_id, name) WHERE closed_at IS NULL;
CREATE INDEX device_by_place ON device (place_id, opened_at);

-- Papers that came to a place, and papers spoiled there and replaced. Papers issued are marks; nothing counts them
-- twice. Lines are only added: a mistake is a line with the opposite number.
CREATE TABLE paper_movement (
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    kind text NOT NULL,
    papers integer NOT NULL,
    noted_by uuid,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT paper_movement_pk PRIMARY KEY (id),
    CONSTRAINT paper_movement_place FOREIGN KEY (place_id) REFERENCES place (id),
    CONSTRAINT paper_movement_account FOREIGN KEY (noted_by) REFERENCES account (id),
    CONSTRAINT paper_movement_kind CHECK (kind IN ('received', 'spoiled')),
    CONSTRAINT paper_movement_papers CHECK (papers <> 0)
);
CREATE INDEX paper_movement_by_place ON paper_movement (place_id, kind);

-- The place's report at the end of its day, signed by its officers. A correction is a new version; the last one holds.
CREATE TABLE place_report (
    place_id uuid NOT NULL,
    version integer NOT NULL,
    received integer NOT NULL,
    issued integer NOT NULL,
    spoiled integer NOT NULL,
    returned integer NOT NULL,
    missing integer NOT NULL GENERATED ALWAYS AS (received - issued - spoiled - returned) STORED,
    remark text NOT NULL,
    reported_by uuid,
    reported_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT place_report_pk PRIMARY KEY (place_id, version),
    CONSTRAINT place_report_place FOREIGN KEY (place_id) REFERENCES place (id),
    CONSTRAINT place_report_account FOREIGN KEY (reported_by) REFERENCES account (id),
    CONSTRAINT place_report_counts CHECK (received >= 0 AND issued >= 0 AND spoiled >= 0 AND returned >= 0)
);

-- A line ticked on the printed list of a place. Each line of a place is imported once. Without an outcome it waits
-- for an officer: the person was marked already, in another channel or at another place.
CREATE TABLE list_line (
    place_id uuid NOT NULL,
    line integer NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    imported_by uuid,
    imported_at timestamptz NOT NULL DEFAULT now(),
    outcome text,
    settled_by uuid,
    settled_at timestamptz,
    CONSTRAINT list_line_pk PRIMARY KEY (place_id, line),
    CONSTRAINT list_line_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    CONSTRAINT list_line_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT list_line_importer FOREIGN KEY (imported_by) REFERENCES account (id),
    CONSTRAINT list_line_settler FOREIGN KEY (settled_by) REFERENCES account (id),
    -- marked: nothing stood in the way. other_annulled: the policy let the paper prevail. without_mark: the other mark
    -- stands, and one paper more than marks lies in the box. mistaken: the line was ticked by mistake, no paper given.
    CONSTRAINT list_line_outcome CHECK (outcome IN ('marked', 'other_annulled', 'without_mark', 'mistaken')),
    CONSTRAINT list_line_settled CHECK ((outcome IS NULL) = (settled_at IS NULL))
);
CREATE INDEX list_line_unsettled ON list_line (place_id, line) WHERE outcome IS NULL;

-- An envelope with an identity stub, from the post or a drop box. Its state is what is there: received; marked;
-- separated, when its paper has gone into the box among others; set aside unopened, because of what it says. Nothing
-- ever tells which paper was in it.
CREATE TABLE stub_envelope (
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number integer NOT NULL,
    person_id uuid NOT NULL,
    received_by uuid,
    received_at timestamptz NOT NULL,
    mark_id uuid,
    separated_at timestamptz,
    set_aside_at timestamptz,
    set_aside_because text,
    CONSTRAINT stub_envelope_pk PRIMARY KEY (id),
    CONSTRAINT stub_envelope_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    CONSTRAINT stub_envelope_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT stub_envelope_mark FOREIGN KEY (mark_id) REFERENCES mark (id),
    CONSTRAINT stub_envelope_receiver FOREIGN KEY (received_by) REFERENCES account (id),
    CONSTRAINT stub_envelope_number UNIQUE (place_id, number),
    CONSTRAINT stub_envelope_separated_when_marked CHECK (separated_at IS NULL OR mark_id IS NOT NULL),
    CONSTRAINT stub_envelope_one_end CHECK (num_nonnulls(separated_at, set_aside_at) <= 1),
    CONSTRAINT stub_envelope_reason CHECK ((set_aside_at IS NULL) = (set_aside_because IS NULL)),
    CONSTRAINT stub_envelope_reasons CHECK (set_aside_because IN ('voted', 'other_channel', 'late', 'unsigned'))
);
CREATE INDEX stub_envelope_by_person ON stub_envelope (vote_id, person_id);
CREATE UNIQUE INDEX stub_envelope_of_mark ON stub_envelope (mark_id) WHERE set_aside_at IS NULL;

-- A person at a kiosk. It waits until they begin on the device, ends with the time or with the ballot, and is never
-- taken up again. No choice passes here.
CREATE TABLE kiosk_session (
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    shown_name text NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    begun_at timestamptz,
    cast_at timestamptz,
    receipt_hash bytea,
    ended_at timestamptz,
    CONSTRAINT kiosk_session_pk PRIMARY KEY (id),
    CONSTRAINT kiosk_session_device FOREIGN KEY (device_id) REFERENCES device (id),
    CONSTRAINT kiosk_session_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT kiosk_session_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT kiosk_session_opener FOREIGN KEY (opened_by) REFERENCES account (id),
    CONSTRAINT kiosk_session_nameless_when_ended CHECK (ended_at IS NULL OR shown_name = ''),
    CONSTRAINT kiosk_session_cast CHECK ((cast_at IS NULL) = (receipt_hash IS NULL))
);
CREATE UNIQUE INDEX kiosk_session_one_at_a_device ON kiosk_session (device_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX kiosk_session_one_per_person ON kiosk_session (vote_id, person_id) WHERE ended_at IS NULL;

-- The browser session in which somebody votes at a kiosk.
ALTER TABLE session
    ADD COLUMN kiosk_id uuid,
    ADD CONSTRAINT session_kiosk FOREIGN KEY (kiosk_id) REFERENCES kiosk_session (id),
    ADD CONSTRAINT session_kiosk_is_voting CHECK (kiosk_id IS NULL OR vote_id IS NOT NULL);

-- Help given in person: who helped, who was helped, with what, and how they agreed. The receipt that the person takes
-- home carries a code that withdraws the act; its keyed hash is here.
CREATE TABLE assisted_act (
    id uuid NOT NULL,
    act text NOT NULL,
    helper_id uuid NOT NULL,
    helper_role text NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid,
    kiosk_id uuid,
    vote_id uuid,
    place_id uuid,
    consent text NOT NULL,
    consent_reference text NOT NULL,
    code_hash bytea NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    withdrawn_by text,
    CONSTRAINT assisted_act_pk PRIMARY KEY (id),
    CONSTRAINT assisted_act_helper FOREIGN KEY (helper_id) REFERENCES account (id),
    CONSTRAINT assisted_act_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT assisted_act_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT assisted_act_kiosk FOREIGN KEY (kiosk_id) REFERENCES kiosk_session (id),
    CONSTRAINT assisted_act_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT assisted_act_place FOREIGN KEY (place_id) REFERENCES place (id),
    CONSTRAINT assisted_act_code UNIQUE (code_hash),
    CONSTRAINT assisted_act_code_length CHECK (octet_length(code_hash) = 32),
    CONSTRAINT assisted_act_known CHECK (act IN ('account', 'kiosk')),
    CONSTRAINT assisted_act_consent CHECK (consent IN ('read_aloud', 'signed_form', 'thumbprint')),
    -- A form and a sheet have a number under which the paper is kept; words read aloud have none.
    CONSTRAINT assisted_act_reference CHECK ((consent = 'read_aloud') = (consent_reference = '')),
    CONSTRAINT assisted_act_withdrawn CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CONSTRAINT assisted_act_withdrawer CHECK (withdrawn_by IN ('person', 'officer'))
);
CREATE INDEX assisted_act_by_vote ON assisted_act (vote_id) WHERE vote_id IS NOT NULL;
CREATE INDEX assisted_act_by_helper ON assisted_act (helper_id, done_at);

CREATE TRIGGER place_report_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON place_report
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER paper_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON paper_movement
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
