-- Urban walks (marches exploratoires, diagnostics en marchant): what is prepared, who comes, what people saw. What the
-- city answers and the published report have migrations of their own.
--
-- Nobody's track is kept: an observation has the place that was sent with it and the day it arrived, and nothing that
-- would put two observations of one person side by side or in order.

-- Something that people come to on a day: a walk, and whatever else has places, a waiting list and a reminder.
-- starts_at moves when it is put off; who registered is told.
CREATE TABLE gathering (
    id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    places integer,
    most_companions integer NOT NULL DEFAULT 0,
    registration_closes_at timestamptz,
    cancelled_at timestamptz,
    cancellation jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT gathering_pk PRIMARY KEY (id),
    CONSTRAINT gathering_times CHECK (ends_at > starts_at),
    CONSTRAINT gathering_places CHECK (places > 0),
    CONSTRAINT gathering_companions CHECK (most_companions BETWEEN 0 AND 20),
    CONSTRAINT gathering_cancelled CHECK ((cancelled_at IS NULL) = (cancellation IS NULL))
);

-- Somebody who means to come, with an account or without. token_hash opens the page on which they change their mind.
-- What it says of a person is erased some time after the day (erased_at); the counts remain.
CREATE TABLE registration (
    id uuid NOT NULL,
    gathering_id uuid NOT NULL,
    account_id uuid,
    name text,
    email text,
    phone text,
    needs text,
    language text NOT NULL,
    companions integer NOT NULL DEFAULT 0,
    state text NOT NULL,
    token_hash bytea NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    registered_by uuid,
    reminded_at timestamptz,
    came integer,
    erased_at timestamptz,
    CONSTRAINT registration_pk PRIMARY KEY (id),
    CONSTRAINT registration_gathering FOREIGN KEY (gathering_id) REFERENCES gathering (id) ON DELETE CASCADE,
    CONSTRAINT registration_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT registration_registered_by FOREIGN KEY (registered_by) REFERENCES account (id),
    CONSTRAINT registration_token UNIQUE (token_hash),
    CONSTRAINT registration_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT registration_companions CHECK (companions BETWEEN 0 AND 20),
    CONSTRAINT registration_state CHECK (state IN ('registered', 'waiting', 'cancelled')),
    CONSTRAINT registration_came CHECK (came BETWEEN 0 AND 21),
    CONSTRAINT registration_lengths CHECK (
        char_length(name) BETWEEN 1 AND 100 AND char_length(email) <= 254 AND char_length(phone) <= 40
        AND char_length(needs) <= 1000),
    CONSTRAINT registration_named CHECK (erased_at IS NOT NULL OR name IS NOT NULL),
    CONSTRAINT registration_erased CHECK (
        erased_at IS NULL OR num_nonnulls(account_id, name, email, phone, needs, registered_by) = 0)
);

CREATE UNIQUE INDEX registration_once_per_account ON registration (gathering_id, account_id)
    WHERE account_id IS NOT NULL AND state <> 'cancelled';
CREATE UNIQUE INDEX registration_once_per_address ON registration (gathering_id, lower(email))
    WHERE email IS NOT NULL AND state <> 'cancelled';
CREATE INDEX registration_by_gathering ON registration (gathering_id, registered_at, id);
CREATE INDEX registration_by_account ON registration (account_id) WHERE account_id IS NOT NULL;

-- A way through the city with its stops; several walks may follow it, so that they can be compared. line is the
-- geometry of a GeoJSON LineString (RFC 7946), in degrees; length is measured on it, in metres.
CREATE TABLE route (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    name jsonb NOT NULL,
    line jsonb,
    length integer,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT route_pk PRIMARY KEY (id),
    CONSTRAINT route_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT route_of_process UNIQUE (id, process_id),
    CONSTRAINT route_named CHECK (name <> '{}'),
    CONSTRAINT route_length CHECK (length >= 0 AND (line IS NULL) = (length IS NULL))
);
CREATE INDEX route_by_process ON route (process_id, id);

