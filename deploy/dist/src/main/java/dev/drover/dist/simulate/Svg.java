package dev.drover.dist.simulate;

import java.util.Locale;

/** A drawing, element by element, in pixels from the upper left. */
final class Svg {
    private final StringBuilder elements = new StringBuilder();

    /** How a text stands to its point. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    void rectangle(double x, double y, double width, double height, String fill) {
        elements.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>\n"
                .formatted(number(x), number(y), number(width), number(height), escaped(fill)));
    }

    /** With a tip that is shown while it is pointed at. */
    void rectangle(double x, double y, double width, double height, String fill, String tip) {
        elements.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"><title>%s</title></rect>\n"
                .formatted(number(x), number(y), number(width), number(height), escaped(fill), escaped(tip)));
    }

    /** Of the kind {@code style}, a class of the style sheet. */
    void line(double x1, double y1, double x2, double y2, String style) {
        elements.append("<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>\n"
                .formatted(number(x1), number(y1), number(x2), number(y2), escaped(style)));
    }

    void text(double x, double y, Anchor anchor, String style, String text) {
        elements.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
                .formatted(
                        number(x), number(y), anchor.name().toLowerCase(Locale.ROOT), escaped(style), escaped(text)));
    }

    /** The whole drawing, on white. */
    String document(double width, double height, String title, String styleSheet, String definitions) {
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" role="img">
            <title>%3$s</title>
            <style>
            %4$s</style>
            <defs>
            %5$s</defs>
            <rect width="100%%" height="100%%" fill="#ffffff"/>
            %6$s</svg>
            """.formatted(number(width), number(height), escaped(title), styleSheet, definitions, elements);
    }

    static String number(double number) {
        return String.format(Locale.ROOT, "%.2f", number).replaceFirst("\\.?0+$", "");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
