package dev.drover.planning.policy;

import java.util.function.IntToDoubleFunction;

/**
 * What finishing a job in time is expected to cost, from any moment on: the value function of a Markov decision process, solved
 * backwards from the deadline.
 *
 * <p>A moment is {@code (time left, slack, state, age)}, in hours. Slack is the time left less the work left: work keeps it,
 * waiting uses it up, and each launch takes a changeover of it. The four states are: on spot; on demand while spot is open; on
 * demand while it is not; waiting while it is not. Ages are those of {@link Ages}. {@code docs/POLICIES.md} has the equations.
 *
 * <p>It is an approximation: time goes in steps of a hundredth of the deadline (no less than a tick), a spell stays in an age's
 * bin for a geometric time, prices stand still. What is chosen by it must still pass {@link SafetyNet#holds}.
 */
final class SpotForecast {
    private static final int STEPS = 100;
    private static final int MOST_SLACK_STEPS = 200;
    private static final double SLACK_STEP_HOURS = 0.1;

    /** What an hour of slack too little is held to cost, in hours on demand: enough never to plan for it. */
    private static final double MISSING_SLACK = 10;

    /**
     * What is fixed while a forecast holds.
     *
     * @param timeHours the longest time left that can be asked about
     * @param slackHours the most slack
     */
    record Terms(
            Belief belief,
            double spotPrice,
            double onDemandPrice,
            double changeoverHours,
            double tickHours,
            double timeHours,
            double slackHours) {}

    private final Terms terms;
    private final double step;
    private final double slackStep;
    private final int slacks;

    // Of a spell of this age, within one step.
    private final double[] lost = new double[Ages.COUNT];
    private final double[] lostTogether = new double[Ages.COUNT];
    private final double[] returned = new double[Ages.COUNT];
    private final double[] older = new double[Ages.COUNT];

    // Expected costs by time left in steps; then by slack in steps and age.
    private final float[][] onSpot;
    private final float[][] onDemandOpen;
    private final float[][] onDemandClosed;
    private final float[][] waiting;

    SpotForecast(Terms terms) {
        this.terms = terms;
        this.step = Math.max(terms.tickHours(), terms.timeHours() / STEPS);
        double mostSlack = Math.max(terms.slackHours(), 0) + 2 * terms.changeoverHours() + step;
        this.slackStep = Math.max(Math.min(step / 2, SLACK_STEP_HOURS), mostSlack / MOST_SLACK_STEPS);
        this.slacks = (int) Math.ceil(mostSlack / slackStep) + 2;
        for (int age = 0; age < Ages.COUNT; age++) {
            lost[age] = withinStep(terms.belief().losses().get(age));
            lostTogether[age] = withinStep(terms.belief().lossesTogether().get(age));
            returned[age] = withinStep(terms.belief().returns().get(age));
            older[age] = Math.min(1, step / Ages.width(age));
        }
        int times = (int) Math.ceil(terms.timeHours() / step) + 2;
        int moments = slacks * Ages.COUNT;
        this.onSpot = new float[times][moments];
        this.onDemandOpen = new float[times][moments];
        this.onDemandClosed = new float[times][moments];
        this.waiting = new float[times][moments];
        for (int time = 1; time < times; time++) {
            for (int slack = 0; slack < slacks; slack++) {
                solve(time, slack);
            }
        }
    }

    private double withinStep(double perHour) {
        return 1 - Math.exp(-perHour * step);
    }

    /** One Bellman step: what each state costs at this moment, given what all cost one step later. */
    private void solve(int time, int slackIndex) {
        double slack = slackIndex * slackStep;
        if (time * step - slack <= 1e-9) {
            return;
        }
        for (int age = 0; age < Ages.COUNT; age++) {
            onSpot[time][index(slackIndex, age)] = (float) onSpot(time, slack, age);
        }
        for (int age = 0; age < Ages.COUNT; age++) {
            int here = index(slackIndex, age);
            double wait = wait(time, slack, age);
            double staysClosed = stayOnDemand(time, slack, age, onDemandClosed, returned, onDemandOpen);
            onDemandClosed[time][here] = (float) Math.min(staysClosed, wait);
            waiting[time][here] = (float) Math.min(wait, launchOnDemand(time, slack, age));
            double staysOpen = stayOnDemand(time, slack, age, onDemandOpen, lostTogether, onDemandClosed);
            boolean mayReturn = slack >= 2 * terms.changeoverHours() + terms.tickHours() / 2;
            double change =
                    mayReturn ? at(onSpot[time], slack - terms.changeoverHours(), age) : Double.POSITIVE_INFINITY;
            onDemandOpen[time][here] = (float) Math.min(staysOpen, change);
        }
    }

