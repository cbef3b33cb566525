-- Payloads lie in their rows: H2 keeps a BLOB's bytes elsewhere, shares them between copies and clears them in the background,
-- and a snapshot was once seen to have lost its own ("Block not found").
ALTER TABLE "event_journal" ALTER COLUMN "event_payload" SET DATA TYPE VARBINARY(1000000000);
ALTER TABLE "event_journal" ALTER COLUMN "meta_payload" SET DATA TYPE VARBINARY(1000000000);
ALTER TABLE "snapshot" ALTER COLUMN "snapshot_payload" SET DATA TYPE VARBINARY(1000000000);
ALTER TABLE "snapshot" ALTER COLUMN "meta_payload" SET DATA TYPE VARBINARY(1000000000);
