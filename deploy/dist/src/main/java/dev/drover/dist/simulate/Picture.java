package dev.drover.dist.simulate;

import dev.drover.dist.simulate.Panel.Buyer;
import dev.drover.dist.simulate.Panel.Look;
import dev.drover.dist.simulate.Panel.Stretch;
import dev.drover.dist.simulate.Svg.Anchor;
import dev.drover.protocol.market.Market;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Jobs, one below the other. Of each, on one axis of hours: when its zones were open, and what each policy held; to the right of
 * each policy what it paid, with the optimum and the price on demand as marks across the bars.
 */
final class Picture {
    private static final double WIDTH = 1240;
    private static final double MARGIN = 24;
    private static final double LANES_FROM = 176;
    private static final double LANES_TO = 826;
    private static final double BARS_FROM = 862;
    private static final double BARS_TO = 1030;
    private static final double ZONE_HEIGHT = 14;
    private static final double ZONE_STEP = 20;
    private static final double BUYER_HEIGHT = 26;
    private static final double BUYER_STEP = 44;

    private static final String CLOSED = "#eceff1";
    private static final String ON_DEMAND = "#d1495b";
    private static final String BAR = "#78909c";
    private static final String BEST_BAR = "#b0bec5";
    private static final String HATCH = "url(#hatch)";
    private static final List<String> ZONE_COLOURS =
            List.of("#3b7dd8", "#2a9d8f", "#e0a526", "#8e6bbf", "#5fb3d9", "#7a9e3a", "#b5838d", "#4f6d7a", "#c77dff");

    private static final String STYLE = """
        text { font-family: "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; font-size: 12px; fill: #263238; }
        .title { font-size: 17px; font-weight: 600; }
        .strong { font-size: 13px; font-weight: 600; }
        .soft { fill: #607d8b; }
        .small { font-size: 11px; fill: #607d8b; }
        line { stroke: #dfe5e8; stroke-width: 1; }
        line.axis { stroke: #90a4ae; }
        line.deadline { stroke: #263238; stroke-width: 1.5; stroke-dasharray: 5 3; }
        line.done { stroke: #263238; stroke-width: 2.5; }
        line.mark { stroke: #455a64; stroke-dasharray: 2 3; }
        """;

    private static final String DEFINITIONS = """
        <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="2.4" height="4" fill="#ffffff" fill-opacity="0.8"/>
        </pattern>
        """;

    private final List<Panel> panels;
    private final Svg svg = new Svg();

    Picture(List<Panel> panels) {
        this.panels = List.copyOf(panels);
    }

    String svg() {
        double y = MARGIN;
        for (Panel panel : panels) {
            y = draw(panel, y) + 2 * MARGIN;
        }
        legend(y - 4);
        String title = "drover simulate: " + panels.getFirst().job().text();
        return svg.document(WIDTH, y + MARGIN, title, STYLE, DEFINITIONS);
    }

    /** Draws from {@code top} on, and says where it ended. */
    private double draw(Panel panel, double top) {
        Job job = panel.job();
        String terms = "%s h of work, deadline %s h, changeover %s h; from tick %d on"
                .formatted(
                        job.hours().compute(),
                        job.hours().deadline(),
                        job.hours().changeover(),
                        panel.start());
        svg.text(MARGIN, top + 14, Anchor.START, "title", job.set());
        svg.text(MARGIN, top + 35, Anchor.START, "soft", terms);
        double zonesTop = top + 76;
        double buyersTop = zonesTop + panel.zones().size() * ZONE_STEP + 16;
        double bottom = buyersTop + panel.buyers().size() * BUYER_STEP - 8;
        Axis axis = Axis.of(job);
        axis(axis, zonesTop - 6, bottom);
        zones(panel, axis, zonesTop);
        bars(panel, buyersTop, bottom);
        for (int i = 0; i < panel.buyers().size(); i++) {
            buyer(panel, panel.buyers().get(i), axis, buyersTop + i * BUYER_STEP);
        }
        svg.line(LANES_TO, zonesTop - 14, LANES_TO, bottom, "deadline");
        svg.text(LANES_TO, zonesTop - 18, Anchor.MIDDLE, "strong", "deadline");
        return bottom + 20;
    }

    /** From the start to the deadline. */
    private record Axis(double tickHours, double deadlineHours) {
        static Axis of(Job job) {
            return new Axis(
                    job.traces().gap().toMillis() / 3_600_000.0,
                    job.terms().deadline().toMillis() / 3_600_000.0);
        }

        double x(double hours) {
            return LANES_FROM + (LANES_TO - LANES_FROM) * hours / deadlineHours;
        }

        double x(int ticks) {
            return x(ticks * tickHours);
        }

        /** The distance of its labels: a round one, so that there are ten or so. */
        double step() {
            return DoubleStream.of(0.1, 0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168)
                    .filter(step -> deadlineHours / step <= 11)
                    .findFirst()
                    .orElse(1000);
        }
    }

    private void axis(Axis axis, double top, double bottom) {
        for (int i = 0; i * axis.step() <= axis.deadlineHours() + 1e-9; i++) {
            double hours = i * axis.step();
            svg.line(axis.x(hours), top, axis.x(hours), bottom, "grid");
            svg.text(axis.x(hours), bottom + 17, Anchor.MIDDLE, "soft", "%s h".formatted(Svg.number(hours)));
        }
        svg.line(LANES_FROM, bottom, LANES_TO, bottom, "axis");
    }

