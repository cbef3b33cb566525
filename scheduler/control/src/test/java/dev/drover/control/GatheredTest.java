package dev.drover.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

final class GatheredTest {
    private final List<List<Integer>> writes = Collections.synchronizedList(new ArrayList<>());

    @Test
    void whatComesWhileAWriteIsUnderWayIsWrittenTogether() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Void> disk = new CompletableFuture<>();
        Gathered<Integer> gathered = new Gathered<>(items -> {
            begun.countDown();
            disk.join();
            writes.add(items);
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>(List.of(threads.submit(() -> gathered.write(0))));
            begun.await();
            for (int i = 1; i <= 9; i++) {
                int item = i;
                callers.add(threads.submit(() -> gathered.write(item)));
            }
            Eventually.isTrue("all wait", () -> gathered.waiting() == 9);
            disk.complete(null);
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        assertThat(writes).hasSize(2);
        assertThat(writes.getLast()).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void aWriteThatFailsIsTheCallersAndTheNextIsTried() {
        Gathered<Integer> gathered = new Gathered<>(items -> {
            if (items.contains(1)) {
                throw new IllegalStateException("full");
            }
            writes.add(items);
        });
        assertThatThrownBy(() -> gathered.write(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("full");
        gathered.write(2);
        assertThat(writes).containsExactly(List.of(2));
    }
}
