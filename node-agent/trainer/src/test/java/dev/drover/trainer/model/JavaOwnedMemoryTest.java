package dev.drover.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.drover.trainer.TrainerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * No tensor of the training program borrows memory from Java.
 *
 * <p>{@code NDArray.mul(Number)} and its kin, and tensors made from Java arrays, lie in buffers that Java frees while autograd
 * still reads them. Reads the compiled classes, since in the source a number can hide behind a name.
 */
class JavaOwnedMemoryTest {
    @Test
    void noClassComputesWithNumbersOrMakesTensorsFromJavaArrays() throws Exception {
        assertThat(violations(TrainerMain.class)).isEmpty();
    }

    @Test
    void theScanSeesWhatItLooksFor() throws Exception {
        assertThat(violations(JavaOwnedMemoryTest.class))
                .anyMatch(violation -> violation.contains("Culprit") && violation.contains("mul"))
                .anyMatch(violation -> violation.contains("Culprit") && violation.contains("create"));
    }

    /** What the scan must catch. Never run. */
    static final class Culprit {
        private Culprit() {}

        static NDArray scaled(NDArray x, float factor) {
            return x.mul(factor).add(x.getManager().create(new float[] {1}));
        }
    }

    private static List<String> violations(Class<?> origin) throws IOException, URISyntaxException {
        Path classes = Path.of(
                origin.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .flatMap(JavaOwnedMemoryTest::violationsOf)
                    .toList();
        }
    }

    private static Stream<String> violationsOf(Path file) {
        try {
            var pool = ClassFile.of().parse(file).constantPool();
            return StreamSupport.stream(pool.spliterator(), false)
                    .filter(JavaOwnedMemoryTest::borrowsFromJava)
                    .map(entry -> file.getFileName() + " calls " + entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean borrowsFromJava(PoolEntry entry) {
        if (!(entry instanceof MemberRefEntry member)) {
            return false;
        }
        String owner = member.owner().asInternalName();
        String type = member.type().stringValue();
        return switch (owner) {
            case "ai/djl/ndarray/NDArray", "ai/djl/ndarray/NDArrays" ->
                type.contains("Ljava/lang/Number;") || member.name().equalsString("set");
            case "ai/djl/ndarray/NDManager" ->
                member.name().equalsString("create") && !type.startsWith("(Lai/djl/ndarray/types/Shape;");
            default -> false;
        };
    }
}