-- Where everybody stands still, and what they are asked there.
CREATE TABLE stop (
    id uuid NOT NULL,
    route_id uuid NOT NULL,
    number integer NOT NULL,
    title jsonb NOT NULL,
    prompt jsonb NOT NULL DEFAULT '{}',
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    CONSTRAINT stop_pk PRIMARY KEY (id),
    CONSTRAINT stop_route FOREIGN KEY (route_id) REFERENCES route (id) ON DELETE CASCADE,
    CONSTRAINT stop_of_route UNIQUE (id, route_id),
    CONSTRAINT stop_number UNIQUE (route_id, number) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT stop_number_range CHECK (number BETWEEN 1 AND 99),
    CONSTRAINT stop_titled CHECK (title <> '{}'),
    CONSTRAINT stop_point CHECK (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);

-- A set of themes that agents keep and choose from: the six principles of safe places, the themes of a GUSP.
CREATE TABLE walk_template (
    id uuid NOT NULL,
    name jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CONSTRAINT walk_template_pk PRIMARY KEY (id),
    CONSTRAINT walk_template_named CHECK (name <> '{}')
);

-- key is the same in every walk that uses the theme, so that walks can be compared.
CREATE TABLE walk_template_theme (
    template_id uuid NOT NULL,
    position integer NOT NULL,
    key text NOT NULL,
    title jsonb NOT NULL,
    prompt jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT walk_template_theme_pk PRIMARY KEY (template_id, position),
    CONSTRAINT walk_template_theme_template FOREIGN KEY (template_id) REFERENCES walk_template (id) ON DELETE CASCADE,
    CONSTRAINT walk_template_theme_key UNIQUE (template_id, key),
    CONSTRAINT walk_template_theme_key_form CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 60),
    CONSTRAINT walk_template_theme_titled CHECK (title <> '{}')
);

CREATE TABLE walk (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    handle text NOT NULL,
    gathering_id uuid NOT NULL,
    route_id uuid NOT NULL,
    title jsonb NOT NULL,
    aim jsonb NOT NULL DEFAULT '{}',
    perimeter jsonb NOT NULL DEFAULT '{}',
    audience jsonb NOT NULL DEFAULT '{}',
    -- For whom the walk is made, in the words of concerned below; empty for everybody.
    audiences text[] NOT NULL DEFAULT '{}',
    accessibility jsonb NOT NULL DEFAULT '{}',
    image_rights jsonb NOT NULL DEFAULT '{}',
    meeting_place jsonb NOT NULL DEFAULT '{}',
    meeting_latitude double precision,
    meeting_longitude double precision,
    light text NOT NULL DEFAULT 'day',
    rain_starts_at timestamptz,
    -- What the sheet is opened with on site, by QR code or typed.
    code text NOT NULL,
    -- Until when observations are taken after the walk, for phones that find a network late.
    sheet_closes_at timestamptz NOT NULL,
    -- The walk before on the same route, which this one is compared with.
    previous_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    CONSTRAINT walk_pk PRIMARY KEY (id),
    CONSTRAINT walk_handle UNIQUE (handle),
    CONSTRAINT walk_gathering UNIQUE (gathering_id),
    CONSTRAINT walk_code UNIQUE (code),
    CONSTRAINT walk_process FOREIGN KEY (process_id) REFERENCES process (id),
    CONSTRAINT walk_gathering_fkey FOREIGN KEY (gathering_id) REFERENCES gathering (id),
    CONSTRAINT walk_route FOREIGN KEY (route_id, process_id) REFERENCES route (id, process_id),
    CONSTRAINT walk_route_key UNIQUE (id, route_id),
    CONSTRAINT walk_previous FOREIGN KEY (previous_id, route_id) REFERENCES walk (id, route_id),
    CONSTRAINT walk_not_before_itself CHECK (previous_id <> id),
    CONSTRAINT walk_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT walk_titled CHECK (title <> '{}'),
    CONSTRAINT walk_light CHECK (light IN ('day', 'dusk', 'night')),
    CONSTRAINT walk_code_form CHECK (code ~ '^[0-9a-z]{8}$'),
    CONSTRAINT walk_meeting_point CHECK (
        num_nonnulls(meeting_latitude, meeting_longitude) <> 1
        AND meeting_latitude BETWEEN -90 AND 90 AND meeting_longitude BETWEEN -180 AND 180)
);
CREATE INDEX walk_by_process ON walk (process_id, id);
CREATE INDEX walk_by_route ON walk (route_id, id);

