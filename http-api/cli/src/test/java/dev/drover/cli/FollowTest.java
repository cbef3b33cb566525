package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FollowTest {
    private static final String EVENTS = "GET /v1/jobs/j-1/events?telemetry=true";
    private static final String LOGS = "GET /v1/jobs/j-1/logs?follow=true";

    private final FakeServer server = new FakeServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aLogThatBreaksOffGoesOnWhereItWas() {
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .broken(LOGS, """
                ==> shard 0, generation 1 <==
                a
                b
                ==> shard 1, generation 1 <==
                a
                ==> nothing new <==
                """)
                .answer(LOGS, 503, "{\"detail\": \"not yet\"}")
                .answer(LOGS, 200, """
                ==> shard 0, generation 1 <==
                a
                b
                c
                ==> shard 1, generation 1 <==
                a
                d
                """);
        Ran ran = Ran.command(server, "logs", "-f", "j-1");
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).isEqualTo("""
            ==> shard 0, generation 1 <==
            a
            b
            ==> shard 1, generation 1 <==
            a
            ==> shard 0, generation 1 <==
            c
            ==> shard 1, generation 1 <==
            d
            """);
        assertThat(ran.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("the stream of j-1 broke off ("),
                        line -> assertThat(line).endsWith("can't answer now (503); asking again for up to 30 s"));
    }

    @Test
    void aLogOfWhichOnlyTheNewestPartIsLeftGoesOnToo() {
        String one = LOGS.replace("follow", "shard=0&generation=1&follow");
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .broken(one, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n")
                .answer(one, 200, "4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n");
        assertThat(Ran.command(server, "logs", "-f", "j-1", "--shard", "0", "--generation", "1")
                        .out())
                .isEqualTo("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n");
    }

    @Test
    void aLogOfWhichNothingThatWasShownIsLeftIsAllNew() {
        String line = "x".repeat(1023);
        String newer = "3\n" + (line + "\n").repeat(1024);
        String one = LOGS.replace("follow", "shard=0&generation=1&follow");
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .broken(one, "1\n2\n")
                .answer(one, 200, newer);
        assertThat(Ran.command(server, "logs", "-f", "j-1", "--shard", "0", "--generation", "1")
                        .out())
                .isEqualTo("1\n2\n" + newer);
    }

    @Test
    void aLogThatIsRefusedEndsTheCommandAtOnce() {
        assertThat(Ran.command(server, "logs", "-f", "j-2").code()).isEqualTo(ExitCodes.BAD_INPUT);
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING")).answer(LOGS, 500, "{\"detail\": \"broken\"}");
        assertThat(Ran.command(server, "logs", "-f", "j-1"))
                .isEqualTo(new Ran(3, "", "lost sight of j-1, which may well go on: broken\n"));
        assertThat(server.asked()).hasSize(3);
    }

    @Test
    void stepsAreToldOnceThoughTheStreamBreaksAndAgainForALaterGeneration() {
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING"))
                .broken(EVENTS, step(1, 1, 0) + step(1, 100, 0) + step(1, 120, 0))
                .answer(
                        EVENTS,
                        200,
                        step(1, 1, 0) + step(1, 60, 0) + step(1, 120, 0) + step(2, 101, 0) + step(2, 102, 0) + END);
        assertThat(Ran.command(server, "telemetry", "j-1", "--follow")
                        .err()
                        .lines()
                        .filter(line -> !line.startsWith("the stream of j-1 broke off"))
                        .map(FollowTest::place))
                .containsExactly("step 1/300", "step 100/300", "step 120/300", "step 101/300", "step 102/300");
    }

    @Test
    void stepsOfAnUnknownNumberComeEveryTenSeconds() {
        server.answer("GET /v1/jobs/j-1", 200, Samples.job("RUNNING").replace("\"steps\": 300", "\"x\": 1"))
                .answer(
                        EVENTS,
                        200,
                        step(1, 1, 1_000) + step(1, 2, 2_000) + step(1, 90, 10_999) + step(1, 91, 11_000) + END);
        assertThat(Ran.command(server, "telemetry", "j-1", "--follow")
                        .err()
                        .lines()
                        .map(FollowTest::place))
                .containsExactly("step 1", "step 91");
    }

    @Test
    void followingTakesNoOtherOption() {
        assertThat(Ran.command(server, "telemetry", "j-1", "--follow", "--csv").err())
                .isEqualTo("--follow shows every shard as it goes: leave out --csv, --shard, --after, --points and"
                        + " --superseded, or --follow\n");
        assertThat(server.asked()).isEmpty();
    }

    private static final String END = "event: end\ndata: {\"job\": \"j-1\", \"state\": \"SUCCEEDED\"}\n\n";

    private static String step(int generation, int step, long epochMillis) {
        return """
            event: step
            data: {"shard": 0, "generation": %d, "step": %d, "loss": 2.5, "epochMillis": %d}

            """.formatted(generation, step, epochMillis);
    }

    private static String place(String line) {
        return line.split("  ", -1)[1];
    }
}
