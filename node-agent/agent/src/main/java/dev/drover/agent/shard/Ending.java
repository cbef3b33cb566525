package dev.drover.agent.shard;

import dev.drover.protocol.agent.ShardStatus.Phase;
import java.util.Optional;

/**
 * How a lease ends on its node, once its program has nothing more to do: what the program said last, held against what it saved.
 *
 * <p>{@code DONE} is said only with a checkpoint of the last step, so a job can't end short of its steps. Where no step was made there is
 * nothing to save, and nothing lost.
 */
final class Ending {
    private Optional<Phase> said = Optional.empty();
    private Optional<String> why = Optional.empty();
    private int lastStep;
    private boolean deadlinePassed;

    /** The final phase, and what is wrong with it if anything is. */
    record Verdict(Phase phase, Optional<String> trouble) {}

    /**
     * The program has nothing more to do after {@code step}.
     *
     * @param trouble why it stopped, if not as it should
     */
    void said(Phase last, int step, Optional<String> trouble) {
        said = Optional.of(last);
        lastStep = step;
        why = trouble;
    }

    boolean isSaid() {
        return said.isPresent();
    }

    /** From now on a save that failed is not tried again. */
    void deadlinePassed() {
        deadlinePassed = true;
    }

    /** The end, when nothing is left to wait for. */
    Optional<Verdict> verdict(Publications publications) {
        if (said.isEmpty()) {
            return Optional.empty();
        }
        boolean isKept = lastStep == 0 || publications.keptStep() >= lastStep;
        if (said.get() == Phase.DONE && !isKept) {
            return Optional.of(new Verdict(Phase.FAILED, Optional.of(unsaved(publications.keptStep()))));
        }
        if (publications.isDrained()) {
            Optional<String> trouble = isKept ? why : why.or(() -> Optional.of(lost(publications.keptStep())));
            return Optional.of(new Verdict(said.get(), trouble));
        }
        if (publications.hasFailed() && deadlinePassed) {
            return Optional.of(new Verdict(
                    Phase.STOPPED,
                    Optional.of("the save of step " + lastStep + " could not be published by the deadline")));
        }
        return Optional.empty();
    }

    private String unsaved(int kept) {
        return "the program said 'done' after step " + lastStep + " without a checkpoint of that step (" + newest(kept)
                + "); a program must save its last step and say 'saved' before 'done'";
    }

    private String lost(int kept) {
        return "the program stopped after step " + lastStep + " without a checkpoint of that step (" + newest(kept)
                + ")";
    }

    private static String newest(int kept) {
        return kept < 0 ? "there is none" : "the newest is of step " + kept;
    }
}