-- Who does what on site; an account of the crew may open the sheet for others and write the head count.
CREATE TABLE walk_crew (
    walk_id uuid NOT NULL,
    account_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT walk_crew_pk PRIMARY KEY (walk_id, account_id, role),
    CONSTRAINT walk_crew_walk FOREIGN KEY (walk_id) REFERENCES walk (id) ON DELETE CASCADE,
    CONSTRAINT walk_crew_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT walk_crew_role CHECK (role IN ('guide', 'note_taker', 'photographer', 'time_keeper'))
);
CREATE INDEX walk_crew_by_account ON walk_crew (account_id);

-- The themes of one walk, copied from a template and then its own.
CREATE TABLE walk_theme (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    position integer NOT NULL,
    key text NOT NULL,
    title jsonb NOT NULL,
    prompt jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT walk_theme_pk PRIMARY KEY (id),
    CONSTRAINT walk_theme_of_walk UNIQUE (id, walk_id),
    CONSTRAINT walk_theme_walk FOREIGN KEY (walk_id) REFERENCES walk (id) ON DELETE CASCADE,
    CONSTRAINT walk_theme_key UNIQUE (walk_id, key),
    CONSTRAINT walk_theme_key_form CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 60),
    CONSTRAINT walk_theme_titled CHECK (title <> '{}')
);
CREATE INDEX walk_theme_by_walk ON walk_theme (walk_id, position);

-- How many came, by category, as the crew counted them at the start.
CREATE TABLE walk_head_count (
    walk_id uuid NOT NULL,
    category text NOT NULL,
    people integer NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT walk_head_count_pk PRIMARY KEY (walk_id, category),
    CONSTRAINT walk_head_count_walk FOREIGN KEY (walk_id) REFERENCES walk (id) ON DELETE CASCADE,
    CONSTRAINT walk_head_count_category CHECK (category IN (
        'residents', 'women', 'men', 'children', 'young', 'seniors', 'reduced_mobility', 'associations', 'shopkeepers',
        'elected', 'services', 'partners')),
    CONSTRAINT walk_head_count_people CHECK (people BETWEEN 0 AND 10000)
);

