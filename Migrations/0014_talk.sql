-- Supports, comments, suggested wordings, and proposals joined and split.

-- A proposal and the one it was joined to answer the same call.
ALTER TABLE proposal
    ADD CONSTRAINT proposal_of_process UNIQUE (id, process_id),
    ADD CONSTRAINT proposal_joined_in_process FOREIGN KEY (joined_into, process_id)
        REFERENCES proposal (id, process_id);

-- A family is a proposal that is joined to none, with all that were joined to it, directly or not. These two say who
-- belongs together; whoever counts a family holds the lock of its root, see Family.lock. Families are small, which the
-- planner is told: it would take a function for a thousand rows.
CREATE FUNCTION proposal_root(member uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above AS (
        SELECT id, joined_into FROM proposal WHERE id = member
        UNION
        SELECT proposal.id, proposal.joined_into FROM above JOIN proposal ON proposal.id = above.joined_into
    )
    SELECT id FROM above WHERE joined_into IS NULL
$$;

CREATE FUNCTION proposal_family(member uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 4 AS $$
    WITH RECURSIVE below AS (
        SELECT member AS id
        UNION
        SELECT proposal.id FROM below JOIN proposal ON proposal.joined_into = below.id
    )
    SELECT id FROM below
$$;

-- What people say, three levels deep at most. The first level takes a position; top_id is the comment of the first
-- level that an answer belongs under. A comment that its author withdrew loses its words and keeps its place.
CREATE TABLE comment (
    id uuid NOT NULL,
    thread_id uuid NOT NULL,
    parent_id uuid,
    top_id uuid NOT NULL,
    depth integer NOT NULL,
    parent_depth integer GENERATED ALWAYS AS (nullif(depth, 1) - 1) STORED,
    position text,
    language text NOT NULL,
    body text NOT NULL,
    account_id uuid NOT NULL,
    role text,
    answer_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT comment_pk PRIMARY KEY (id),
    CONSTRAINT comment_place UNIQUE (id, thread_id, depth),
    CONSTRAINT comment_thread FOREIGN KEY (thread_id) REFERENCES thread (id),
    CONSTRAINT comment_parent FOREIGN KEY (parent_id, thread_id, parent_depth)
        REFERENCES comment (id, thread_id, depth),
    CONSTRAINT comment_top FOREIGN KEY (top_id) REFERENCES comment (id),
    CONSTRAINT comment_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT comment_depth CHECK (depth BETWEEN 1 AND 3),
    CONSTRAINT comment_answers CHECK ((depth = 1) = (parent_id IS NULL) AND (depth = 1) = (top_id = id)),
    CONSTRAINT comment_position CHECK (
        (depth = 1) = (position IS NOT NULL) AND position IN ('for', 'against', 'neutral')),
    CONSTRAINT comment_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT comment_body_length CHECK (char_length(body) <= 2000),
    CONSTRAINT comment_words CHECK ((withdrawn_at IS NULL) = (body <> '')),
    CONSTRAINT comment_role CHECK (role IN ('participation_agent', 'examiner')),
    CONSTRAINT comment_answer_count CHECK (answer_count >= 0)
);

CREATE INDEX comment_by_thread ON comment (thread_id, id) WHERE depth = 1;
CREATE INDEX comment_by_answers ON comment (thread_id, answer_count, id) WHERE depth = 1;
CREATE INDEX comment_by_top ON comment (top_id, id);
CREATE INDEX comment_by_account ON comment (account_id, id);
CREATE INDEX comment_to_count ON comment (thread_id) WHERE withdrawn_at IS NULL;

-- Another wording that somebody proposes to the authors, against the version they had before their eyes. Who decided,
-- when and why is here; version is the wording that it became.
CREATE TABLE suggestion (
    id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    number integer NOT NULL,
    base_version integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    place text NOT NULL,
    explanation text NOT NULL,
    account_id uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'pending',
    decided_at timestamptz,
    decided_by uuid,
    reason text NOT NULL DEFAULT '',
    version integer,
    CONSTRAINT suggestion_pk PRIMARY KEY (id),
    CONSTRAINT suggestion_number UNIQUE (proposal_id, number),
    CONSTRAINT suggestion_base FOREIGN KEY (proposal_id, base_version)
        REFERENCES proposal_version (proposal_id, number) ON DELETE CASCADE,
    CONSTRAINT suggestion_version FOREIGN KEY (proposal_id, version) REFERENCES proposal_version (proposal_id, number),
    CONSTRAINT suggestion_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT suggestion_decided_by FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT suggestion_title_length CHECK (char_length(title) BETWEEN 1 AND 150),
    CONSTRAINT suggestion_body_length CHECK (char_length(body) BETWEEN 1 AND 20000),
    CONSTRAINT suggestion_place_length CHECK (char_length(place) <= 300),
    CONSTRAINT suggestion_explanation_length CHECK (char_length(explanation) <= 1000),
    CONSTRAINT suggestion_reason_length CHECK (char_length(reason) <= 1000),
    CONSTRAINT suggestion_state CHECK (state IN ('pending', 'accepted', 'refused', 'withdrawn')),
    CONSTRAINT suggestion_decided CHECK (
        (state = 'pending') = (decided_at IS NULL) AND (state = 'pending') = (decided_by IS NULL)),
    CONSTRAINT suggestion_accepted CHECK ((state = 'accepted') = (version IS NOT NULL)),
    CONSTRAINT suggestion_refused_with_reason CHECK (state <> 'refused' OR reason <> '')
);

CREATE INDEX suggestion_by_account ON suggestion (account_id, id);

-- One proposal joined to another, and perhaps taken out again. status_before is what the origin was, and is again.
-- account_id is missing where the service itself acted for its operator.
CREATE TABLE proposal_join (
    id uuid NOT NULL,
    origin_id uuid NOT NULL,
    target_id uuid NOT NULL,
    status_before text NOT NULL,
    reason text NOT NULL,
    account_id uuid,
    joined_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    undone_by uuid,
    undo_reason text,
    CONSTRAINT proposal_join_pk PRIMARY KEY (id),
    CONSTRAINT proposal_join_origin FOREIGN KEY (origin_id) REFERENCES proposal (id),
    CONSTRAINT proposal_join_target FOREIGN KEY (target_id) REFERENCES proposal (id),
    CONSTRAINT proposal_join_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT proposal_join_undone_by FOREIGN KEY (undone_by) REFERENCES account (id),
    CONSTRAINT proposal_join_reason CHECK (char_length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT proposal_join_undo_reason CHECK (char_length(undo_reason) BETWEEN 1 AND 1000),
    CONSTRAINT proposal_join_undone CHECK ((undone_at IS NULL) = (undo_reason IS NULL)),
    CONSTRAINT proposal_join_two CHECK (origin_id <> target_id)
);

CREATE UNIQUE INDEX proposal_join_once ON proposal_join (origin_id) WHERE undone_at IS NULL;
CREATE INDEX proposal_join_by_target ON proposal_join (target_id);

-- A part taken out of a proposal as a proposal of its own. The origin goes on with the wording of version_after; undone,
-- it gets that of version_before back and the part is joined to it.
CREATE TABLE proposal_split (
    part_id uuid NOT NULL,
    origin_id uuid NOT NULL,
    version_before integer NOT NULL,
    version_after integer NOT NULL,
    reason text NOT NULL,
    account_id uuid,
    split_at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    CONSTRAINT proposal_split_pk PRIMARY KEY (part_id),
    CONSTRAINT proposal_split_part FOREIGN KEY (part_id) REFERENCES proposal (id),
    CONSTRAINT proposal_split_before FOREIGN KEY (origin_id, version_before)
        REFERENCES proposal_version (proposal_id, number),
    CONSTRAINT proposal_split_after FOREIGN KEY (origin_id, version_after)
        REFERENCES proposal_version (proposal_id, number),
    CONSTRAINT proposal_split_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT proposal_split_reason CHECK (char_length(reason) BETWEEN 1 AND 1000),
    CONSTRAINT proposal_split_two CHECK (part_id <> origin_id)
);

CREATE INDEX proposal_split_by_origin ON proposal_split (origin_id);
