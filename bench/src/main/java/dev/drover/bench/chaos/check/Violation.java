package dev.drover.bench.chaos.check;

import java.time.Instant;

/** A promise that was broken: which, when, and how that is known. */
public record Violation(String promise, Instant at, String what) {
    @Override
    public String toString() {
        return at + " " + promise + ": " + what;
    }
}
