package dev.drover.dist.demo;

import dev.drover.protocol.api.CostView;
import java.util.ArrayList;
import java.util.List;

/** What must hold for the demo to be good. */
record Checks(LossComparison losses, List<Disruption> disruptions, CostView cost, double firstEval, double lastEval) {
    Checks {
        disruptions = List.copyOf(disruptions);
    }

    /** What does not hold, in words. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (!losses.isIdentical()) {
            failures.add("the losses differ: " + losses.firstDifference().orElse("?"));
        }
        // Guarantee 4: 0 with notice; without, one interval and what ran while the last checkpoint was being published.
        for (Disruption disruption : disruptions) {
            int allowed = switch (disruption.kind()) {
                case NOTICE, CONTROLLER, CAPACITY -> 0;
                case KILL -> 2 * DemoJob.CHECKPOINT_EVERY;
            };
            if (disruption.stepsLost() > allowed) {
                failures.add("%s lost %d steps, at most %d are allowed"
                        .formatted(disruption.kind(), disruption.stepsLost(), allowed));
            }
            if (Double.isNaN(disruption.gapSeconds())) {
                failures.add(disruption.kind() + ": no successor's step was seen");
            }
        }
        if (!(lastEval < firstEval)) {
            failures.add("the evaluation loss did not fall: %.4f -> %.4f".formatted(firstEval, lastEval));
        }
        if (cost.switchBacks() < 1) {
            failures.add("the pool did not switch back to spot");
        }
        return failures;
    }
}
