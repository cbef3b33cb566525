package dev.drover.planning.state;

import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Resources;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePSet;

/**
 * The nodes by what is asked of them, so that a slot is found without looking at every node. Derived, never journalled.
 *
 * @param berths the standing nodes, by what is free on them, each in the order in which room is taken
 * @param standing how many nodes take work and are not being left
 * @param unreplaced leaving nodes on which something runs that has no successor yet
 * @param idle nodes with nothing on them and nothing promised
 */
public record Roster(
        PMap<Shape, TreePSet<Berth>> berths, int standing, TreePSet<NodeId> unreplaced, TreePSet<NodeId> idle) {
    static final Roster EMPTY = new Roster(HashTreePMap.empty(), 0, TreePSet.empty(), TreePSet.empty());

    /**
     * What nodes that are alike have, and what of it is taken.
     *
     * @param has absent until an instance was obtained
     * @param hopedFrom the markets it was asked from, until then
     */
    public record Shape(
            Optional<Resources> has, List<Market> hopedFrom, long takenAccelerators, long takenMemoryBytes) {
        /** Whether {@code need} goes beside what is there; {@code all} is what such a node has. */
        public boolean leaves(Resources all, Resources need) {
            return all.accelerator().equals(need.accelerator())
                    && takenAccelerators + need.count() <= all.count()
                    && takenMemoryBytes + need.memory().bytes() <= all.memory().bytes();
        }

        /** How often {@code need} goes beside what is there; {@code all} is what such a node has. */
        public long free(Resources all, Resources need) {
            long bytes = Math.max(0, all.memory().bytes() - takenMemoryBytes);
            int count = (int) Math.max(0, all.count() - takenAccelerators);
            return new Resources(all.accelerator(), count, new ByteSize(bytes)).slotsFor(need);
        }
    }

    /** A node that takes work. Room is taken where it is ready first, then on spot, then by name. */
    public record Berth(NodePhase phase, boolean isSpot, NodeId node) implements Comparable<Berth> {
        private static final Comparator<Berth> ORDER = Comparator.comparing(Berth::phase, Comparator.reverseOrder())
                .thenComparing(berth -> !berth.isSpot())
                .thenComparing(Berth::node);

        public static Berth of(Node node) {
            return new Berth(node.phase(), node.isSpot(), node.id());
        }

        @Override
        public int compareTo(Berth other) {
            return ORDER.compare(this, other);
        }
    }

    /** What a node is in all of this. */
    private record Entry(Berth berth, Optional<Shape> standing, boolean isUnreplaced, boolean isIdle) {
        static Entry of(Node node, Load load) {
            boolean stands = node.takesWork() && !load.isBeingLeft();
            Optional<Resources> has = node.instance().map(Node.Instance::resources);
            return new Entry(
                    Berth.of(node),
                    stands
                            ? Optional.of(new Shape(
                                    has,
                                    has.isPresent() ? List.of() : node.wanted(),
                                    load.accelerators(),
                                    load.memoryBytes()))
                            : Optional.empty(),
                    node.isLeaving() && node.phase() != NodePhase.ENDING && load.hasUnreplaced(),
                    load.isEmpty());
        }
    }

    Roster with(Node node, Load load) {
        return plus(Entry.of(node, load));
    }

    Roster without(Node node, Load load) {
        return minus(Entry.of(node, load));
    }

    Roster moved(Node before, Load loadBefore, Node after, Load loadAfter) {
        Entry was = Entry.of(before, loadBefore);
        Entry is = Entry.of(after, loadAfter);
        return was.equals(is) ? this : minus(was).plus(is);
    }

    private Roster plus(Entry entry) {
        NodeId id = entry.berth.node();
        return new Roster(
                entry.standing
                        .map(shape -> berths.plus(shape, at(shape).plus(entry.berth)))
                        .orElse(berths),
                standing + (entry.standing.isPresent() ? 1 : 0),
                entry.isUnreplaced ? unreplaced.plus(id) : unreplaced,
                entry.isIdle ? idle.plus(id) : idle);
    }

    private Roster minus(Entry entry) {
        NodeId id = entry.berth.node();
        return new Roster(
                entry.standing.map(shape -> minus(shape, entry.berth)).orElse(berths),
                standing - (entry.standing.isPresent() ? 1 : 0),
                entry.isUnreplaced ? unreplaced.minus(id) : unreplaced,
                entry.isIdle ? idle.minus(id) : idle);
    }

    private PMap<Shape, TreePSet<Berth>> minus(Shape shape, Berth berth) {
        TreePSet<Berth> rest = at(shape).minus(berth);
        return rest.isEmpty() ? berths.minus(shape) : berths.plus(shape, rest);
    }

    private TreePSet<Berth> at(Shape shape) {
        return berths.getOrDefault(shape, TreePSet.empty());
    }

    /** The nodes that take work and are not being left, by name. */
    public Stream<NodeId> standingNodes() {
        return berths.values().stream()
                .flatMap(TreePSet::stream)
                .map(Berth::node)
                .sorted();
    }
}
