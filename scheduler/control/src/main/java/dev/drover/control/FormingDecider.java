package dev.drover.control;

import dev.drover.persistence.cluster.Census;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Decides how a scheduler that is in no cluster gets into one: by asking those that are members, or by forming the next cluster where the last one is
 * provably over.
 *
 * <p>It is over when none of its schedulers has told anything for {@link #SILENT_TURNS} turns in a row, each of which the database answered, and none of them
 * could be joined meanwhile; or for {@link #REFUSED_TURNS} turns if connections to all of them are refused. Turns are counted, not seconds, so that
 * neither a clock that is set nor a database that was away makes a cluster look dead. On a database where none was ever formed, other addresses are asked
 * for {@link #FIRST_TURNS} turns first: schedulers of a version that told the database nothing may be there.
 */
final class FormingDecider {
    static final int SILENT_TURNS = 20;
    static final int REFUSED_TURNS = 3;
    static final int FIRST_TURNS = 5;

    private final String self;
    private final Map<String, Heard> heard = new HashMap<>();
    private int turns;

    FormingDecider(String self) {
        this.self = self;
    }

    /** What is to be done. */
    sealed interface Step {
        /** Ask to be let in at each of these; there is at least one. */
        record Ask(SortedSet<String> addresses) implements Step {}

        /** Form the cluster after that one. */
        record Form(long former) implements Step {}
    }

    /**
     * Takes a turn.
     *
     * @param peers addresses where schedulers may be that the database does not know
     * @param refusing those of the cluster's members that refuse connections now
     */
    Step decide(Census census, Collection<String> peers, Set<String> refusing) {
        List<Census.Row> members = members(census);
        heard.keySet().retainAll(members.stream().map(Census.Row::address).toList());
        members.forEach(member -> heard.merge(
                member.address(),
                new Heard(member.heardAt(), 0, 0),
                (before, now) ->
                        before.at().equals(now.at()) ? before.again(refusing.contains(member.address())) : now));
        SortedSet<String> addresses = new TreeSet<>(peers);
        addresses.addAll(heard.keySet());
        addresses.remove(self);
        boolean isFirst = census.formation() == 0 && !addresses.isEmpty() && turns < FIRST_TURNS;
        turns++;
        return isFirst || !heard.values().stream().allMatch(Heard::isOver)
                ? new Step.Ask(addresses)
                : new Step.Form(census.formation());
    }

    /** Those of the cluster that was formed last. An earlier process at the own address is dead. */
    List<Census.Row> members(Census census) {
        return census.schedulers().stream()
                .filter(row -> row.formation() == census.formation() && row.formation() > 0)
                .filter(row -> !row.address().equals(self))
                .toList();
    }

    /** When a member has last told something, and for how many turns it has not, or refused, since. */
    private record Heard(Instant at, int silentTurns, int refusedTurns) {
        Heard again(boolean refused) {
            return new Heard(at, silentTurns + 1, refused ? refusedTurns + 1 : 0);
        }

        boolean isOver() {
            return silentTurns >= SILENT_TURNS || refusedTurns >= REFUSED_TURNS;
        }
    }
}
