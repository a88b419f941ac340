-- A participation process and its phases. Texts are JSON objects from language code to text.

CREATE TABLE process (
    id uuid NOT NULL,
    slug text NOT NULL,
    title jsonb NOT NULL,
    summary jsonb NOT NULL,
    description jsonb NOT NULL,
    demonstration boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT process_pk PRIMARY KEY (id),
    CONSTRAINT process_slug UNIQUE (slug),
    CONSTRAINT process_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60)
);

CREATE TABLE phase (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    kind text NOT NULL,
    title jsonb NOT NULL,
    description jsonb NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    CONSTRAINT phase_pk PRIMARY KEY (id),
    CONSTRAINT phase_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT phase_kind CHECK (kind IN ('information', 'ideas', 'examination', 'vote', 'follow_up')),
    CONSTRAINT phase_dates CHECK (ends_on >= starts_on)
);
CREATE INDEX phase_by_process ON phase (process_id, starts_on);

ALTER TABLE role_grant
    ADD CONSTRAINT role_grant_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE;
