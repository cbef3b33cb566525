CREATE TABLE submissions (
    idempotency_key VARCHAR(255) PRIMARY KEY,
    body_digest VARCHAR(64) NOT NULL,
    job VARCHAR(63) NOT NULL,
    pool VARCHAR(63) NOT NULL
);

CREATE TABLE pools (
    pool VARCHAR(63) PRIMARY KEY
);

CREATE TABLE job_pools (
    job VARCHAR(63) PRIMARY KEY,
    pool VARCHAR(63) NOT NULL
);

CREATE TABLE finished_jobs (
    job VARCHAR(63) PRIMARY KEY,
    pool VARCHAR(63) NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
    job_view TEXT NOT NULL
);

CREATE INDEX finished_jobs_by_time ON finished_jobs (finished_at);

CREATE TABLE attempts (
    job VARCHAR(63) NOT NULL,
    shard INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    resumed_from_step INTEGER NOT NULL,
    node VARCHAR(63) NOT NULL,
    zone VARCHAR(255) NOT NULL,
    capacity_type VARCHAR(16) NOT NULL,
    attempt_view TEXT NOT NULL,
    PRIMARY KEY (job, shard, generation)
);

CREATE TABLE steps (
    job VARCHAR(63) NOT NULL,
    shard INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    step INTEGER NOT NULL,
    loss REAL NOT NULL,
    learning_rate DOUBLE PRECISION NOT NULL,
    gradient_norm DOUBLE PRECISION NOT NULL,
    samples BIGINT NOT NULL,
    tokens_per_second DOUBLE PRECISION NOT NULL,
    pause_millis DOUBLE PRECISION NOT NULL,
    eval_loss REAL,
    epoch_millis BIGINT NOT NULL,
    PRIMARY KEY (job, shard, generation, step)
);

CREATE TABLE job_events (
    job VARCHAR(63) NOT NULL,
    sequence BIGINT NOT NULL,
    job_event TEXT NOT NULL,
    PRIMARY KEY (job, sequence)
);
