package dev.drover.bench.fleet;

import dev.drover.bench.BenchJob;
import dev.drover.dist.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The two small programs of a fleet, compiled by this machine's {@code cc}: they are to weigh next to nothing beside what is measured.
 *
 * @param noOp speaks the shard protocol and trains nothing
 * @param instance stands where the local cloud wants an agent's process
 */
record CompiledPrograms(Path noOp, Path instance) {
    /**
     * Compiles them.
     *
     * @throws IOException with the compiler's words, or when there is none
     */
    static CompiledPrograms compile() throws IOException, InterruptedException {
        return new CompiledPrograms(compile("noop"), compile("instance"));
    }

    private static Path compile(String name) throws IOException, InterruptedException {
        Path source = Programs.root().resolve("bench/src/main/c/" + name + ".c");
        Path program = Files.createDirectories(BenchJob.outputs().resolve("c")).resolve(name);
        Process compiler = new ProcessBuilder("cc", "-O2", "-static", "-o", program.toString(), source.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("cc could not compile " + source + ":\n" + said);
        }
        return program;
    }
}
