package dev.drover.http;

import dev.drover.protocol.id.JobId;
import java.util.List;
import java.util.stream.IntStream;

/** The ids of a batch's jobs: one stem, and each job's number in the batch. So the first one tells the others. */
final class BatchIds {
    private static final String FIRST = "-0";

    private BatchIds() {}

    static List<JobId> of(JobId stem, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new JobId(stem + "-" + number))
                .toList();
    }

    static List<JobId> startingWith(JobId first, int count) {
        String id = first.value();
        if (!id.endsWith(FIRST)) {
            throw new IllegalArgumentException(first + " is not the first job of a batch");
        }
        return of(new JobId(id.substring(0, id.length() - FIRST.length())), count);
    }
}
