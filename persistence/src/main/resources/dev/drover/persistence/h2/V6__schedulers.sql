-- Who may act alone for a while. The database's clock counts.
CREATE TABLE leases (
    lease VARCHAR(255) PRIMARY KEY,
    holder VARCHAR(255) NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL
);

-- One row: how often a cluster was formed on this database. Whoever counts it up forms the next one; the one before it is over.
CREATE TABLE formations (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    formation BIGINT NOT NULL
);

-- Schedulers that run, or ran until heard_at; formation is 0 until one is a member.
CREATE TABLE schedulers (
    address VARCHAR(255) PRIMARY KEY,
    incarnation BIGINT NOT NULL,
    formation BIGINT NOT NULL,
    agents_url VARCHAR(1024) NOT NULL,
    pools VARCHAR(1000000) NOT NULL,
    agents INTEGER NOT NULL,
    heard_at TIMESTAMP WITH TIME ZONE NOT NULL
);
