package dev.drover.control;

import dev.drover.persistence.cluster.Census;
import dev.drover.persistence.cluster.SchedulerTable;
import dev.drover.protocol.api.SchedulerGateway;
import dev.drover.protocol.api.SchedulerState;
import dev.drover.protocol.api.SchedulerView;
import dev.drover.protocol.id.PoolName;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/** What schedulers told the database, beside what the cluster says of them. */
final class Schedulers implements SchedulerGateway {
    private final SchedulerTable table;
    private final Cluster cluster;
    private final Executor executor;

    Schedulers(SchedulerTable table, Cluster cluster, Executor executor) {
        this.table = table;
        this.cluster = cluster;
        this.executor = executor;
    }

    @Override
    public CompletionStage<List<SchedulerView>> schedulers() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return views(table.read(), cluster.state());
                    } catch (SQLException e) {
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    @Override
    public boolean isMember() {
        return cluster.selfMember().status() == MemberStatus.up();
    }

    private List<SchedulerView> views(Census census, CurrentClusterState state) {
        Map<String, SchedulerState> members = new HashMap<>();
        for (Member member : state.getMembers()) {
            members.put(Membership.text(member.address()), state(member.status()));
        }
        state.getUnreachable()
                .forEach(member -> members.put(Membership.text(member.address()), SchedulerState.UNREACHABLE));
        String self = Membership.text(cluster.selfMember().address());
        return census.schedulers().stream()
                .map(row -> new SchedulerView(
                        row.address(),
                        members.getOrDefault(row.address(), outside(row)),
                        row.pools().stream().map(PoolName::new).toList(),
                        row.agents(),
                        row.heardAt(),
                        row.address().equals(self)))
                .toList();
    }

    private static SchedulerState outside(Census.Row row) {
        return row.formation() == 0 && row.silentFor().compareTo(Discovery.FRESH) < 0
                ? SchedulerState.SEEKING
                : SchedulerState.GONE;
    }

    private static SchedulerState state(MemberStatus status) {
        if (status == MemberStatus.joining() || status == MemberStatus.weaklyUp()) {
            return SchedulerState.JOINING;
        }
        if (status == MemberStatus.up()) {
            return SchedulerState.UP;
        }
        return status == MemberStatus.leaving() || status == MemberStatus.exiting()
                ? SchedulerState.LEAVING
                : SchedulerState.GONE;
    }
}
