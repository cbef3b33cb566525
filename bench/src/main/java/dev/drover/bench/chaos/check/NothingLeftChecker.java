package dev.drover.bench.chaos.check;

import java.util.List;

/** When all is over no process, host, mount or port of the campaign is there. */
final class NothingLeftChecker implements Checker {
    @Override
    public List<Violation> check(Story story) {
        return story.left().stream()
                .map(what -> new Violation("nothing left", story.endedAt(), what))
                .toList();
    }
}
