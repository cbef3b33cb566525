package dev.drover.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.drover.trainer.TestEngine;
import dev.drover.trainer.model.HostMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    private final Path directory;

    SafetensorsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsBackWhatItWroteSortedByName() throws IOException {
        try (NDManager manager = TestEngine.get().newManager()) {
            NDArray matrix = manager.arange(6f).reshape(2, 3).duplicate();
            NDArray vector = manager.ones(new Shape(5));
            var image = new TensorImage(Map.of("b", matrix, "a", vector));
            image.take();
            Path path = directory.resolve("x.safetensors");
            image.write(path, Map.of("format", "pt"));
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.names()).containsExactly("a", "b");
                assertThat(file.metadata()).containsEntry("format", "pt");
                assertThat(file.shape("b")).containsExactly(2L, 3L);
                NDArray copy = manager.zeros(new Shape(2, 3));
                file.readFloats("b", HostMemory.of(copy));
                assertThat(copy.toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(bytes.getLong(0) % 8).as("tensors begin aligned").isZero();
        }
    }

    @Test
    void laterUpdatesDoNotReachAnImage() throws IOException {
        try (NDManager manager = TestEngine.get().newManager()) {
            NDArray weight = manager.ones(new Shape(3));
            var image = new TensorImage(Map.of("w", weight));
            image.take();
            weight.addi(weight);
            image.write(directory.resolve("w"), Map.of());
            try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("w"))) {
                file.readFloats("w", HostMemory.of(weight));
            }
            assertThat(weight.toFloatArray()).containsOnly(1);
        }
    }

    @Test
    void widensHalfTypes() throws IOException {
        ByteBuffer halves = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        halves.putShort((short) 0x3F80).putShort((short) 0xC040).putShort((short) 0x7F80);
        for (float value : List.of(1f, -3f, 65504f)) {
            halves.putShort(Float.floatToFloat16(value));
        }
        Path path = file("""
            {"bf":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},
             "half":{"dtype":"F16","shape":[3],"data_offsets":[6,12]}}\
            """, halves.array());
        try (NDManager manager = TestEngine.get().newManager();
                SafetensorsFile file = SafetensorsFile.open(path)) {
            NDArray target = manager.zeros(new Shape(3));
            file.readFloats("bf", HostMemory.of(target));
            assertThat(target.toFloatArray()).containsExactly(1, -3, Float.POSITIVE_INFINITY);
            file.readFloats("half", HostMemory.of(target));
            assertThat(target.toFloatArray()).containsExactly(1, -3, 65504);
        }
    }

    @Test
    void refusesWhatDoesNotFitAndNamesTheFile() throws IOException {
        Path beyond = file("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", new byte[8]);
        assertThatThrownBy(() -> SafetensorsFile.open(beyond))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(beyond.toString())
                .hasMessageContaining("tensor a lies at 0 to 16");
        Path cut = Files.write(directory.resolve("cut"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> SafetensorsFile.open(cut)).hasMessageContaining("header");
        Path integers = file("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", new byte[8]);
        try (NDManager manager = TestEngine.get().newManager();
                SafetensorsFile file = SafetensorsFile.open(integers)) {
            var target = HostMemory.of(manager.zeros(new Shape(1)));
            assertThatThrownBy(() -> file.readFloats("a", target)).hasMessageContaining("is I64");
            assertThatThrownBy(() -> file.readFloats("b", target)).hasMessageContaining("no tensor b");
        }
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        return Files.write(Files.createTempFile(directory, "t", ".safetensors"), bytes.array());
    }
}
