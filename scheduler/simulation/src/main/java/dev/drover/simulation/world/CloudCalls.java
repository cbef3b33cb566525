package dev.drover.simulation.world;

import dev.drover.planning.Intent;
import dev.drover.planning.input.Effort;
import dev.drover.planning.input.Input;
import dev.drover.protocol.id.NodeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Launches, ends and probes instances, as the launch executor does: one call in flight per node, results as inputs. A call may
 * be slow, fail, or work and yet seem to have failed; an answer may come twice. A controller that dies hears of none of its calls.
 */
final class CloudCalls {
    private static final Duration CALL = Duration.ofMillis(300);

    private final Ground ground;
    private final VirtualCloud cloud;
    private final Controller controller;
    private final Chance chance;
    private final Set<NodeId> inFlight = new HashSet<>();
    private int life;

    /** Does one call, and tells its results. */
    private interface Call extends Consumer<Consumer<Input>> {}

    CloudCalls(Ground ground, VirtualCloud cloud, Controller controller) {
        this.ground = ground;
        this.cloud = cloud;
        this.controller = controller;
        this.chance = ground.chance("cloud calls");
    }

    void launch(Intent.LaunchNode intent) {
        Duration time = ground.setting().tempo().launch();
        call(intent.node(), chance.between(time.dividedBy(2), time.multipliedBy(2)), results -> {
            VirtualCloud.Launch launch = cloud.launch(intent.node(), intent.markets());
            launch.instance()
                    .ifPresentOrElse(
                            instance -> launched(instance, launch, results),
                            () -> results.accept(new Input.LaunchRefused(intent.node(), launch.refusals())));
        });
    }

    private void launched(VirtualInstance instance, VirtualCloud.Launch launch, Consumer<Input> results) {
        results.accept(new Input.Launched(
                instance.node(),
                instance.id(),
                instance.market(),
                instance.pricePerHour(),
                cloud.offer(instance.market()).resources(),
                launch.refusals()));
        if (instance.hasEnded()) {
            results.accept(new Input.InstanceEnded(instance.node(), instance.evidence()));
        }
    }

    void terminate(NodeId node) {
        call(node, CALL, results -> {
            cloud.terminate(node);
            reportIfEnded(node, results);
        });
    }

    void probe(NodeId node) {
        call(node, CALL, results -> reportIfEnded(node, results));
    }

    void kill(NodeId node) {
        ground.time().after(CALL, () -> {
            if (!cloud.isAway()) {
                cloud.end(node, VirtualCloud.Ended.TAKEN);
            }
        });
    }

    /** Ends what no pool knows. */
    void reap(NodeId node) {
        ground.count("reaped");
        ground.time().after(CALL, () -> {
            if (!cloud.isAway()) {
                cloud.terminate(node);
            }
        });
    }

    private void reportIfEnded(NodeId node, Consumer<Input> results) {
        cloud.instance(node)
                .ifPresentOrElse(
                        instance -> {
                            if (instance.hasEnded()) {
                                results.accept(new Input.InstanceEnded(node, instance.evidence()));
                            }
                        },
                        () -> results.accept(new Input.InstanceEnded(node, "the provider knows no instance for it")));
    }

    private void call(NodeId node, Duration time, Call call) {
        if (life != controller.life()) {
            life = controller.life();
            inFlight.clear();
        }
        if (!inFlight.add(node)) {
            return;
        }
        boolean faulty = !ground.isHealed();
        double bad = ground.setting().wildness() / 10;
        boolean slow = faulty && chance.happens(bad);
        boolean unknown = faulty && chance.happens(bad);
        boolean twice = faulty && chance.happens(bad);
        Duration takes = slow ? time.plus(chance.about(ground.setting().tempo().units(20))) : time;
        int begunIn = life;
        ground.time().after(takes, () -> {
            if (cloud.isAway() || unknown) {
                // The call of a controller that died may still reach the provider.
                if (!cloud.isAway()) {
                    ground.count("cloud call with unknown outcome");
                    call.accept(ignored -> {});
                }
                answer(begunIn, node, new Input.Failed(new Effort.Instance(node), "503 from the provider"));
                return;
            }
            call.accept(result -> {
                answer(begunIn, node, result);
                if (twice) {
                    ground.count("answered twice");
                    Duration later = chance.about(ground.setting().tempo().units(10));
                    ground.time().after(later, () -> tell(begunIn, result));
                }
            });
            done(begunIn, node);
        });
    }

    private void answer(int begunIn, NodeId node, Input result) {
        done(begunIn, node);
        ground.time().afterMillis(1, () -> tell(begunIn, result));
    }

    private void tell(int begunIn, Input result) {
        if (controller.life() == begunIn) {
            controller.tell(result);
        }
    }

    private void done(int begunIn, NodeId node) {
        if (life == begunIn) {
            inFlight.remove(node);
        }
    }
}
