package dev.drover.persistence.trial;

import dev.drover.persistence.journal.Database;
import dev.drover.persistence.journal.H2Database;
import java.nio.file.Path;

/** What every test of persistence runs on. */
public enum DatabaseKind {
    H2 {
        @Override
        public Database create(Path directory) {
            return H2Database.in(directory);
        }
    },
    POSTGRES {
        @Override
        public Database create(Path directory) {
            return TrialPostgres.create();
        }
    };

    /** A fresh, empty one. */
    public abstract Database create(Path directory);
}
