-- Events (meetings, workshops, stands, hearings) and debates: what a consultation does beside asking questions.

-- An event is a gathering, as a walk is: registration, places, waiting list, reminder, calendars are the gathering's.
-- What was said there is in event_contribution; minutes are told to who came once they are published.
CREATE TABLE event (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    -- Null for an event of the process alone.
    consultation_id uuid,
    handle text NOT NULL,
    gathering_id uuid NOT NULL,
    kind text NOT NULL,
    title jsonb NOT NULL,
    description jsonb NOT NULL DEFAULT '{}',
    agenda jsonb NOT NULL DEFAULT '{}',
    place jsonb NOT NULL DEFAULT '{}',
    latitude double precision,
    longitude double precision,
    accessibility jsonb NOT NULL DEFAULT '{}',
    -- Languages spoken, interpreting, sign language, childcare, in words.
    help jsonb NOT NULL DEFAULT '{}',
    online_address text,
    -- Whether everybody sees the address, or who has places.
    online_is_open boolean NOT NULL DEFAULT false,
    minutes jsonb NOT NULL DEFAULT '{}',
    minutes_published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz,
    -- Grows with each change of its words, so that nobody saves over another's unawares.
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT event_pk PRIMARY KEY (id),
    CONSTRAINT event_handle UNIQUE (handle),
    CONSTRAINT event_gathering UNIQUE (gathering_id),
    CONSTRAINT event_process FOREIGN KEY (process_id) REFERENCES process (id),
    CONSTRAINT event_consultation FOREIGN KEY (consultation_id, process_id) REFERENCES consultation (id, process_id),
    CONSTRAINT event_gathering_fkey FOREIGN KEY (gathering_id) REFERENCES gathering (id),
    CONSTRAINT event_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT event_titled CHECK (title <> '{}'),
    CONSTRAINT event_kind CHECK (kind IN ('in_person', 'online', 'hybrid')),
    CONSTRAINT event_somewhere CHECK (kind = 'online' OR place <> '{}'),
    CONSTRAINT event_address CHECK (
        (kind <> 'in_person') = (online_address IS NOT NULL)
        AND online_address ~ '^https?://' AND char_length(online_address) <= 500),
    CONSTRAINT event_point CHECK (
        num_nonnulls(latitude, longitude) <> 1
        AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180),
    CONSTRAINT event_minutes CHECK (
        minutes_published_at IS NULL OR (minutes <> '{}' AND published_at IS NOT NULL))
);
CREATE INDEX event_by_process ON event (process_id, id);
CREATE INDEX event_by_consultation ON event (consultation_id, id) WHERE consultation_id IS NOT NULL;

-- What a gathering is the day of.
CREATE VIEW occasion AS
    SELECT gathering_id, 'walk' AS kind, id AS subject_id, handle, process_id, title, meeting_place AS place,
           NULL::text AS online_address, published_at
    FROM walk
    UNION ALL
    SELECT gathering_id, 'event', id, handle, process_id, title, place, online_address, published_at
    FROM event;

-- How many came, by category, as agents counted them.
CREATE TABLE event_head_count (
    event_id uuid NOT NULL,
    category text NOT NULL,
    people integer NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_head_count_pk PRIMARY KEY (event_id, category),
    CONSTRAINT event_head_count_event FOREIGN KEY (event_id) REFERENCES event (id) ON DELETE CASCADE,
    CONSTRAINT event_head_count_category CHECK (category IN (
        'residents', 'women', 'men', 'children', 'young', 'seniors', 'reduced_mobility', 'associations', 'shopkeepers',
        'elected', 'services', 'partners')),
    CONSTRAINT event_head_count_people CHECK (people BETWEEN 0 AND 10000)
);

-- Documents and photos beside the minutes.
CREATE TABLE event_medium (
    event_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    position integer NOT NULL,
    CONSTRAINT event_medium_pk PRIMARY KEY (event_id, medium_id),
    CONSTRAINT event_medium_event FOREIGN KEY (event_id) REFERENCES event (id) ON DELETE CASCADE,
    CONSTRAINT event_medium_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT event_medium_once UNIQUE (medium_id),
    CONSTRAINT event_medium_position UNIQUE (event_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT event_medium_limit CHECK (position BETWEEN 1 AND 20)
);
CREATE TRIGGER event_medium_gone AFTER DELETE ON event_medium
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();

-- A debate: a question on which several sides are heard. Open while its consultation collects; closed by conclusions.
CREATE TABLE debate (
    id uuid NOT NULL,
    consultation_id uuid NOT NULL,
    handle text NOT NULL,
    question jsonb NOT NULL,
    context jsonb NOT NULL DEFAULT '{}',
    -- Nobody sees how many find an argument convincing before the collection ends.
    hides_counts boolean NOT NULL DEFAULT false,
    conclusions jsonb NOT NULL DEFAULT '{}',
    concluded_at timestamptz,
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT debate_pk PRIMARY KEY (id),
    CONSTRAINT debate_handle UNIQUE (consultation_id, handle),
    CONSTRAINT debate_consultation FOREIGN KEY (consultation_id) REFERENCES consultation (id) ON DELETE CASCADE,
    CONSTRAINT debate_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 60),
    CONSTRAINT debate_asked CHECK (question <> '{}'),
    CONSTRAINT debate_concluded CHECK (
        concluded_at IS NULL OR (conclusions <> '{}' AND published_at IS NOT NULL))
);

