package dev.drover.persistence.journal;

import com.typesafe.config.ConfigFactory;
import dev.drover.persistence.read.JdbcReadModel;
import dev.drover.planning.event.PoolEvent;
import dev.drover.planning.state.PoolState;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.job.JobSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/** Submits jobs to a journal and claims keys, printing each id once it is acknowledged, until it is killed. */
final class JournalWriterMain {
    private JournalWriterMain() {}

    /** How to tell the program where to write. */
    static List<String> arguments(Database database) {
        return switch (database) {
            case H2Database h2 -> List.of(h2.url());
            case PostgresDatabase postgres -> List.of(postgres.url(), postgres.user(), postgres.password());
        };
    }

    /** What {@link #arguments} says. */
    public static void main(String[] arguments) throws Exception {
        Database database = arguments.length == 1
                ? new H2Database(arguments[0])
                : new PostgresDatabase(arguments[0], arguments[1], arguments[2]);
        JdbcReadModel readModel = JdbcReadModel.open(database);
        ActorSystem<Message> system = ActorSystem.create(
                Writer.create(), "writer", database.pekkoConfig().withFallback(ConfigFactory.load()));
        JobSpec spec = SampleEvents.command();
        for (int number = 0; ; number++) {
            JobId job = new JobId("job-" + number);
            AskPattern.<Message, Boolean>ask(
                            system, reply -> new Submit(job, spec, reply), Duration.ofSeconds(20), system.scheduler())
                    .toCompletableFuture()
                    .get();
            System.out.println("journal " + job);
            var ignored = readModel.claim(Optional.of("key-" + number), "digest", List.of(job), SampleEvents.POOL);
            System.out.println("claim " + job);
            System.out.flush();
        }
    }

    /** What the writer is told. */
    sealed interface Message {}

    record Submit(JobId job, JobSpec spec, ActorRef<Boolean> reply) implements Message {}

    record Show(ActorRef<PoolState> reply) implements Message {}

    /** The smallest actor with the pool's journal. */
    static final class Writer extends EventSourcedBehavior<Message, PoolEvent, PoolState> {
        private Writer() {
            super(PersistenceId.of("pool", "herd"));
        }

        static Behavior<Message> create() {
            return Behaviors.setup(context -> new Writer());
        }

        @Override
        public PoolState emptyState() {
            return PoolState.EMPTY;
        }

        @Override
        public CommandHandler<Message, PoolEvent, PoolState> commandHandler() {
            return (state, message) -> switch (message) {
                case Submit submit ->
                    Effect()
                            .persist(new PoolEvent.JobSubmitted(submit.job(), submit.spec(), "ada", SampleEvents.AT))
                            .thenReply(submit.reply(), after -> true);
                case Show show -> Effect().reply(show.reply(), state);
            };
        }

        @Override
        public EventHandler<PoolState, PoolEvent> eventHandler() {
            return PoolState::apply;
        }
    }
}
