-- Proposals: from a draft to whatever became of it. What happened to a proposal is the presence of rows with who and
-- when; status repeats the outcome in one word, written in the same transaction, so that lists can be filtered by it.

-- The city's districts; outline is the geometry of a GeoJSON feature (RFC 7946), in degrees.
CREATE TABLE district (
    code text NOT NULL,
    name jsonb NOT NULL,
    position integer NOT NULL,
    outline jsonb,
    CONSTRAINT district_pk PRIMARY KEY (code),
    CONSTRAINT district_code_form CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 60)
);

-- The call for proposals of a process: what may be written, and how.
CREATE TABLE proposal_call (
    process_id uuid NOT NULL,
    guidance jsonb NOT NULL DEFAULT '{}',
    currency text NOT NULL DEFAULT 'EUR',
    ceiling bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_call_pk PRIMARY KEY (process_id),
    CONSTRAINT proposal_call_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT proposal_call_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT proposal_call_ceiling CHECK (ceiling > 0)
);

-- What residents may do while a phase of that kind lasts. No row: read only.
CREATE TABLE proposal_rule (
    process_id uuid NOT NULL,
    phase_kind text NOT NULL,
    may_write boolean NOT NULL,
    may_comment boolean NOT NULL,
    may_support boolean NOT NULL,
    support_limit integer,
    support_threshold integer,
    hides_counts boolean NOT NULL,
    CONSTRAINT proposal_rule_pk PRIMARY KEY (process_id, phase_kind),
    CONSTRAINT proposal_rule_call FOREIGN KEY (process_id) REFERENCES proposal_call (process_id) ON DELETE CASCADE,
    CONSTRAINT proposal_rule_phase CHECK (phase_kind IN ('information', 'ideas', 'examination', 'vote', 'follow_up')),
    CONSTRAINT proposal_rule_limit CHECK (support_limit > 0),
    CONSTRAINT proposal_rule_threshold CHECK (support_threshold > 0)
);

CREATE TABLE theme (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    slug text NOT NULL,
    title jsonb NOT NULL,
    position integer NOT NULL,
    CONSTRAINT theme_pk PRIMARY KEY (id),
    CONSTRAINT theme_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT theme_slug UNIQUE (process_id, slug),
    CONSTRAINT theme_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60)
);

-- Where comments hang: a proposal has one, and so may whatever else is talked about.
CREATE TABLE thread (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT thread_pk PRIMARY KEY (id)
);

