package dev.drover.bench;

import dev.drover.planning.Decision;
import dev.drover.planning.input.Input;
import dev.drover.planning.input.Observations;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.api.PoolCommand;
import dev.drover.protocol.id.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One input, as the pool's actor takes it: observe, decide, apply. Everything is a value, so each call begins with the same pool;
 * the nodes take turns.
 */
@State(Scope.Benchmark)
public class DecideBenchmark {
    /** Nodes, and live shards of which each node has ten. */
    @Param({"100/1000", "100/10000", "100/100000", "1000/10000", "1000/100000"})
    public String pool = "";

    private BusyPool busy = new BusyPool(1, BusyPool.SHARDS_PER_NODE);
    private List<Input> steady = List.of();
    private List<Input> starting = List.of();
    private List<Input> ending = List.of();
    private List<Input> losses = List.of();
    private List<Input> submissions = List.of();
    private int turn;

    @Setup(Level.Trial)
    public void setUp() {
        int slash = pool.indexOf('/');
        int nodes = Integer.parseInt(pool.substring(0, slash));
        busy = new BusyPool(nodes, Integer.parseInt(pool.substring(slash + 1)));
        steady = forEach(nodes, node -> BusyPool.steady(node, 2));
        starting = forEach(nodes, node -> BusyPool.starting(node, 2));
        ending = forEach(nodes, node -> BusyPool.ending(node, 2));
        losses = forEach(nodes, node -> new Input.InstanceEnded(BusyPool.node(node), "terminated"));
        submissions = forEach(
                nodes, job -> new Input.Asked(new PoolCommand.SubmitJob(new JobId("new-" + job), busy.spec, "bob")));
    }

    private static List<Input> forEach(int count, IntFunction<Input> make) {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            inputs.add(make.apply(i));
        }
        return inputs;
    }

    @Benchmark
    public PoolState steadyReport() {
        return take(next(steady));
    }

    @Benchmark
    public PoolState reportThatStartsAShard() {
        return take(next(starting));
    }

    @Benchmark
    public PoolState reportThatEndsAShard() {
        return take(next(ending));
    }

    @Benchmark
    public PoolState lossOfANode() {
        return take(next(losses));
    }

    @Benchmark
    public PoolState submission() {
        return take(next(submissions));
    }

    @Benchmark
    public PoolState tick() {
        return take(new Input.Tick());
    }

    private Input next(List<Input> inputs) {
        turn = (turn + 1) % inputs.size();
        return inputs.get(turn);
    }

    private PoolState take(Input input) {
        Observations seen = busy.decider.observe(busy.seen, busy.state, input, BusyPool.NOW);
        Decision decision = busy.decider.decide(busy.state, seen, input, BusyPool.NOW);
        return busy.state.applyAll(decision.events());
    }
}
