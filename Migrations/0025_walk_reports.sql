-- Observations found by their words, and the report of a walk: written by agents, published in versions of which none
-- is changed or lost.

ALTER TABLE observation
    ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector(search_configuration(language), words), 'A')
        || setweight(to_tsvector(search_configuration(language), place), 'B')) STORED;

CREATE INDEX observation_search ON observation USING gin (search) WHERE state = 'published';

-- The report as it is being written: what is known of the day itself, and the words around the observations. revision
-- tells two agents who write at once.
CREATE TABLE walk_report (
    walk_id uuid NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    commissioner jsonb NOT NULL DEFAULT '{}',
    weather jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz,
    ended_at timestamptz,
    -- In metres, where the group went another way than the route.
    length integer,
    absent_services jsonb NOT NULL DEFAULT '{}',
    introduction jsonb NOT NULL DEFAULT '{}',
    return_at timestamptz,
    return_place jsonb NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT walk_report_pk PRIMARY KEY (walk_id),
    CONSTRAINT walk_report_walk FOREIGN KEY (walk_id) REFERENCES walk (id) ON DELETE CASCADE,
    CONSTRAINT walk_report_times CHECK (ended_at > started_at),
    CONSTRAINT walk_report_length CHECK (length BETWEEN 1 AND 100000)
);

-- What runs through all stops, and what others could do likewise.
CREATE TABLE walk_report_section (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL,
    -- The theme whose figures stand in it; null for all observations.
    theme_id uuid,
    title jsonb NOT NULL,
    words jsonb NOT NULL,
    CONSTRAINT walk_report_section_pk PRIMARY KEY (id),
    CONSTRAINT walk_report_section_report FOREIGN KEY (walk_id) REFERENCES walk_report (walk_id) ON DELETE CASCADE,
    CONSTRAINT walk_report_section_theme FOREIGN KEY (theme_id, walk_id) REFERENCES walk_theme (id, walk_id),
    CONSTRAINT walk_report_section_position UNIQUE (walk_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT walk_report_section_kind CHECK (kind IN ('theme', 'practice')),
    CONSTRAINT walk_report_section_titled CHECK (title <> '{}'),
    CONSTRAINT walk_report_section_worded CHECK (words <> '{}')
);

CREATE TABLE recommendation (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    position integer NOT NULL,
    horizon text NOT NULL,
    owner text NOT NULL,
    -- Who exactly: the name of the landlord, of the service.
    owner_name text NOT NULL DEFAULT '',
    title jsonb NOT NULL,
    words jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT recommendation_pk PRIMARY KEY (id),
    CONSTRAINT recommendation_of_walk UNIQUE (id, walk_id),
    CONSTRAINT recommendation_report FOREIGN KEY (walk_id) REFERENCES walk_report (walk_id) ON DELETE CASCADE,
    CONSTRAINT recommendation_position UNIQUE (walk_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT recommendation_horizon CHECK (horizon IN ('immediate', 'planned', 'study')),
    CONSTRAINT recommendation_owner CHECK (owner IN ('town', 'landlord', 'metropolis', 'police', 'other')),
    CONSTRAINT recommendation_owner_name CHECK (
        char_length(owner_name) <= 200 AND (owner <> 'other' OR owner_name <> '')),
    CONSTRAINT recommendation_titled CHECK (title <> '{}')
);

-- The observations that a recommendation answers.
CREATE TABLE recommendation_observation (
    recommendation_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    walk_id uuid NOT NULL,
    CONSTRAINT recommendation_observation_pk PRIMARY KEY (recommendation_id, observation_id),
    CONSTRAINT recommendation_observation_recommendation FOREIGN KEY (recommendation_id, walk_id)
        REFERENCES recommendation (id, walk_id) ON DELETE CASCADE,
    CONSTRAINT recommendation_observation_observation FOREIGN KEY (observation_id, walk_id)
        REFERENCES observation (id, walk_id) ON DELETE CASCADE
);
CREATE INDEX recommendation_observation_by_observation ON recommendation_observation (observation_id);

-- A report as it was published. content is all that its page says, in every language that it was written in; of its
-- observations and photos, only those are shown that are public at the time of reading.
CREATE TABLE walk_report_version (
    walk_id uuid NOT NULL,
    number integer NOT NULL,
    content jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by uuid,
    CONSTRAINT walk_report_version_pk PRIMARY KEY (walk_id, number),
    CONSTRAINT walk_report_version_report FOREIGN KEY (walk_id) REFERENCES walk_report (walk_id) ON DELETE CASCADE,
    CONSTRAINT walk_report_version_published_by FOREIGN KEY (published_by) REFERENCES account (id),
    CONSTRAINT walk_report_version_number CHECK (number >= 1)
);

CREATE FUNCTION refuse_report_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published report is not changed' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER walk_report_version_stays BEFORE UPDATE ON walk_report_version
    FOR EACH ROW EXECUTE FUNCTION refuse_report_change();
