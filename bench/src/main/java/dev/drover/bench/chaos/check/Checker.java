package dev.drover.bench.chaos.check;

import java.util.List;

/** One promise, held against a story. It judges by what happened, not by what the pool believes. */
interface Checker {
    List<Violation> check(Story story);
}
