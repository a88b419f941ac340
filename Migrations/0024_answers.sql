-- What the city does with what was seen on a walk: agents read it, services answer it, and what comes of it is followed.
-- Everything here is written by staff.

-- One act of an agent on one observation or on many. joined_into is what an act that joins joined them to: nothing is
-- moved, the origin keeps its words, its photos and its number and is not counted. Joins are one level deep.
CREATE TABLE observation_batch (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    act text NOT NULL,
    joined_into uuid,
    done_at timestamptz NOT NULL DEFAULT now(),
    done_by uuid,
    CONSTRAINT observation_batch_pk PRIMARY KEY (id),
    CONSTRAINT observation_batch_walk FOREIGN KEY (walk_id) REFERENCES walk (id),
    CONSTRAINT observation_batch_joined_into FOREIGN KEY (joined_into) REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_batch_done_by FOREIGN KEY (done_by) REFERENCES account (id),
    CONSTRAINT observation_batch_act CHECK (act IN ('publish', 'set_aside', 'theme', 'give', 'join')),
    CONSTRAINT observation_batch_join CHECK ((act = 'join') = (joined_into IS NOT NULL))
);
CREATE INDEX observation_batch_by_walk ON observation_batch (walk_id, id);

-- What each of them was before, so that undoing is exact; each can be undone alone.
CREATE TABLE observation_batch_line (
    batch_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    state_before text NOT NULL,
    theme_before uuid,
    theme_after uuid,
    undone_at timestamptz,
    undone_by uuid,
    CONSTRAINT observation_batch_line_pk PRIMARY KEY (batch_id, observation_id),
    CONSTRAINT observation_batch_line_batch FOREIGN KEY (batch_id) REFERENCES observation_batch (id) ON DELETE CASCADE,
    CONSTRAINT observation_batch_line_observation FOREIGN KEY (observation_id)
        REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_batch_line_undone_by FOREIGN KEY (undone_by) REFERENCES account (id)
);
CREATE INDEX observation_batch_line_by_observation ON observation_batch_line (observation_id);

-- follow_up repeats in one word what became of it, and due_on the day that was promised, written in the transaction of
-- the answer or of the turn, so that lists can be filtered by them. Null until an answer is published.
ALTER TABLE observation
    ADD COLUMN set_aside_reason text,
    ADD COLUMN follow_up text,
    ADD COLUMN due_on date,
    ADD COLUMN followed_at timestamptz,
    ADD CONSTRAINT observation_set_aside_reason CHECK (
        set_aside_reason IN ('empty', 'elsewhere', 'person', 'insult', 'test')
        AND (set_aside_reason IS NULL OR state = 'set_aside')),
    ADD CONSTRAINT observation_follow_up CHECK (
        follow_up IN ('study', 'planned', 'under_way', 'done', 'refused')
        AND (follow_up IS NULL) = (followed_at IS NULL)),
    ADD CONSTRAINT observation_due CHECK (due_on IS NULL OR follow_up IN ('study', 'planned', 'under_way'));
CREATE INDEX observation_by_follow_up ON observation (walk_id, follow_up) WHERE follow_up IS NOT NULL;

-- An observation given to a service, which answers for it alone: giving it to another takes it back from this one.
-- reminded_at is when the service was told that its answer is overdue.
CREATE TABLE observation_assignment (
    id uuid NOT NULL,
    observation_id uuid NOT NULL,
    service_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    due_on date NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_at timestamptz,
    reminded_at timestamptz,
    CONSTRAINT observation_assignment_pk PRIMARY KEY (id),
    CONSTRAINT observation_assignment_observation FOREIGN KEY (observation_id)
        REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_assignment_service FOREIGN KEY (service_id) REFERENCES service (id),
    CONSTRAINT observation_assignment_batch FOREIGN KEY (batch_id) REFERENCES observation_batch (id)
);
CREATE UNIQUE INDEX observation_assignment_once ON observation_assignment (observation_id) WHERE withdrawn_at IS NULL;
CREATE INDEX observation_assignment_by_service ON observation_assignment (service_id, due_on)
    WHERE withdrawn_at IS NULL;
CREATE INDEX observation_assignment_by_batch ON observation_assignment (batch_id);

-- What a service answers. Only staff know it until an agent publishes it; one at most waits for that. A later answer
-- takes the place of the one before, which stays readable.
CREATE TABLE observation_answer (
    id uuid NOT NULL,
    observation_id uuid NOT NULL,
    service_id uuid NOT NULL,
    decision text NOT NULL,
    words jsonb NOT NULL,
    due_on date,
    given_at timestamptz NOT NULL DEFAULT now(),
    given_by uuid,
    published_at timestamptz,
    published_by uuid,
    CONSTRAINT observation_answer_pk PRIMARY KEY (id),
    CONSTRAINT observation_answer_observation FOREIGN KEY (observation_id)
        REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_answer_service FOREIGN KEY (service_id) REFERENCES service (id),
    CONSTRAINT observation_answer_given_by FOREIGN KEY (given_by) REFERENCES account (id),
    CONSTRAINT observation_answer_published_by FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT observation_answer_decision CHECK (decision IN ('done', 'planned', 'study', 'refused')),
    CONSTRAINT observation_answer_due CHECK ((due_on IS NOT NULL) = (decision IN ('planned', 'study'))),
    CONSTRAINT observation_answer_worded CHECK (words <> '{}'),
    CONSTRAINT observation_answer_published CHECK (published_at IS NOT NULL OR published_by IS NULL)
);
CREATE UNIQUE INDEX observation_answer_one_waits ON observation_answer (observation_id) WHERE published_at IS NULL;
CREATE INDEX observation_answer_by_observation ON observation_answer (observation_id, published_at DESC)
    WHERE published_at IS NOT NULL;

-- What happened after the answer: work began, it was done, or another day was set and why.
CREATE TABLE observation_turn (
    id uuid NOT NULL,
    observation_id uuid NOT NULL,
    status text NOT NULL,
    due_before date,
    due_on date,
    words jsonb NOT NULL DEFAULT '{}',
    made_at timestamptz NOT NULL DEFAULT now(),
    made_by uuid,
    CONSTRAINT observation_turn_pk PRIMARY KEY (id),
    CONSTRAINT observation_turn_observation FOREIGN KEY (observation_id) REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_turn_made_by FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT observation_turn_status CHECK (status IN ('study', 'planned', 'under_way', 'done')),
    CONSTRAINT observation_turn_due CHECK ((due_on IS NULL) = (status = 'done')),
    CONSTRAINT observation_turn_worded CHECK (words <> '{}' OR due_on IS NOT DISTINCT FROM due_before)
);
CREATE INDEX observation_turn_by_observation ON observation_turn (observation_id, made_at);
