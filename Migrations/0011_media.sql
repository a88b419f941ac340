-- Photos and documents. What is kept is what the service wrote itself: an image is decoded and encoded again, so that
-- nothing of the file that was sent (place, camera, hidden parts) is left; a document is checked and written anew.

-- A photo or document. It hangs on one thing, through a table of that thing's own (proposal_medium, …), and goes with
-- it: see medium_goes_with_its_use. alt says what an image shows; an image that is declared decorative has none.
CREATE TABLE medium (
    id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    alt text NOT NULL DEFAULT '',
    uploaded_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT medium_pk PRIMARY KEY (id),
    CONSTRAINT medium_account FOREIGN KEY (uploaded_by) REFERENCES account (id),
    CONSTRAINT medium_kind CHECK (kind IN ('image', 'document')),
    CONSTRAINT medium_kind_key UNIQUE (id, kind),
    CONSTRAINT medium_name_length CHECK (char_length(name) BETWEEN 1 AND 150),
    CONSTRAINT medium_alt_length CHECK (char_length(alt) <= 500),
    CONSTRAINT medium_alt_of_image CHECK (kind = 'image' OR alt = '')
);

-- Its bytes: an image in two sizes, a document in one. Already compressed, so kept out of line and as they are. The
-- hash is the entity tag under which they are served; a rendition never changes.
CREATE TABLE medium_rendition (
    medium_id uuid NOT NULL,
    kind text NOT NULL,
    rendition text NOT NULL,
    media_type text NOT NULL,
    width integer,
    height integer,
    bytes bytea NOT NULL,
    byte_count integer GENERATED ALWAYS AS (length(bytes)) STORED,
    sha256 bytea GENERATED ALWAYS AS (sha256(bytes)) STORED,
    CONSTRAINT medium_rendition_pk PRIMARY KEY (medium_id, rendition),
    CONSTRAINT medium_rendition_medium FOREIGN KEY (medium_id, kind) REFERENCES medium (id, kind) ON DELETE CASCADE,
    CONSTRAINT medium_rendition_form CHECK (
        (kind = 'image' AND rendition IN ('large', 'small') AND media_type = 'image/webp'
            AND width BETWEEN 1 AND 1600 AND height BETWEEN 1 AND 1600 AND num_nonnulls(width, height) = 2)
        OR (kind = 'document' AND rendition = 'document' AND media_type = 'application/pdf'
            AND num_nonnulls(width, height) = 0)),
    CONSTRAINT medium_rendition_size CHECK (length(bytes) BETWEEN 1 AND 10485760)
);

ALTER TABLE medium_rendition ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Trigger of every table that hangs media on something, after each deleted row: the medium goes too, so that deleting
-- a draft leaves no photo behind. Those tables have a column medium_id, UNIQUE.
CREATE FUNCTION medium_goes_with_its_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM medium WHERE id = OLD.medium_id;
    RETURN NULL;
END
$$;
