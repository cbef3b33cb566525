-- One row per submission says both which job a key made and which pool that job is in. One without a key has its job for a key, after
-- a blank, which no key of a client's may hold.
CREATE INDEX IF NOT EXISTS submissions_by_job ON submissions (job);

INSERT INTO submissions (idempotency_key, body_digest, job, pool)
SELECT ' ' || job, '', job, pool FROM job_pools WHERE job NOT IN (SELECT job FROM submissions);
