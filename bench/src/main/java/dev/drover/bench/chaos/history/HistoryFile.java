package dev.drover.bench.chaos.history;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.drover.protocol.json.DroverJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The history of a campaign, one JSON object per line, appended as it happens. Any thread may add. */
public final class HistoryFile {
    private static final ObjectMapper MAPPER = mapper();

    private final Path file;
    private boolean opened;
    private boolean interrupted;

    public HistoryFile(Path file) {
        this.file = file;
    }

    /** Goes on with a file that is there: a line that a kill tore is closed. */
    private void closeTornLine() throws IOException {
        if (!opened && Files.exists(file) && !Files.readString(file).endsWith("\n")) {
            Files.writeString(file, "\n", StandardOpenOption.APPEND);
        }
        opened = true;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    private interface Named {}

    private static ObjectMapper mapper() {
        ObjectMapper mapper = DroverJson.mapper().copy();
        for (Class<?> root : List.of(Entry.class, Fault.class)) {
            mapper.addMixIn(root, Named.class);
            kinds(root, mapper);
        }
        return mapper;
    }

    private static void kinds(Class<?> type, ObjectMapper mapper) {
        Class<?>[] permitted = type.getPermittedSubclasses();
        if (permitted == null) {
            mapper.registerSubtypes(new NamedType(type, type.getSimpleName()));
        } else {
            for (Class<?> kind : permitted) {
                kinds(kind, mapper);
            }
        }
    }

    /** The entry is in the file when this returns. What follows an interruption is its consequence, and is not added. */
    public synchronized void add(Entry entry) {
        if (interrupted) {
            return;
        }
        interrupted = entry instanceof Entry.Interrupted;
        try {
            closeTornLine();
            String line = MAPPER.writerFor(Entry.class).writeValueAsString(entry);
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the history to " + file, e);
        }
    }

    /** All of it; nothing when there is no file. A line that was torn by a kill is passed over. */
    public synchronized List<Entry> read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        if (!Files.exists(file)) {
            return entries;
        }
        for (String line : Files.readAllLines(file)) {
            entry(line).ifPresent(entries::add);
        }
        return entries;
    }

    /** Empty for one that was torn by a kill: what it was to say was not yet said. */
    private static Optional<Entry> entry(String line) throws IOException {
        try {
            return Optional.of(MAPPER.readValue(line, Entry.class));
        } catch (JsonEOFException e) {
            return Optional.empty();
        }
    }
}
