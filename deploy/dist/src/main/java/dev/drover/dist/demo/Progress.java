package dev.drover.dist.demo;

import dev.drover.protocol.api.JobView;
import dev.drover.protocol.api.ShardView;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** Live progress for people, on one line of a terminal, or a line at a time elsewhere. */
final class Progress {
    private static final long EVERY_MILLIS = 5_000;

    private final PrintStream out;
    private final boolean terminal;
    private final long startedNanos = System.nanoTime();
    private long shownMillis = -EVERY_MILLIS;

    Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Something that is not to be overwritten. */
    void say(String text) {
        out.printf("%s[%5.1f s] %s%n", terminal ? "\r\u001b[K" : "", seconds(), text);
        out.flush();
    }

    void show(JobView job, int steps) {
        long now = (long) (seconds() * 1000);
        if (!terminal && now - shownMillis < EVERY_MILLIS) {
            return;
        }
        shownMillis = now;
        String shards = job.shards().stream().map(shard -> line(shard, steps)).collect(Collectors.joining("   "));
        out.printf(terminal ? "\r\u001b[K[%5.1f s] %s" : "[%5.1f s] %s%n", seconds(), shards);
        out.flush();
    }

    private static String line(ShardView shard, int steps) {
        String where = shard.attempts().isEmpty()
                ? ""
                : " " + shard.attempts().getLast().market().zone() + " "
                        + shard.attempts().getLast().market().capacityType();
        return "shard %d %s %d/%d g%d%s"
                .formatted(shard.index(), shard.state(), shard.step(), steps, shard.generation(), where);
    }
}
