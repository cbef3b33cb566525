package dev.drover.protocol.spec;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.drover.protocol.json.DroverJson;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Turns YAML or JSON text into a tree.
 *
 * <p>Scalars follow YAML 1.2's core schema: {@code 1e-3} is a number, {@code no} is a text. Constructs no objects. The
 * text's length, its depth, its aliases and the size of what they unfold to are limited, so hostile text costs little.
 */
public final class SpecText {
    /** Longer texts are refused. In characters. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_ALIASES = 10;
    private static final int MAX_NODES = 100_000;
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,400}");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?(\\.[0-9]{1,400}|[0-9]{1,400}(\\.[0-9]{0,400})?)([eE][-+]?[0-9]{1,4})?");

    private int nodes;

    private SpecText() {}

    /**
     * Reads one document. Text that starts with a brace is taken for JSON first.
     *
     * @throws InvalidSpecException with line and column when the text is malformed, too large or not a mapping
     */
    public static ObjectNode parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw invalid(text.length() + " characters", "at most " + MAX_LENGTH);
        }
        JsonNode tree = text.stripLeading().startsWith("{") ? jsonOrFlowYaml(text) : yaml(text);
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw tree.isNull() || tree.isMissingNode()
                ? invalid("", "fields and their values, as 'name: my-job'")
                : invalid(tree.toString(), "fields and their values, as 'name: my-job'");
    }

    private static JsonNode jsonOrFlowYaml(String text) {
        try {
            return DroverJson.mapper().readTree(text);
        } catch (JsonProcessingException malformed) {
            try {
                return yaml(text);
            } catch (InvalidSpecException alsoMalformed) {
                JsonLocation at = malformed.getLocation();
                throw invalid(
                        malformed.getOriginalMessage().lines().findFirst().orElse("malformed"),
                        "well-formed JSON" + (at == null ? "" : position(at.getLineNr(), at.getColumnNr())));
            }
        }
    }

    private static JsonNode yaml(String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(MAX_LENGTH);
        limits.setMaxAliasesForCollections(MAX_ALIASES);
        limits.setNestingDepthLimit(MAX_DEPTH);
        try {
            Node root = new Yaml(limits).compose(new StringReader(text));
            return root == null ? JsonNodeFactory.instance.nullNode() : new SpecText().tree(root, 0);
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String where = mark == null ? "" : position(mark.getLine() + 1, mark.getColumn() + 1);
            throw invalid(e.getProblem() == null ? "malformed" : e.getProblem(), "well-formed YAML" + where);
        } catch (YAMLException e) {
            String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("malformed");
            throw invalid(what, "well-formed YAML with at most " + MAX_ALIASES + " aliases, " + MAX_DEPTH + " deep");
        }
    }

    private JsonNode tree(Node node, int depth) {
        nodes++;
        if (depth > MAX_DEPTH || nodes > MAX_NODES) {
            throw invalid(
                    "aliases that unfold without bound" + at(node.getStartMark()),
                    "at most " + MAX_NODES + " values, " + MAX_DEPTH + " deep");
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> {
                var array = JsonNodeFactory.instance.arrayNode();
                sequence.getValue().forEach(item -> array.add(tree(item, depth + 1)));
                yield array;
            }
            case MappingNode mapping -> object(mapping, depth);
            default -> throw invalid("an unknown construct" + at(node.getStartMark()), "plain YAML");
        };
    }

    private ObjectNode object(MappingNode mapping, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw invalid("a field that is no text" + at(tuple.getKeyNode().getStartMark()), "plain field names");
            }
            if (object.has(key.getValue())) {
                throw new InvalidSpecException(
                        new SpecProblem(key.getValue(), "a second time" + at(key.getStartMark()), "each field once"));
            }
            object.set(key.getValue(), tree(tuple.getValueNode(), depth + 1));
        }
        return object;
    }

    private static JsonNode scalar(ScalarNode scalar) {
        String text = scalar.getValue();
        var make = JsonNodeFactory.instance;
        if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
            return make.textNode(text);
        }
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> make.nullNode();
            case "true", "True", "TRUE" -> make.booleanNode(true);
            case "false", "False", "FALSE" -> make.booleanNode(false);
            default -> number(text);
        };
    }

    private static JsonNode number(String text) {
        var make = JsonNodeFactory.instance;
        if (INTEGER.matcher(text).matches()) {
            BigInteger value = new BigInteger(text);
            return value.bitLength() < Long.SIZE ? make.numberNode(value.longValueExact()) : make.numberNode(value);
        }
        return DECIMAL.matcher(text).matches() ? make.numberNode(new BigDecimal(text)) : make.textNode(text);
    }

    private static InvalidSpecException invalid(String value, String allowed) {
        return new InvalidSpecException(new SpecProblem("", value, allowed));
    }

    private static String at(Mark mark) {
        return position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static String position(int line, int column) {
        return " (line %d, column %d)".formatted(line, column);
    }
}