    private double onSpot(int time, double slack, int age) {
        double work = time * step - slack;
        double missing = Math.max(0, terms.changeoverHours() - slack) * MISSING_SLACK * terms.onDemandPrice();
        double now = terms.spotPrice() * Math.min(step, Math.max(work, 0)) + missing;
        if (work < step) {
            return now;
        }
        double gone = at(waiting[time - 1], slack, 0);
        double moved = slack >= terms.changeoverHours() + terms.tickHours()
                ? Math.min(at(onSpot[time - 1], slack - terms.changeoverHours(), 0), gone)
                : gone;
        double elsewhere = terms.belief().elsewhere();
        double taken = (1 - elsewhere) * gone + elsewhere * moved;
        return now + (1 - lost[age]) * grownOlder(onSpot[time - 1], slack, age) + lost[age] * taken;
    }

    /** On demand, while spot is in the state that {@code same} is about; it turns into the {@code other} with {@code turns}. */
    private double stayOnDemand(int time, double slack, int age, float[][] same, double[] turns, float[][] other) {
        double work = time * step - slack;
        double now = terms.onDemandPrice() * Math.min(step, Math.max(work, 0));
        return work < step
                ? now
                : now
                        + (1 - turns[age]) * grownOlder(same[time - 1], slack, age)
                        + turns[age] * at(other[time - 1], slack, 0);
    }

    private double wait(int time, double slack, int age) {
        if (slack < 1.5 * terms.tickHours() + terms.changeoverHours()) {
            return Double.POSITIVE_INFINITY;
        }
        double later = slack - step;
        double launched = later - terms.changeoverHours();
        double back = Math.min(at(onSpot[time - 1], launched, 0), at(onDemandOpen[time - 1], launched, 0));
        return (1 - returned[age]) * grownOlder(waiting[time - 1], later, age) + returned[age] * back;
    }

    /** To be asked once the moments of less slack at the same time are solved. */
    private double launchOnDemand(int time, double slack, int age) {
        double changeover = terms.changeoverHours();
        double missing = Math.max(0, changeover - slack);
        double cost = missing > 0
                ? stayOnDemand(time, slack, age, onDemandClosed, returned, onDemandOpen)
                : at(onDemandClosed[time], slack - changeover, age);
        return cost + missing * (1 + MISSING_SLACK) * terms.onDemandPrice();
    }

    private double grownOlder(float[] costs, double slack, int age) {
        double same = at(costs, slack, age);
        return older[age] == 0
                ? same
                : same + older[age] * (at(costs, slack, Math.min(age + 1, Ages.COUNT - 1)) - same);
    }

    /** Between two steps of slack; below none, what is missing is added. */
    private double at(float[] costs, double slack, int age) {
        if (slack < 0) {
            return costs[index(0, age)] - slack * (1 + MISSING_SLACK) * terms.onDemandPrice();
        }
        double position = slack / slackStep;
        int below = (int) position;
        if (below >= slacks - 1) {
            return costs[index(slacks - 1, age)];
        }
        double low = costs[index(below, age)];
        return low + (costs[index(below + 1, age)] - low) * (position - below);
    }

    private static int index(int slack, int age) {
        return slack * Ages.COUNT + age;
    }

    // What is asked, in hours.

    /** Running on spot that is this old. */
    double onSpot(double timeLeft, double slack, int age) {
        return between(timeLeft, time -> at(onSpot[time], slack, age));
    }

    /** Running on demand and staying there for now, while spot is open for this long. */
    double stayingWithSpotOpen(double timeLeft, double slack, int age) {
        return between(
                timeLeft,
                time -> time == 0 ? 0 : stayOnDemand(time, slack, age, onDemandOpen, lostTogether, onDemandClosed));
    }

    /** Running on demand and staying there for now, while spot is closed for this long. */
    double stayingWithSpotClosed(double timeLeft, double slack, int age) {
        return between(
                timeLeft,
                time -> time == 0 ? 0 : stayOnDemand(time, slack, age, onDemandClosed, returned, onDemandOpen));
    }

    /** Running on nothing for now, while spot is closed for this long. */
    double waiting(double timeLeft, double slack, int age) {
        return between(timeLeft, time -> time == 0 ? 0 : wait(time, slack, age));
    }

    private double between(double timeLeft, IntToDoubleFunction cost) {
        double position = Math.clamp(timeLeft / step, 0, onSpot.length - 1.0);
        int below = (int) position;
        double low = cost.applyAsDouble(below);
        return below == position ? low : low + (cost.applyAsDouble(below + 1) - low) * (position - below);
    }
}
