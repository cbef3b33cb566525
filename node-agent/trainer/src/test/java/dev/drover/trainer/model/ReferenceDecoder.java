package dev.drover.trainer.model;

import java.util.function.Function;

/** The same decoder in plain Java and doubles, written from the formulas and as slow as it likes. */
final class ReferenceDecoder {
    private final Architecture architecture;
    private final Function<String, float[]> weights;

    ReferenceDecoder(Architecture architecture, Function<String, float[]> weights) {
        this.architecture = architecture;
        this.weights = weights;
    }

    /** Logits of one sequence, position by position. */
    double[][] logits(long[] tokens) {
        int width = architecture.sizes().width();
        float[] embedding = weights.apply(Weights.EMBEDDING);
        double[][] x = new double[tokens.length][width];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = embedding[(int) tokens[t] * width + i];
            }
        }
        for (int layer = 0; layer < architecture.sizes().layers(); layer++) {
            String prefix = Weights.layerPrefix(layer);
            x = add(x, attention(norm(x, weights.apply(prefix + "input_layernorm.weight")), prefix + "self_attn."));
            x = add(x, swiGlu(norm(x, weights.apply(prefix + "post_attention_layernorm.weight")), prefix + "mlp."));
        }
        return linear(norm(x, weights.apply(Weights.FINAL_NORM)), embedding, new float[architecture.vocabulary()]);
    }

    private double[][] attention(double[][] x, String prefix) {
        int headWidth = architecture.headWidth();
        int heads = architecture.sizes().heads();
        double[][] queries = project(x, prefix + "q_proj");
        double[][] keys = project(x, prefix + "k_proj");
        double[][] values = project(x, prefix + "v_proj");
        double[][] mixed = new double[x.length][heads * headWidth];
        for (int head = 0; head < heads; head++) {
            int shared = head / architecture.queriesPerGroup();
            for (int t = 0; t < x.length; t++) {
                double[] query = rotated(queries[t], head, t);
                double[] scores = new double[t + 1];
                double total = 0;
                for (int s = 0; s <= t; s++) {
                    double[] key = rotated(keys[s], shared, s);
                    double dot = 0;
                    for (int i = 0; i < headWidth; i++) {
                        dot += query[i] * key[i];
                    }
                    scores[s] = Math.exp(dot / Math.sqrt(headWidth));
                    total += scores[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < headWidth; i++) {
                        mixed[t][head * headWidth + i] += scores[s] / total * values[s][shared * headWidth + i];
                    }
                }
            }
        }
        return linear(
                mixed,
                weights.apply(prefix + "o_proj.weight"),
                new float[architecture.sizes().width()]);
    }

    private double[][] project(double[][] x, String name) {
        float[] weight = weights.apply(name + ".weight");
        float[] bias = architecture.attentionBias()
                ? weights.apply(name + ".bias")
                : new float[weight.length / architecture.sizes().width()];
        return linear(x, weight, bias);
    }

    /** Hugging Face's {@code x * cos + rotate_half(x) * sin}. */
    private double[] rotated(double[] x, int head, int position) {
        int width = architecture.headWidth();
        double[] rotated = new double[width];
        for (int i = 0; i < width; i++) {
            double angle = position / Math.pow(architecture.ropeTheta(), 2.0 * (i % (width / 2)) / width);
            int at = head * width + i;
            double half = i < width / 2 ? -x[at + width / 2] : x[at - width / 2];
            rotated[i] = x[at] * Math.cos(angle) + half * Math.sin(angle);
        }
        return rotated;
    }

    private double[][] swiGlu(double[][] x, String prefix) {
        int inner = architecture.sizes().feedForward();
        double[][] gate = linear(x, weights.apply(prefix + "gate_proj.weight"), new float[inner]);
        double[][] up = linear(x, weights.apply(prefix + "up_proj.weight"), new float[inner]);
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < inner; i++) {
                gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        return linear(
                gate,
                weights.apply(prefix + "down_proj.weight"),
                new float[architecture.sizes().width()]);
    }

    private double[][] norm(double[][] x, float[] gain) {
        double[][] normalized = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double sum = 0;
            for (double value : x[t]) {
                sum += value * value;
            }
            double scale = 1 / Math.sqrt(sum / gain.length + architecture.normEpsilon());
            for (int i = 0; i < gain.length; i++) {
                normalized[t][i] = x[t][i] * scale * gain[i];
            }
        }
        return normalized;
    }

    private static double[][] linear(double[][] x, float[] weight, float[] bias) {
        double[][] out = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int o = 0; o < bias.length; o++) {
                double sum = bias[o];
                for (int i = 0; i < x[t].length; i++) {
                    sum += x[t][i] * weight[o * x[t].length + i];
                }
                out[t][o] = sum;
            }
        }
        return out;
    }

    private static double[][] add(double[][] a, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++) {
            for (int i = 0; i < a[t].length; i++) {
                sum[t][i] = a[t][i] + b[t][i];
            }
        }
        return sum;
    }
}
