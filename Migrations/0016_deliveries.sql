-- Follow-up: what becomes of a selected project, or of a proposal that was accepted without a vote. What was spent and
-- how far it is are sums of rows; nobody types them. What was promised first stays readable: see delivery_change.

-- The follow-up of one project. Its handle stands in addresses and files; revision counts its changes, so that a file
-- written before one of them does not undo it.
CREATE TABLE delivery (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    handle text NOT NULL,
    project_id uuid,
    proposal_id uuid,
    title jsonb NOT NULL,
    service text NOT NULL,
    district text NOT NULL DEFAULT '',
    theme text NOT NULL DEFAULT '',
    latitude double precision,
    longitude double precision,
    currency text NOT NULL,
    budget bigint NOT NULL,
    planned_start date,
    planned_end date NOT NULL,
    started_on date,
    finished_on date,
    status text NOT NULL DEFAULT 'planned',
    revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_pk PRIMARY KEY (id),
    CONSTRAINT delivery_handle UNIQUE (handle),
    CONSTRAINT delivery_process FOREIGN KEY (process_id) REFERENCES process (id),
    CONSTRAINT delivery_project FOREIGN KEY (project_id) REFERENCES project (id),
    CONSTRAINT delivery_proposal_fkey FOREIGN KEY (proposal_id) REFERENCES proposal (id),
    CONSTRAINT delivery_once_per_project UNIQUE (project_id),
    CONSTRAINT delivery_once_per_proposal UNIQUE (proposal_id),
    CONSTRAINT delivery_of_one CHECK (num_nonnulls(project_id, proposal_id) = 1),
    CONSTRAINT delivery_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 80),
    CONSTRAINT delivery_titled CHECK (title <> '{}'),
    CONSTRAINT delivery_service CHECK (char_length(service) BETWEEN 1 AND 200),
    CONSTRAINT delivery_words CHECK (char_length(district) <= 200 AND char_length(theme) <= 200),
    CONSTRAINT delivery_point CHECK (
        num_nonnulls(latitude, longitude) <> 1 AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT delivery_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT delivery_budget CHECK (budget >= 0),
    CONSTRAINT delivery_status CHECK (status IN ('planned', 'under_way', 'delayed', 'done', 'abandoned')),
    CONSTRAINT delivery_planned_dates CHECK (planned_end >= planned_start),
    CONSTRAINT delivery_dates CHECK (finished_on >= started_on),
    CONSTRAINT delivery_begun CHECK (status NOT IN ('under_way', 'done') OR started_on IS NOT NULL),
    CONSTRAINT delivery_not_begun CHECK (status <> 'planned' OR started_on IS NULL),
    CONSTRAINT delivery_finished CHECK ((status = 'done') = (finished_on IS NOT NULL))
);
CREATE INDEX delivery_by_process ON delivery (process_id, planned_end, handle);

-- The proposals behind a delivery: those its project came from, or the one accepted without a vote.
CREATE VIEW delivery_proposal AS
    SELECT id AS delivery_id, proposal_id FROM delivery WHERE proposal_id IS NOT NULL
    UNION ALL
    SELECT delivery.id, project_proposal.proposal_id
    FROM delivery JOIN project_proposal ON project_proposal.project_id = delivery.project_id;

-- A step on the way. It is reached with evidence: words or a link, and photos that hang on it.
CREATE TABLE delivery_milestone (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    title jsonb NOT NULL,
    due date NOT NULL,
    reached_on date,
    evidence jsonb NOT NULL DEFAULT '{}',
    link text NOT NULL DEFAULT '',
    reached_by uuid,
    noted_at timestamptz,
    CONSTRAINT delivery_milestone_pk PRIMARY KEY (id),
    CONSTRAINT delivery_milestone_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id) ON DELETE CASCADE,
    CONSTRAINT delivery_milestone_of_delivery UNIQUE (id, delivery_id),
    CONSTRAINT delivery_milestone_account FOREIGN KEY (reached_by) REFERENCES account (id),
    CONSTRAINT delivery_milestone_number UNIQUE (delivery_id, number),
    CONSTRAINT delivery_milestone_titled CHECK (title <> '{}'),
    CONSTRAINT delivery_milestone_link CHECK (link = '' OR link ~ '^https?://[^[:space:]]+$' AND length(link) <= 500),
    CONSTRAINT delivery_milestone_evidence CHECK (
        CASE WHEN reached_on IS NULL THEN evidence = '{}' AND link = '' AND noted_at IS NULL
             ELSE (evidence <> '{}' OR link <> '') AND noted_at IS NOT NULL END)
);