CREATE TABLE proposal (
    id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    process_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    language text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    theme_id uuid,
    district_code text,
    place text NOT NULL DEFAULT '',
    latitude double precision,
    longitude double precision,
    cost bigint,
    author_kind text NOT NULL DEFAULT 'person',
    group_name text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'draft',
    joined_into uuid,
    support_count integer NOT NULL DEFAULT 0,
    comment_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT proposal_pk PRIMARY KEY (id),
    CONSTRAINT proposal_number UNIQUE (number),
    CONSTRAINT proposal_thread UNIQUE (thread_id),
    CONSTRAINT proposal_thread_fkey FOREIGN KEY (thread_id) REFERENCES thread (id),
    CONSTRAINT proposal_call FOREIGN KEY (process_id) REFERENCES proposal_call (process_id),
    CONSTRAINT proposal_theme FOREIGN KEY (theme_id) REFERENCES theme (id),
    CONSTRAINT proposal_district FOREIGN KEY (district_code) REFERENCES district (code),
    CONSTRAINT proposal_joined_into FOREIGN KEY (joined_into) REFERENCES proposal (id),
    CONSTRAINT proposal_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT proposal_title_length CHECK (char_length(title) <= 150),
    CONSTRAINT proposal_body_length CHECK (char_length(body) <= 20000),
    CONSTRAINT proposal_place_length CHECK (char_length(place) <= 300),
    CONSTRAINT proposal_point CHECK (
        num_nonnulls(latitude, longitude) <> 1 AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT proposal_cost CHECK (cost >= 0),
    CONSTRAINT proposal_author_kind CHECK (author_kind IN ('person', 'group', 'association', 'city')),
    CONSTRAINT proposal_group_named CHECK ((author_kind IN ('group', 'association')) OR group_name = ''),
    CONSTRAINT proposal_status CHECK (status IN (
        'draft', 'received', 'withdrawn', 'joined', 'in_examination', 'accepted', 'refused', 'on_ballot', 'selected',
        'not_selected', 'under_way', 'done', 'abandoned')),
    CONSTRAINT proposal_draft_unpublished CHECK ((status = 'draft') = (published_at IS NULL)),
    CONSTRAINT proposal_withdrawn CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CONSTRAINT proposal_joined CHECK ((status = 'joined') = (joined_into IS NOT NULL)),
    CONSTRAINT proposal_not_joined_to_itself CHECK (joined_into <> id),
    CONSTRAINT proposal_published_whole CHECK (published_at IS NULL OR (title <> '' AND body <> '')),
    CONSTRAINT proposal_counts CHECK (support_count >= 0 AND comment_count >= 0)
);

CREATE INDEX proposal_by_process ON proposal (process_id, published_at DESC, id) WHERE published_at IS NOT NULL;
CREATE INDEX proposal_by_support ON proposal (process_id, support_count DESC, id) WHERE published_at IS NOT NULL;
CREATE INDEX proposal_by_origin ON proposal (joined_into) WHERE joined_into IS NOT NULL;

-- Who wrote it: an account, or only a name when somebody without an account was helped or wrote on paper.
CREATE TABLE proposal_author (
    proposal_id uuid NOT NULL,
    place integer NOT NULL,
    account_id uuid,
    name text,
    joined_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_author_pk PRIMARY KEY (proposal_id, place),
    CONSTRAINT proposal_author_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_author_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT proposal_author_once UNIQUE (proposal_id, account_id),
    CONSTRAINT proposal_author_one CHECK (num_nonnulls(account_id, name) = 1),
    CONSTRAINT proposal_author_name_length CHECK (char_length(name) BETWEEN 1 AND 100)
);

CREATE INDEX proposal_author_by_account ON proposal_author (account_id) WHERE account_id IS NOT NULL;

-- Every published wording, the present one included. reason says what made it: the author published or edited it,
-- accepted a suggestion, or adapted it to an examination.
CREATE TABLE proposal_version (
    proposal_id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    place text NOT NULL,
    cost bigint,
    reason text NOT NULL,
    account_id uuid,
    written_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_version_pk PRIMARY KEY (proposal_id, number),
    CONSTRAINT proposal_version_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_version_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT proposal_version_reason CHECK (reason IN ('published', 'edited', 'suggestion', 'adapted'))
);

-- One person supports a proposal once; the row survives the account, as a mark does.
CREATE TABLE proposal_support (
    proposal_id uuid NOT NULL,
    person_id uuid NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_support_once PRIMARY KEY (proposal_id, person_id),
    CONSTRAINT proposal_support_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_support_person FOREIGN KEY (person_id) REFERENCES person (id)
);

CREATE INDEX proposal_support_by_person ON proposal_support (person_id);

-- Who wants to hear of it.
CREATE TABLE proposal_follower (
    proposal_id uuid NOT NULL,
    account_id uuid NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_follower_once PRIMARY KEY (proposal_id, account_id),
    CONSTRAINT proposal_follower_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_follower_account FOREIGN KEY (account_id) REFERENCES account (id)
);

CREATE INDEX proposal_follower_by_account ON proposal_follower (account_id);

-- The project of a vote that a proposal became.
CREATE TABLE project_proposal (
    project_id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    CONSTRAINT project_proposal_pk PRIMARY KEY (project_id, proposal_id),
    CONSTRAINT project_proposal_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE,
    CONSTRAINT project_proposal_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id)
);

CREATE INDEX project_proposal_by_proposal ON project_proposal (proposal_id);