-- heard is what was heard on this side, said with the conclusions (Markdown).
CREATE TABLE debate_side (
    debate_id uuid NOT NULL,
    number integer NOT NULL,
    title jsonb NOT NULL,
    heard jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT debate_side_pk PRIMARY KEY (debate_id, number),
    CONSTRAINT debate_side_debate FOREIGN KEY (debate_id) REFERENCES debate (id) ON DELETE CASCADE,
    CONSTRAINT debate_side_number CHECK (number BETWEEN 1 AND 5),
    CONSTRAINT debate_side_titled CHECK (title <> '{}')
);

-- What somebody says for a side. Whoever has no account says it to an agent at a stand, and is named nowhere. One that
-- its author withdrew loses its words and keeps its place for the answers; one that says the same as another may be
-- joined into it, one level deep, and comes back when that is undone.
CREATE TABLE argument (
    id uuid NOT NULL,
    debate_id uuid NOT NULL,
    side integer NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    language text NOT NULL,
    account_id uuid,
    entered_by uuid,
    thread_id uuid NOT NULL,
    comment_count integer NOT NULL DEFAULT 0,
    joined_into uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT argument_pk PRIMARY KEY (id),
    CONSTRAINT argument_number UNIQUE (debate_id, number),
    CONSTRAINT argument_of_debate UNIQUE (id, debate_id),
    CONSTRAINT argument_side FOREIGN KEY (debate_id, side) REFERENCES debate_side (debate_id, number),
    CONSTRAINT argument_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT argument_entered_by FOREIGN KEY (entered_by) REFERENCES account (id),
    CONSTRAINT argument_somebody CHECK (num_nonnulls(account_id, entered_by) = 1),
    CONSTRAINT argument_thread UNIQUE (thread_id),
    CONSTRAINT argument_thread_fkey FOREIGN KEY (thread_id) REFERENCES thread (id),
    CONSTRAINT argument_comment_count CHECK (comment_count >= 0),
    CONSTRAINT argument_joined_into FOREIGN KEY (joined_into, debate_id) REFERENCES argument (id, debate_id),
    CONSTRAINT argument_not_joined_to_itself CHECK (joined_into <> id),
    CONSTRAINT argument_lengths CHECK (char_length(title) <= 150 AND char_length(body) <= 4000),
    CONSTRAINT argument_words CHECK ((withdrawn_at IS NULL) = (title <> '') AND (withdrawn_at IS NULL OR body = '')),
    CONSTRAINT argument_language CHECK (language IN ('fr', 'en', 'de'))
);
CREATE INDEX argument_by_debate ON argument (debate_id, side, id);
CREATE INDEX argument_by_account ON argument (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX argument_by_origin ON argument (joined_into) WHERE joined_into IS NOT NULL;

-- Where an argument comes from: pages of the web, shown as plain links.
CREATE TABLE argument_source (
    argument_id uuid NOT NULL,
    position integer NOT NULL,
    address text NOT NULL,
    CONSTRAINT argument_source_pk PRIMARY KEY (argument_id, position),
    CONSTRAINT argument_source_argument FOREIGN KEY (argument_id) REFERENCES argument (id) ON DELETE CASCADE,
    CONSTRAINT argument_source_position CHECK (position BETWEEN 1 AND 5),
    CONSTRAINT argument_source_address CHECK (address ~ '^https?://[^[:space:]]+$' AND char_length(address) <= 500)
);

-- "I find this convincing": once for each account, whatever is pressed at once.
CREATE TABLE argument_support (
    argument_id uuid NOT NULL,
    account_id uuid NOT NULL,
    CONSTRAINT argument_support_once PRIMARY KEY (argument_id, account_id),
    CONSTRAINT argument_support_argument FOREIGN KEY (argument_id) REFERENCES argument (id) ON DELETE CASCADE,
    CONSTRAINT argument_support_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX argument_support_by_account ON argument_support (account_id);

-- What somebody said at an event, as an agent wrote it down: nobody is named. It stands by itself or led to a proposal,
-- an argument, a paragraph or an answer to a questionnaire; of that the questionnaire alone is known, so that nobody's
-- answers are found by what they said. outcome says what became of it.
CREATE TABLE event_contribution (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    number integer NOT NULL,
    words text NOT NULL,
    language text NOT NULL,
    proposal_id uuid,
    argument_id uuid,
    paragraph_id uuid,
    questionnaire_id uuid,
    outcome jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT event_contribution_pk PRIMARY KEY (id),
    CONSTRAINT event_contribution_number UNIQUE (event_id, number),
    CONSTRAINT event_contribution_event FOREIGN KEY (event_id) REFERENCES event (id) ON DELETE CASCADE,
    CONSTRAINT event_contribution_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id),
    CONSTRAINT event_contribution_argument FOREIGN KEY (argument_id) REFERENCES argument (id),
    CONSTRAINT event_contribution_paragraph FOREIGN KEY (paragraph_id) REFERENCES text_paragraph (id),
    CONSTRAINT event_contribution_questionnaire FOREIGN KEY (questionnaire_id) REFERENCES questionnaire (id),
    CONSTRAINT event_contribution_leads_once CHECK (
        num_nonnulls(proposal_id, argument_id, paragraph_id, questionnaire_id) <= 1),
    CONSTRAINT event_contribution_words CHECK (char_length(words) BETWEEN 1 AND 2000),
    CONSTRAINT event_contribution_language CHECK (language IN ('fr', 'en', 'de'))
);