    private void zones(Panel panel, Axis axis, double top) {
        for (int zone = 0; zone < panel.zones().size(); zone++) {
            double y = top + zone * ZONE_STEP;
            svg.text(LANES_FROM - 10, y + 11, Anchor.END, "zone", name(panel.job(), zone));
            svg.rectangle(LANES_FROM, y, LANES_TO - LANES_FROM, ZONE_HEIGHT, CLOSED);
            lane(panel.job(), panel.zones().get(zone), axis, y, ZONE_HEIGHT);
        }
    }

    private void lane(Job job, List<Stretch> stretches, Axis axis, double y, double height) {
        for (Stretch stretch : stretches) {
            double x = axis.x(stretch.from());
            double width = axis.x(stretch.to()) - x;
            String when = " from %s to %s h"
                    .formatted(
                            Svg.number(stretch.from() * axis.tickHours()), Svg.number(stretch.to() * axis.tickHours()));
            switch (stretch.look()) {
                case Look.Blank ignored -> {}
                case Look.Spot(int zone, boolean startsUp) ->
                    bought(x, y, width, height, colour(zone), startsUp, name(job, zone) + when);
                case Look.OnDemand(boolean startsUp) ->
                    bought(x, y, width, height, ON_DEMAND, startsUp, "on demand" + when);
            }
        }
    }

    private void bought(double x, double y, double width, double height, String colour, boolean startsUp, String tip) {
        svg.rectangle(x, y, width, height, colour, tip);
        if (startsUp) {
            svg.rectangle(x, y, width, height, HATCH);
        }
    }

    private void buyer(Panel panel, Buyer buyer, Axis axis, double y) {
        svg.text(LANES_FROM - 10, y + 17, Anchor.END, "strong", buyer.policy().text());
        svg.line(LANES_FROM, y + BUYER_HEIGHT, LANES_TO, y + BUYER_HEIGHT, "axis");
        lane(panel.job(), buyer.lane(), axis, y, BUYER_HEIGHT);
        double done = axis.x(buyer.ticks());
        svg.line(done, y - 4, done, y + BUYER_HEIGHT + 4, "done");
        double cost = buyer.outcome().cost();
        double optimum = panel.buyers().getLast().outcome().cost();
        boolean isBest = buyer.equals(panel.buyers().getLast());
        svg.rectangle(BARS_FROM, y, bar(panel, cost), BUYER_HEIGHT, isBest ? BEST_BAR : BAR);
        int launches = buyer.outcome().launches();
        String ratio = isBest ? "" : decimals(cost / optimum, 2) + " x optimum, ";
        String missed = buyer.outcome().missed() ? ", missed" : "";
        svg.text(BARS_TO + 12, y + 11, Anchor.START, "strong", decimals(cost, 2));
        svg.text(
                BARS_TO + 12,
                y + 26,
                Anchor.START,
                "small",
                ratio + launches + (launches == 1 ? " launch" : " launches") + missed);
    }

    private void bars(Panel panel, double top, double bottom) {
        double onDemand = panel.job().onDemandCost();
        double optimum = panel.buyers().getLast().outcome().cost();
        svg.text(BARS_FROM, top - 14, Anchor.START, "strong", "cost in USD");
        svg.line(BARS_FROM, top - 6, BARS_FROM, bottom, "axis");
        mark(BARS_FROM + bar(panel, optimum), top, bottom);
        mark(BARS_FROM + bar(panel, onDemand), top, bottom);
        svg.text(
                BARS_FROM + bar(panel, onDemand),
                bottom + 17,
                Anchor.END,
                "soft",
                "all on demand " + decimals(onDemand, 2));
    }

    private void mark(double x, double top, double bottom) {
        svg.line(x, top - 6, x, bottom, "mark");
    }

    private static double bar(Panel panel, double cost) {
        double most = panel.buyers().stream()
                .mapToDouble(buyer -> buyer.outcome().cost())
                .reduce(panel.job().onDemandCost(), Math::max);
        return (BARS_TO - BARS_FROM) * cost / most;
    }

    private void legend(double y) {
        double x = LANES_FROM;
        for (Entry entry : List.of(
                new Entry(colour(0), "spot, in the colour of its zone"),
                new Entry(ON_DEMAND, "on demand"),
                new Entry(CLOSED, "zone closed"))) {
            svg.rectangle(x, y - 10, 18, 12, entry.colour());
            x = legendText(x, y, entry.text());
        }
        svg.rectangle(x, y - 10, 18, 12, ON_DEMAND);
        svg.rectangle(x, y - 10, 18, 12, HATCH);
        x = legendText(x, y, "starting up: paid for, no work");
        svg.line(x + 9, y - 12, x + 9, y + 4, "done");
        legendText(x, y, "work done");
    }

    private record Entry(String colour, String text) {}

    private double legendText(double x, double y, String text) {
        svg.text(x + 24, y, Anchor.START, "soft", text);
        return x + 24 + 6.4 * text.length() + 24;
    }

    private static String colour(int zone) {
        return ZONE_COLOURS.get(zone % ZONE_COLOURS.size());
    }

    private static String name(Job job, int zone) {
        Market market = job.traces().markets().get(zone);
        return market.zone() + " " + market.instanceType();
    }

    private static String decimals(double number, int places) {
        return String.format(Locale.ROOT, "%." + places + "f", number);
    }
}
