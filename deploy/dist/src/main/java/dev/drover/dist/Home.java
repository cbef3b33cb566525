package dev.drover.dist;

import java.nio.file.Path;

/** Where one machine's Drover keeps what it needs: one directory, by default {@code .drover}. Delete it to start anew. */
record Home(Path root) {
    static Home at(Path root) {
        return new Home(root.toAbsolutePath().normalize());
    }

    /** What the command line reads to find the server: its address and tokens. Only the owner may read it. */
    Path client() {
        return root.resolve("client.json");
    }

    /** Tokens and the port, chosen once. Only the owner may read it. */
    Path settings() {
        return root.resolve("settings.json");
    }

    /** Held by the controller while it lives. */
    Path lock() {
        return root.resolve("controller.lock");
    }

    Path database() {
        return root.resolve("database");
    }

    /** The local cloud's own. */
    Path cloud() {
        return root.resolve("cloud");
    }

    /** Checkpoints and logs. */
    Path store() {
        return root.resolve("store");
    }

    /** How the local cloud starts an agent. */
    Path image() {
        return root.resolve("image.json");
    }

    /** How an agent starts the training program. */
    Path trainer() {
        return root.resolve("trainer.json");
    }

    Path nativeCache() {
        return root.resolve("djl");
    }

    Path log() {
        return root.resolve("controller.log");
    }
}