-- Each turn of a delivery: another status, another date, or both, and why. Lines are only added, so every date that was
-- ever promised stays. milestone_id: the date is that of a milestone.
CREATE TABLE delivery_change (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    status text NOT NULL,
    milestone_id uuid,
    due_before date,
    due_after date,
    reason jsonb NOT NULL DEFAULT '{}',
    changed_by uuid,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_change_pk PRIMARY KEY (id),
    CONSTRAINT delivery_change_number UNIQUE (delivery_id, number),
    CONSTRAINT delivery_change_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id),
    CONSTRAINT delivery_change_milestone FOREIGN KEY (milestone_id, delivery_id)
        REFERENCES delivery_milestone (id, delivery_id),
    CONSTRAINT delivery_change_account FOREIGN KEY (changed_by) REFERENCES account (id),
    CONSTRAINT delivery_change_status CHECK (status IN ('planned', 'under_way', 'delayed', 'done', 'abandoned')),
    CONSTRAINT delivery_change_dates CHECK (num_nonnulls(due_before, due_after) <> 1 AND due_before <> due_after),
    CONSTRAINT delivery_change_explained CHECK (
        reason <> '{}' OR due_before IS NULL AND status NOT IN ('delayed', 'abandoned'))
);

-- News of a delivery, mailed to its followers.
CREATE TABLE delivery_update (
    id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    title jsonb NOT NULL,
    words jsonb NOT NULL,
    written_by uuid,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_update_pk PRIMARY KEY (id),
    CONSTRAINT delivery_update_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id),
    CONSTRAINT delivery_update_of_delivery UNIQUE (id, delivery_id),
    CONSTRAINT delivery_update_account FOREIGN KEY (written_by) REFERENCES account (id),
    CONSTRAINT delivery_update_written CHECK (title <> '{}' AND words <> '{}')
);
CREATE INDEX delivery_update_by_delivery ON delivery_update (delivery_id, published_at);

-- What was paid. Lines are only added: a mistake is a line with the opposite amount and a reference of its own, and
-- the same invoice handed in again is the same line.
CREATE TABLE delivery_spending (
    delivery_id uuid NOT NULL,
    invoice text NOT NULL,
    paid_on date NOT NULL,
    label text NOT NULL,
    cents bigint NOT NULL,
    noted_by uuid,
    noted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_spending_once PRIMARY KEY (delivery_id, invoice),
    CONSTRAINT delivery_spending_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id),
    CONSTRAINT delivery_spending_account FOREIGN KEY (noted_by) REFERENCES account (id),
    CONSTRAINT delivery_spending_invoice CHECK (char_length(invoice) BETWEEN 1 AND 80),
    CONSTRAINT delivery_spending_label CHECK (char_length(label) BETWEEN 1 AND 200),
    CONSTRAINT delivery_spending_cents CHECK (cents <> 0 AND abs(cents) <= 1000000000000)
);

-- Photos: before and after, of the works, or of a milestone or an update they stand by.
CREATE TABLE delivery_medium (
    delivery_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    purpose text NOT NULL,
    milestone_id uuid,
    update_id uuid,
    hung_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_medium_pk PRIMARY KEY (delivery_id, medium_id),
    CONSTRAINT delivery_medium_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id),
    CONSTRAINT delivery_medium_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT delivery_medium_once UNIQUE (medium_id),
    CONSTRAINT delivery_medium_milestone FOREIGN KEY (milestone_id, delivery_id)
        REFERENCES delivery_milestone (id, delivery_id),
    CONSTRAINT delivery_medium_update FOREIGN KEY (update_id, delivery_id)
        REFERENCES delivery_update (id, delivery_id),
    CONSTRAINT delivery_medium_purpose CHECK (purpose IN ('before', 'during', 'after', 'milestone', 'update')),
    CONSTRAINT delivery_medium_place CHECK (
        (purpose = 'milestone') = (milestone_id IS NOT NULL) AND (purpose = 'update') = (update_id IS NOT NULL))
);
CREATE TRIGGER delivery_medium_gone AFTER DELETE ON delivery_medium
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();

-- Who follows the delivery itself; whoever follows or wrote a proposal behind it hears of it too.
CREATE TABLE delivery_follower (
    delivery_id uuid NOT NULL,
    account_id uuid NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT delivery_follower_once PRIMARY KEY (delivery_id, account_id),
    CONSTRAINT delivery_follower_delivery FOREIGN KEY (delivery_id) REFERENCES delivery (id) ON DELETE CASCADE,
    CONSTRAINT delivery_follower_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX delivery_follower_by_account ON delivery_follower (account_id);

-- A file handed in and read on trial; it is applied as it was shown, or not at all.
CREATE TABLE delivery_import (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    bytes bytea NOT NULL,
    received_by uuid,
    received_at timestamptz NOT NULL DEFAULT now(),
    applied_at timestamptz,
    CONSTRAINT delivery_import_pk PRIMARY KEY (id),
    CONSTRAINT delivery_import_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT delivery_import_account FOREIGN KEY (received_by) REFERENCES account (id),
    CONSTRAINT delivery_import_kind CHECK (kind IN ('deliveries', 'spending')),
    CONSTRAINT delivery_import_size CHECK (octet_length(bytes) <= 2097152)
);

CREATE TRIGGER delivery_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delivery_spending_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery_spending
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
