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
 * <p>It is an approximation: time goes in steps of a hundredth of the deadline (no less than a tick), a spell that ends within a
 * step ends when such spells do on average, it stays in an age's bin for a geometric time, prices stand still. What is chosen by it
 * must still pass {@link SafetyNet#holds}.
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

    // Of a spell of this age: whether it ends within one step, and when, in hours from its beginning, if it does.
    private final double[] lost = new double[Ages.COUNT];
    private final double[] lostAfter = new double[Ages.COUNT];
    private final double[] lostTogether = new double[Ages.COUNT];
    private final double[] returned = new double[Ages.COUNT];
    private final double[] returnedAfter = new double[Ages.COUNT];
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
            lostAfter[age] = meanTime(terms.belief().losses().get(age));
            lostTogether[age] = withinStep(terms.belief().lossesTogether().get(age));
            returned[age] = withinStep(terms.belief().returns().get(age));
            returnedAfter[age] = meanTime(terms.belief().returns().get(age));
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

    /** Of what ends within a step: a truncated exponential distribution's mean. */
    private double meanTime(double perHour) {
        return 1 / perHour - step / Math.expm1(perHour * step);
    }

    /** One Bellman step: what each state costs at this moment, given what all cost one step later. */
    private void solve(int time, int slackIndex) {
        double slack = slackIndex * slackStep;
        if (time * step - slack <= 1e-9) {
            return;
        }
        for (int age = 0; age < Ages.COUNT; age++) {
            int here = index(slackIndex, age);
            double wait = wait(time, slack, age);
            onDemandClosed[time][here] = (float) Math.min(stayWithSpotClosed(time, slack, age), wait);
            waiting[time][here] = (float) Math.min(wait, launchOnDemand(time, slack, age));
        }
        // A loss leads to waiting within the same step, so that is solved before.
        for (int age = 0; age < Ages.COUNT; age++) {
            onSpot[time][index(slackIndex, age)] = (float) onSpot(time, slack, age);
        }
        for (int age = 0; age < Ages.COUNT; age++) {
            double change = mayReturn(slack)
                    ? at(onSpot[time], slack - terms.changeoverHours(), age)
                    : Double.POSITIVE_INFINITY;
            onDemandOpen[time][index(slackIndex, age)] = (float) Math.min(stayWithSpotOpen(time, slack, age), change);
        }
    }

    /** Whether there is slack to go to spot and back. */
    private boolean mayReturn(double slack) {
        return slack >= 2 * terms.changeoverHours() + terms.tickHours() / 2;
    }

    private double onSpot(int time, double slack, int age) {
        double changeover = terms.changeoverHours();
        double work = time * step - slack;
        double missing = Math.max(0, changeover - slack) * MISSING_SLACK * terms.onDemandPrice();
        if (work < step) {
            return terms.spotPrice() * Math.max(work, 0) + missing;
        }
        double after = lostAfter[age];
        double gone = at(waiting[time], slack, 0)
                + after / step * (at(waiting[time - 1], slack, 0) - at(waiting[time], slack, 0));
        double moved = slack >= changeover + terms.tickHours()
                ? Math.min(terms.spotPrice() * (step - after) + at(onSpot[time - 1], slack - changeover, 0), gone)
                : gone;
        double elsewhere = terms.belief().elsewhere();
        double taken = terms.spotPrice() * after + (1 - elsewhere) * gone + elsewhere * moved;
        double kept = terms.spotPrice() * step + grownOlder(onSpot[time - 1], slack, age);
        return missing + (1 - lost[age]) * kept + lost[age] * taken;
    }

    private double stayWithSpotOpen(int time, double slack, int age) {
        double work = time * step - slack;
        if (work < step) {
            return terms.onDemandPrice() * Math.max(work, 0);
        }
        return terms.onDemandPrice() * step
                + (1 - lostTogether[age]) * grownOlder(onDemandOpen[time - 1], slack, age)
                + lostTogether[age] * at(onDemandClosed[time - 1], slack, 0);
    }

    private double stayWithSpotClosed(int time, double slack, int age) {
        double work = time * step - slack;
        if (work < step) {
            return terms.onDemandPrice() * Math.max(work, 0);
        }
        double paid = terms.onDemandPrice() * step;
        double after = returnedAfter[age];
        double stays = paid + at(onDemandOpen[time - 1], slack, 0);
        double changes = mayReturn(slack)
                ? terms.onDemandPrice() * after
                        + terms.spotPrice() * (step - after)
                        + at(onSpot[time - 1], slack - terms.changeoverHours(), 0)
                : stays;
        return (1 - returned[age]) * (paid + grownOlder(onDemandClosed[time - 1], slack, age))
                + returned[age] * Math.min(stays, changes);
    }

    private double wait(int time, double slack, int age) {
        if (slack < 1.5 * terms.tickHours() + terms.changeoverHours()) {
            return Double.POSITIVE_INFINITY;
        }
        double after = returnedAfter[age];
        double launched = slack - after - terms.changeoverHours();
        double back = Math.min(
                terms.spotPrice() * (step - after) + at(onSpot[time - 1], launched, 0),
                terms.onDemandPrice() * (step - after) + at(onDemandOpen[time - 1], launched, 0));
        return (1 - returned[age]) * grownOlder(waiting[time - 1], slack - step, age) + returned[age] * back;
    }

    /** To be asked once the moments of less slack at the same time are solved. */
    private double launchOnDemand(int time, double slack, int age) {
        double changeover = terms.changeoverHours();
        double missing = Math.max(0, changeover - slack);
        double cost =
                missing > 0 ? stayWithSpotClosed(time, slack, age) : at(onDemandClosed[time], slack - changeover, age);
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
        return between(timeLeft, time -> time == 0 ? 0 : stayWithSpotOpen(time, slack, age));
    }

    /** Running on demand and staying there for now, while spot is closed for this long. */
    double stayingWithSpotClosed(double timeLeft, double slack, int age) {
        return between(timeLeft, time -> time == 0 ? 0 : stayWithSpotClosed(time, slack, age));
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