-- What somebody saw. id is made by the device that sends it, at random and without a time; sent twice, it is kept once.
-- key_hash lets that device take it back. No account, no time of day: the day of arrival is all that is kept.
-- A walk's observations are shown to nobody but its agents and crew until an agent has published them.
CREATE TABLE observation (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    route_id uuid NOT NULL,
    -- Given when it is published, so that it does not tell what was sent one after the other.
    number integer,
    stop_id uuid,
    latitude double precision,
    longitude double precision,
    -- The radius in metres that the device gave with the point; null when the point was chosen on the map.
    accuracy double precision,
    place text NOT NULL DEFAULT '',
    theme_id uuid,
    kind text NOT NULL,
    feeling smallint,
    concerned text[] NOT NULL DEFAULT '{}',
    words text NOT NULL,
    language text NOT NULL,
    manner text NOT NULL DEFAULT 'alone',
    people integer NOT NULL DEFAULT 1,
    channel text NOT NULL,
    sheet text,
    sheet_line integer,
    priority smallint,
    key_hash bytea,
    received_on date NOT NULL,
    state text NOT NULL DEFAULT 'received',
    joined_into uuid,
    published_at timestamptz,
    CONSTRAINT observation_pk PRIMARY KEY (id),
    CONSTRAINT observation_walk FOREIGN KEY (walk_id, route_id) REFERENCES walk (id, route_id),
    CONSTRAINT observation_number UNIQUE (walk_id, number),
    CONSTRAINT observation_of_walk UNIQUE (id, walk_id),
    CONSTRAINT observation_stop FOREIGN KEY (stop_id, route_id) REFERENCES stop (id, route_id),
    CONSTRAINT observation_theme FOREIGN KEY (theme_id, walk_id) REFERENCES walk_theme (id, walk_id),
    CONSTRAINT observation_joined_into FOREIGN KEY (joined_into, walk_id) REFERENCES observation (id, walk_id),
    CONSTRAINT observation_not_joined_to_itself CHECK (joined_into <> id),
    CONSTRAINT observation_point CHECK (
        num_nonnulls(latitude, longitude) <> 1 AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT observation_accuracy CHECK (accuracy >= 0 AND accuracy < 100000 AND latitude IS NOT NULL),
    CONSTRAINT observation_somewhere CHECK (stop_id IS NOT NULL OR latitude IS NOT NULL OR place <> ''),
    CONSTRAINT observation_kind CHECK (kind IN ('strength', 'problem', 'idea')),
    CONSTRAINT observation_feeling CHECK (feeling BETWEEN -2 AND 2),
    CONSTRAINT observation_concerned CHECK (concerned <@ ARRAY[
        'everybody', 'women', 'children', 'young', 'seniors', 'reduced_mobility', 'impaired_sight', 'pedestrians',
        'cyclists', 'residents', 'shopkeepers']),
    CONSTRAINT observation_lengths CHECK (
        char_length(words) BETWEEN 1 AND 2000 AND char_length(place) <= 300 AND char_length(sheet) BETWEEN 1 AND 40),
    CONSTRAINT observation_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT observation_manner CHECK (manner IN ('alone', 'group', 'dictated')),
    CONSTRAINT observation_people CHECK (people BETWEEN 1 AND 200 AND (manner = 'group' OR people = 1)),
    CONSTRAINT observation_channel CHECK (channel IN ('device', 'form', 'paper')),
    CONSTRAINT observation_sheet CHECK (
        (channel = 'paper') = (sheet IS NOT NULL) AND (sheet IS NULL) = (sheet_line IS NULL)),
    CONSTRAINT observation_sheet_line CHECK (sheet_line BETWEEN 1 AND 99),
    CONSTRAINT observation_sheet_once UNIQUE (walk_id, sheet, sheet_line),
    CONSTRAINT observation_priority CHECK (priority BETWEEN 1 AND 3),
    CONSTRAINT observation_key CHECK (octet_length(key_hash) = 32),
    CONSTRAINT observation_state CHECK (state IN ('received', 'published', 'set_aside', 'joined')),
    CONSTRAINT observation_joined CHECK ((state = 'joined') = (joined_into IS NOT NULL)),
    CONSTRAINT observation_published CHECK (
        state <> 'published' OR num_nonnulls(published_at, number) = 2)
);
CREATE INDEX observation_by_walk ON observation (walk_id, number) WHERE state = 'published';
CREATE INDEX observation_to_read ON observation (walk_id, id) WHERE state = 'received';
CREATE INDEX observation_by_origin ON observation (joined_into) WHERE joined_into IS NOT NULL;
CREATE INDEX observation_by_stop ON observation (stop_id) WHERE stop_id IS NOT NULL;

-- Photos of what was seen. client_id is made by the device, as an observation's id is. cleared_at is when somebody of
-- the crew or an agent has seen that nobody can be recognised, or has made it so; until then only they see it.
CREATE TABLE observation_photo (
    client_id uuid NOT NULL,
    observation_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    purpose text NOT NULL,
    position integer NOT NULL,
    cleared_at timestamptz,
    cleared_by uuid,
    CONSTRAINT observation_photo_pk PRIMARY KEY (client_id),
    CONSTRAINT observation_photo_observation FOREIGN KEY (observation_id) REFERENCES observation (id) ON DELETE CASCADE,
    CONSTRAINT observation_photo_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT observation_photo_medium_once UNIQUE (medium_id),
    CONSTRAINT observation_photo_cleared_by FOREIGN KEY (cleared_by) REFERENCES account (id),
    CONSTRAINT observation_photo_purpose CHECK (purpose IN ('seen', 'before', 'after', 'sheet')),
    CONSTRAINT observation_photo_position UNIQUE (observation_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT observation_photo_limit CHECK (position BETWEEN 1 AND 8)
);

CREATE TRIGGER observation_photo_gone AFTER DELETE ON observation_photo
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();
