package dev.drover.simulation.world;

import dev.drover.planning.state.Shard;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.market.CapacityType;
import dev.drover.protocol.market.Market;
import dev.drover.protocol.market.Offer;
import dev.drover.protocol.money.Money;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What goes wrong, each kind at random times of its own, until everything heals. */
final class Faults {
    private final Ground ground;
    private final VirtualCloud cloud;
    private final VirtualStore store;
    private final Network network;
    private final Controller controller;
    private final Desk desk;
    private final Operators operators;

    Faults(
            Ground ground,
            VirtualCloud cloud,
            VirtualStore store,
            Network network,
            Controller controller,
            Desk desk,
            Operators operators) {
        this.ground = ground;
        this.cloud = cloud;
        this.store = store;
        this.network = network;
        this.controller = controller;
        this.desk = desk;
        this.operators = operators;
    }

    /** Lets every kind of thing happen; the numbers are units between two of a kind, on average, with one node or with them all. */
    void begin() {
        ground.setting()
                .offers()
                .forEach(offer -> often("capacity of " + offer.market(), 60, chance -> tide(offer.market(), chance)));
        often("prices", 100, this::reprice);
        oftenWithANode("evictions", 60, chance -> instance(chance).ifPresent(found -> evict(found, chance)));
        oftenWithANode(
                "deaths",
                120,
                chance -> instance(chance).ifPresent(found -> {
                    ground.count("instance died");
                    cloud.end(found.node(), VirtualCloud.Ended.TAKEN);
                }));
        often("strays", 150, this::stray);
        oftenWithANode("cuts", 40, this::cut);
        oftenWithANode(
                "restarts",
                100,
                chance -> instance(chance).ifPresent(found -> found.agent().restart()));
        often("crashes", 80, this::crash);
        often("store away", 150, chance -> during("store away", 15, chance, store::setAway));
        oftenWithANode(
                "store cut off",
                100,
                chance -> instance(chance)
                        .ifPresent(
                                found -> during("store cut off", 30, chance, now -> store.cutOff(found.node(), now))));
        oftenWithANode(
                "blind nodes",
                150,
                chance -> instance(chance)
                        .ifPresent(found -> during("blind node", 60, chance, now -> store.blind(found.node(), now))));
        oftenWithANode("damage", 100, this::damage);
        often("cloud away", 150, chance -> during("cloud away", 15, chance, cloud::setAway));
        often("read model away", 200, chance -> during("read model away", 20, chance, desk::setReadModelAway));
        often("submissions", 60, chance -> operators.submit());
        often("cancels", 200, operators::cancel);
        often("scaling", 80, operators::scale);
        often("pauses", 80, operators::pauseOrResume);
        often("raises", 60, operators::raise);
        oftenWithANode("drains", 80, operators::drain);
        oftenWithANode("drills", 80, operators::drill);
    }

    void heal() {
        ground.heal();
        cloud.heal();
        store.heal();
        network.heal();
        desk.setReadModelAway(false);
        controller.recover();
        operators.settle();
        operators.raiseOn();
    }

    private void oftenWithANode(String kind, double units, Consumer<Chance> what) {
        often(kind, units / ground.setting().crowd(), what);
    }

    private void often(String kind, double units, Consumer<Chance> what) {
        again(kind, units / ground.setting().wildness(), ground.chance(kind), what);
    }

    private void again(String kind, double units, Chance chance, Consumer<Chance> what) {
        ground.time().after(chance.about(ground.setting().tempo().units(units)), () -> {
            if (!ground.isHealed()) {
                what.accept(chance);
                again(kind, units, chance, what);
            }
        });
    }

    /** Something is so for a while. */
    private void during(String kind, double units, Chance chance, Consumer<Boolean> set) {
        ground.count(kind);
        set.accept(true);
        ground.time().after(chance.about(ground.setting().tempo().units(units)), () -> set.accept(false));
    }

    /** Capacity comes and goes. What has no place any more is evicted; on demand keeps what it has. */
    private void tide(Market market, Chance chance) {
        int most = ground.setting().pool().maxNodes() + 2;
        boolean none = chance.oneIn(market.isSpot() ? 3 : 6);
        List<VirtualInstance> surplus = cloud.capacity(market, none ? 0 : 1 + chance.upTo(most));
        if (market.capacityType() == CapacityType.SPOT) {
            surplus.forEach(instance -> evict(instance, chance));
        }
    }

    private void evict(VirtualInstance instance, Chance chance) {
        Duration usual = ground.setting().tempo().notice();
        switch (chance.upTo(8)) {
            case 0 -> {
                ground.count("evicted without notice");
                cloud.end(instance.node(), VirtualCloud.Ended.TAKEN);
            }
            case 1, 2 -> cloud.notice(instance, chance.between(Duration.ZERO, usual));
            default -> cloud.notice(instance, usual);
        }
    }

    private void reprice(Chance chance) {
        for (Offer offer : cloud.offers()) {
            if (offer.market().isSpot() && chance.oneIn(2)) {
                BigDecimal onDemand = cloud.offer(offer.market().as(CapacityType.ON_DEMAND))
                        .pricePerHour()
                        .amount();
                cloud.price(offer.market(), new Money(Setting.discounted(onDemand, chance), "USD"));
            }
        }
    }

    /** An instance with the pool's tag that no pool knows of. */
    private void stray(Chance chance) {
        Market market = chance.of(ground.setting().offers()).market();
        cloud.launch(new NodeId("stray-" + ground.time().millis()), List.of(market));
    }

    private void cut(Chance chance) {
        instance(chance).ifPresent(found -> {
            network.cut(found.node(), chance.oneIn(2));
            ground.time().after(chance.about(ground.setting().tempo().units(20)), () -> network.restore(found.node()));
        });
    }

    private void crash(Chance chance) {
        switch (chance.upTo(3)) {
            case 0 -> controller.crash();
            case 1 -> controller.crashAt(Controller.Crash.BEFORE_WRITE);
            default -> controller.crashAt(Controller.Crash.AFTER_WRITE);
        }
        ground.time().after(chance.about(ground.setting().tempo().units(6)), () -> {
            controller.crash();
            controller.recover();
        });
    }

    private void damage(Chance chance) {
        List<Shard> shards = controller.state().liveShards().toList();
        if (!shards.isEmpty()) {
            ground.count("checkpoint damaged");
            store.damage(chance.of(shards).id(), chance.oneIn(3));
        }
    }

    private Optional<VirtualInstance> instance(Chance chance) {
        List<VirtualInstance> running = List.copyOf(cloud.running());
        return running.isEmpty() ? Optional.empty() : Optional.of(chance.of(running));
    }
}
