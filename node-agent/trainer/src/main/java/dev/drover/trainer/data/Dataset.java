package dev.drover.trainer.data;

import dev.drover.protocol.shard.DataSpec;
import dev.drover.protocol.shard.TrainSpec;
import dev.drover.trainer.TrainingFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shard's view of the job's data.
 *
 * <p>The end of the data is held out and the same for every shard; shard i of n trains on the i-th of n contiguous
 * slices of the rest.
 *
 * @param vocabulary number of token ids
 * @param size tokens of the text or rows of the file, all shards together: a cheap check that a resumed run reads the same data
 * @param evaluation the fixed samples of every evaluation, if part of the data is held out
 */
public record Dataset(int vocabulary, long size, SampleStream training, Optional<SampleStream> evaluation) {
    private static final Logger LOG = LoggerFactory.getLogger(Dataset.class);

    /** Opens the data, or fails with a reason that names the file. */
    public static Dataset open(TrainSpec spec, int shard, int shards) {
        DataSpec data = spec.data();
        Path file = Path.of(data.path());
        if (!Files.isRegularFile(file)) {
            throw new TrainingFailure("train.data.path: there is no file " + file
                    + "; the data must lie on the node at this path before training starts");
        }
        try {
            return switch (data.format()) {
                case TEXT -> text(spec, file, shard, shards);
                case INSTRUCTIONS -> instructions(spec, file, shard, shards);
            };
        } catch (IOException e) {
            throw new TrainingFailure("train.data.path: can't read " + file + ": " + e.getMessage(), e);
        }
    }

    private static TextTokenizer tokenizer(DataSpec data) {
        String file = data.tokenizer();
        return file == null ? new ByteTokenizer() : HuggingFaceText.open(Path.of(file));
    }

    private static Dataset text(TrainSpec spec, Path file, int shard, int shards) throws IOException {
        TextTokenizer tokenizer = tokenizer(spec.data());
        Tokens tokens = switch (tokenizer) {
            case ByteTokenizer bytes -> MappedBytes.open(file);
            case HuggingFaceText words -> Tokens.of(words.encode(Files.readString(file)));
        };
        int context = spec.data().context();
        var heldOut = Slice.heldOut(tokens.size(), spec.data().evalFraction());
        var slice = new Slice(0, heldOut.from()).part(shard, shards);
        var training = new TextCorpus(tokens, slice, context);
        if (training.samples() == 0) {
            throw tooSmall(file, "shard %d of %d has %d tokens".formatted(shard, shards, slice.length()), context);
        }
        Optional<SampleStream> evaluation = Optional.empty();
        if (spec.data().evalFraction() > 0) {
            var corpus = new TextCorpus(tokens, heldOut, context);
            if (corpus.samples() == 0) {
                throw tooSmall(file, "the held-out part has %d tokens".formatted(heldOut.length()), context);
            }
            evaluation = Optional.of(evaluation(spec, corpus));
        }
        var order = SampleOrder.independent(spec.seed(), shard, training.samples());
        return new Dataset(tokenizer.vocabulary(), tokens.size(), new SampleStream(training, order), evaluation);
    }

    private static TrainingFailure tooSmall(Path file, String part, int context) {
        return new TrainingFailure(
                "train.data.context: %s of %s, and a sample needs %d; lower it, or use fewer shards or more data"
                        .formatted(part, file, context + 1));
    }

    private static Dataset instructions(TrainSpec spec, Path file, int shard, int shards) throws IOException {
        TextTokenizer tokenizer = tokenizer(spec.data());
        List<Conversation> rows = InstructionFile.read(file, tokenizer);
        var heldOut = Slice.heldOut(rows.size(), spec.data().evalFraction());
        var slice = new Slice(0, heldOut.from()).part(shard, shards);
        var training = corpus(rows, slice, file, spec.data().context(), "shard %d of %d".formatted(shard, shards));
        Optional<SampleStream> evaluation = Optional.empty();
        if (spec.data().evalFraction() > 0) {
            var corpus = corpus(rows, heldOut, file, spec.data().context(), "the held-out part");
            evaluation = Optional.of(evaluation(spec, corpus));
        }
        var order = SampleOrder.epochs(spec.seed(), shard, Math.toIntExact(training.samples()));
        return new Dataset(tokenizer.vocabulary(), rows.size(), new SampleStream(training, order), evaluation);
    }

    private static Corpus corpus(List<Conversation> rows, Slice slice, Path file, int context, String part) {
        List<Conversation> cut = rows.subList(Math.toIntExact(slice.from()), Math.toIntExact(slice.to())).stream()
                .map(row -> row.cutTo(context))
                .filter(row -> row.answerTokens() > 0)
                .toList();
        if (cut.isEmpty()) {
            throw new TrainingFailure(
                    "train.data.context: of the %d rows that %s has in %s none keeps a token of its answer within %d tokens; raise it, or add rows"
                            .formatted(slice.length(), part, file, context));
        }
        if (cut.size() < slice.length()) {
            LOG.warn(
                    "{} of the {} rows of {} are left out: their answers begin beyond {} tokens",
                    slice.length() - cut.size(),
                    slice.length(),
                    part,
                    context);
        }
        return new InstructionCorpus(cut);
    }

    private static SampleStream evaluation(TrainSpec spec, Corpus corpus) {
        long count = (long) spec.evalBatches() * spec.microBatch();
        return new SampleStream(corpus, SampleOrder.evenly(corpus.samples(), count));
    }
}
