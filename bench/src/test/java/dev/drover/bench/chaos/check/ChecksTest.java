package dev.drover.bench.chaos.check;

import static dev.drover.bench.chaos.check.Scene.FIRST;
import static dev.drover.bench.chaos.check.Scene.JOB;
import static dev.drover.bench.chaos.check.Scene.ONE;
import static dev.drover.bench.chaos.check.Scene.SECOND;
import static dev.drover.bench.chaos.check.Scene.SHARD;
import static dev.drover.bench.chaos.check.Scene.TWO;
import static dev.drover.bench.chaos.check.Scene.at;
import static dev.drover.bench.chaos.check.Scene.point;
import static dev.drover.bench.chaos.check.Scene.ref;
import static dev.drover.bench.chaos.check.Scene.why;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.bench.chaos.check.Story.InstanceLife;
import dev.drover.bench.chaos.check.Story.StoredCheckpoint;
import dev.drover.bench.chaos.history.Entry;
import dev.drover.bench.chaos.history.Fault;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.event.PoolEvent.ShardDetached;
import dev.drover.planning.event.PoolEvent.ShardGranted;
import dev.drover.planning.event.PoolEvent.ShardSucceeded;
import dev.drover.protocol.api.Reason;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.Lease;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each promise is broken by hand, in every way that its checker is there to see. */
class ChecksTest {
    @Test
    void campaignInWhichAllWentWellIsFoundToBeSo() {
        assertThat(violations(scene -> {})).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void brokenPromiseIsSeen(String what, String promise, Consumer<Scene> breaking) {
        assertThat(violations(breaking)).as(what).isNotEmpty().allMatch(found -> found.startsWith(promise), promise);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("excused")
    void whatAFaultExcusesIsNot(String what, Consumer<Scene> happening) {
        assertThat(violations(happening)).as(what).isEmpty();
    }

    private static List<String> violations(Consumer<Scene> change) {
        Scene scene = new Scene();
        change.accept(scene);
        return Checks.all(scene.story()).values().stream()
                .flatMap(List::stream)
                .map(found -> found.promise() + ": " + found.what())
                .toList();
    }

    private static Arguments broken(String what, String promise, Consumer<Scene> breaking) {
        return Arguments.of(what, promise, breaking);
    }

    static Stream<Arguments> broken() {
        return Stream.of(submissions(), owners(), checkpoints(), steps(), orphans(), trainings(), losses())
                .flatMap(each -> each);
    }

    private static Stream<Arguments> submissions() {
        return Stream.of(
                broken(
                        "an answered job is not in the journal",
                        "submissions",
                        s -> s.history.add(
                                3, new Entry.Acknowledged(at(3), "other", "small", new JobId("job2"), "s1"))),
                broken("a job is in the journal twice", "submissions", s -> s.journal.add(s.journal.getFirst())),
                broken("a key makes two jobs", "submissions", s -> {
                    s.history.add(3, new Entry.Acknowledged(at(3), "key", "small", new JobId("job2"), "s2"));
                    s.journal.add(1, submitted("job2"));
                }),
                broken(
                        "a submission is never answered",
                        "submissions",
                        s -> s.history.add(3, new Entry.Submitting(at(3), "other", "small"))),
                broken(
                        "a job does not end",
                        "submissions",
                        s -> s.history.removeIf(entry -> entry instanceof Entry.Ended)),
                broken(
                        "a job is cancelled and nobody asked",
                        "submissions",
                        s -> s.history.replaceAll(entry ->
                                entry instanceof Entry.Ended ? new Entry.Ended(entry.at(), JOB, "CANCELLED") : entry)),
                broken("the journal holds a job of nobody's", "submissions", s -> s.journal.add(1, submitted("job2"))));
    }

    private static PoolEvent.JobSubmitted submitted(String job) {
        PoolEvent.JobSubmitted like = (PoolEvent.JobSubmitted) new Scene().journal.getFirst();
        return new PoolEvent.JobSubmitted(new JobId(job), like.spec(), like.owner(), like.at());
    }

    private static Stream<Arguments> owners() {
        return Stream.of(
                broken(
                        "granted while it is held",
                        "one owner",
                        s -> s.journal.removeIf(event -> event instanceof ShardDetached)),
                broken("a generation is left out", "one owner", s -> {
                    s.journal.replaceAll(event -> event instanceof ShardGranted granted
                                    && granted.lease().equals(SECOND)
                            ? new ShardGranted(
                                    new Lease(SHARD, 3), TWO, granted.resumeFrom(), granted.reason(), granted.at())
                            : event);
                    s.journal.removeIf(event -> event instanceof ShardSucceeded);
                    cancelled(s);
                }),
                broken(
                        "an old generation ends the shard",
                        "one owner",
                        s -> s.instead(
                                ShardSucceeded.class,
                                new ShardSucceeded(
                                        FIRST, Optional.of(ref(FIRST, 20)), why(Reason.Code.COMPLETED), at(50)))),
                broken("what a zombie published is continued from", "one owner", s -> {
                    s.instead(
                            ShardSucceeded.class,
                            new ShardDetached(SECOND, 15, why(Reason.Code.SWITCH_BACK), at(45)),
                            new ShardGranted(
                                    new Lease(SHARD, 3),
                                    TWO,
                                    Optional.of(ref(FIRST, 15)),
                                    why(Reason.Code.SWITCH_BACK),
                                    at(46)));
                    cancelled(s);
                }),
                broken("a step counts twice", "one owner", s -> s.losses.add(point(1, 15, false))),
                broken(
                        "a zombie's step counts",
                        "one owner",
                        s -> s.losses.replaceAll(point -> point.step() == 12 ? point(1, 12, false) : point)));
    }

    /** The job did not come to its end, since somebody asked for that. */
    private static void cancelled(Scene scene) {
        scene.losses.clear();
        scene.history.removeIf(entry -> entry instanceof Entry.Ended);
        scene.history.add(new Entry.Asked(at(52), "cancel", List.of(JOB)));
        scene.history.add(new Entry.Ended(at(52), JOB, "CANCELLED"));
    }

    private static Stream<Arguments> checkpoints() {
        return Stream.of(
                broken(
                        "a checkpoint is damaged by itself",
                        "checkpoints",
                        s -> s.checkpoints.set(
                                1, new StoredCheckpoint(ref(SECOND, 20), Optional.of("a file is missing")))),
                broken(
                        "a valid one is given up",
                        "checkpoints",
                        s -> s.journal.add(new PoolEvent.CheckpointRejected(
                                FIRST, ref(FIRST, 10), why(Reason.Code.CHECKPOINT_REJECTED), at(40)))));
    }

    private static Stream<Arguments> steps() {
        return Stream.of(
                broken(
                        "more than two intervals are lost",
                        "steps lost",
                        s -> s.instead(
                                ShardDetached.class,
                                new ShardDetached(FIRST, 21, why(Reason.Code.NODE_TERMINATED), at(31)))),
                broken("a step is lost in spite of a notice", "steps lost", s -> {
                    s.history.removeIf(entry -> entry instanceof Entry.FaultBegan);
                    s.fault(10, 10, new Fault.NoticeTwice(0), ONE);
                    s.instead(
                            ShardDetached.class,
                            new ShardDetached(FIRST, 11, why(Reason.Code.EVICTION_NOTICE), at(31)));
                }));
    }

    private static Stream<Arguments> orphans() {
        NodeId unknown = new NodeId("herd-n9");
        return Stream.of(
                broken(
                        "an instance that no pool knows",
                        "orphans",
                        s -> s.instances.add(new InstanceLife(unknown, "i-9", at(10), Optional.of(at(80))))),
                broken(
                        "an instance outlives its node",
                        "orphans",
                        s -> s.instances.set(0, new InstanceLife(ONE, "i-1", at(4), Optional.of(at(95))))),
                broken(
                        "an instance is left",
                        "orphans",
                        s -> s.instances.set(1, new InstanceLife(TWO, "i-2", at(33), Optional.empty()))),
                broken("a node without an instance", "orphans", s -> s.instances.removeFirst()),
                broken(
                        "a node has two instances",
                        "orphans",
                        s -> s.instances.add(new InstanceLife(TWO, "i-3", at(34), Optional.of(at(60))))));
    }

    private static Stream<Arguments> trainings() {
        return Stream.of(
                broken("a training ends and nothing was done to its node", "undisturbed", s -> {
                    s.history.removeIf(entry -> entry instanceof Entry.FaultBegan);
                    s.fault(29, 35, new Fault.SchedulerKilled(0, Duration.ofSeconds(6)));
                }),
                broken("a node is lost that was frozen for less than its lease", "undisturbed", s -> {
                    s.history.removeIf(entry -> entry instanceof Entry.FaultBegan);
                    s.fault(25, 30, new Fault.NodeFrozen(0, Duration.ofSeconds(5)), ONE);
                    s.journal.add(new PoolEvent.NodeLost(ONE, why(Reason.Code.NODE_SILENT), at(31)));
                }),
                broken(
                        "a checkpoint can't be brought back and none is damaged",
                        "undisturbed",
                        s -> s.instead(
                                ShardSucceeded.class,
                                new ShardDetached(SECOND, 10, why(Reason.Code.RESTORE_FAILED), at(41)))),
                broken(
                        "a checkpoint is said to be damaged and is not",
                        "undisturbed",
                        s -> s.instead(
                                ShardDetached.class,
                                new ShardDetached(FIRST, 13, why(Reason.Code.CHECKPOINT_REJECTED), at(31)))));
    }

    private static Stream<Arguments> losses() {
        return Stream.of(
                broken(
                        "a loss differs in its last bit",
                        "losses",
                        s -> s.undisturbed.set(
                                4, new dev.drover.dist.demo.TelemetryPoint(0, 1, 5, "00000001", null, 0, 0, 0, false))),
                broken("a step is missing", "losses", s -> s.losses.removeIf(point -> point.step() == 7)),
                broken("a step too many", "losses", s -> s.losses.add(point(2, 21, false))),
                broken(
                        "a scheduler does not come back",
                        "healed",
                        s -> s.history.add(new Entry.Unhealed(at(101), "scheduler 0 does not answer"))),
                broken("something is left", "nothing left", s -> s.left.add("process 4711")),
                broken(
                        "a fault hits nothing",
                        "faults hit",
                        s -> s.history.add(new Entry.FaultSkipped(at(99), 98, "no instance runs"))));
    }

    static Stream<Arguments> excused() {
        return Stream.of(
                Arguments.of("a checkpoint that a fault damaged", (Consumer<Scene>) s -> {
                    s.damaged(ref(SECOND, 20));
                    s.checkpoints.set(1, new StoredCheckpoint(ref(SECOND, 20), Optional.of("a file is missing")));
                }),
                Arguments.of("a checkpoint that a fault damaged can't be brought back", (Consumer<Scene>) s -> {
                    s.damaged(ref(FIRST, 10));
                    s.history.removeIf(entry -> entry instanceof Entry.FaultBegan begun
                            && !begun.nodes().isEmpty());
                    s.instead(
                            ShardDetached.class, new ShardDetached(FIRST, 13, why(Reason.Code.RESTORE_FAILED), at(31)));
                }),
                Arguments.of("a job that somebody cancelled", (Consumer<Scene>) s -> {
                    s.history.add(10 - 5, new Entry.Asked(at(40), "cancel", List.of(JOB)));
                    s.history.replaceAll(entry ->
                            entry instanceof Entry.Ended ? new Entry.Ended(entry.at(), JOB, "CANCELLED") : entry);
                }),
                Arguments.of("an orphan while no scheduler could look", (Consumer<Scene>) s -> {
                    s.instances.set(0, new InstanceLife(ONE, "i-1", at(4), Optional.of(at(95))));
                    s.fault(40, 60, new Fault.DatabaseKilled(Duration.ofSeconds(20)));
                }),
                Arguments.of("a node that was cut off for its lease", (Consumer<Scene>) s -> {
                    s.fault(10, 31, new Fault.NodeCut(0, Duration.ofSeconds(21)), ONE);
                    s.journal.add(new PoolEvent.NodeLost(ONE, why(Reason.Code.NODE_SILENT), at(31)));
                }));
    }
}
