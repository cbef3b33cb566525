package dev.drover.dist;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The walls of the house (docs/ARCHITECTURE.md). What the class path does not enforce is enforced here. */
final class ArchitectureTest {
    private static final JavaClasses DROVER = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPaths(Stream.of(
                            "protocol",
                            "scheduler/planning",
                            "scheduler/simulation",
                            "scheduler/cloud",
                            "scheduler/control",
                            "persistence",
                            "node-agent/agent",
                            "node-agent/trainer",
                            "http-api/server",
                            "http-api/cli",
                            "deploy/certs",
                            "deploy/dist")
                    .map(module -> Sources.root().resolve(module).resolve("target/classes"))
                    .toArray(Path[]::new));

    @Test
    void planningIsPure() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.planning..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "org.apache.pekko..",
                        "java.io..",
                        "java.nio..",
                        "java.net..",
                        "java.sql..",
                        "java.util.concurrent..",
                        "org.slf4j..",
                        "scala.."))
                .check(DROVER);
        for (Class<?> impure : List.of(Random.class, UUID.class, Clock.class, ThreadLocalRandom.class, Thread.class)) {
            noClasses()
                    .that()
                    .resideInAPackage("dev.drover.planning..")
                    .should()
                    .dependOnClassesThat()
                    .areAssignableTo(impure)
                    .check(DROVER);
        }
        readsNoClock("dev.drover.planning..").check(DROVER);
        readsNoClock("dev.drover.protocol..").check(DROVER);
        readsNoClock("dev.drover.simulation..").check(DROVER);
    }

    @Test
    void roomsDependDownwardsOnly() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.drover..")
                .layer("protocol")
                .definedBy("dev.drover.protocol..")
                .layer("planning")
                .definedBy("dev.drover.planning..")
                .layer("simulation")
                .definedBy("dev.drover.simulation..")
                .layer("cloud")
                .definedBy("dev.drover.cloud..")
                .layer("persistence")
                .definedBy("dev.drover.persistence..")
                .layer("control")
                .definedBy("dev.drover.control..")
                .layer("http")
                .definedBy("dev.drover.http..")
                .layer("cli")
                .definedBy("dev.drover.cli..")
                .layer("agent")
                .definedBy("dev.drover.agent..")
                .layer("trainer")
                .definedBy("dev.drover.trainer..")
                .layer("dist")
                .definedBy("dev.drover.dist..")
                .whereLayer("planning")
                .mayOnlyBeAccessedByLayers("simulation", "cloud", "persistence", "control", "dist")
                .whereLayer("simulation")
                .mayOnlyBeAccessedByLayers("dist")
                .whereLayer("cloud")
                .mayOnlyBeAccessedByLayers("control", "dist")
                .whereLayer("persistence")
                .mayOnlyBeAccessedByLayers("control", "http", "dist")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("dist")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("dist")
                .whereLayer("cli")
                .mayOnlyBeAccessedByLayers("dist")
                .whereLayer("agent")
                .mayOnlyBeAccessedByLayers("dist")
                .whereLayer("trainer")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("dist")
                .mayNotBeAccessedByAnyLayer()
                .check(DROVER);
    }

    @Test
    void theApiSeesOnlyTheReadModel() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.http..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.drover.persistence..")
                        .and(not(resideInAPackage("dev.drover.persistence.read.."))))
                .check(DROVER);
    }

    @Test
    void djlStaysInTheTrainer() {
        confined("ai.djl..", "dev.drover.trainer..");
    }

    @Test
    void certificatesAreIssuedInOneRoom() {
        confined("org.bouncycastle..", "dev.drover.certs..");
        confined("dev.drover.certs..", "dev.drover.certs..", "dev.drover.dist..");
    }

    @Test
    void cloudSdksStayInTheirRooms() {
        for (String sdk : List.of("software.amazon.awssdk..", "com.aliyun..")) {
            confined(sdk, "dev.drover.cloud..", "dev.drover.agent.storage..");
        }
    }

    @Test
    void theTrainerKnowsOnlyTheShardProtocol() {
        noClasses()
                .that()
                .resideInAPackage("dev.drover.trainer..")
                .should()
                .dependOnClassesThat(resideInAPackage("dev.drover.protocol..")
                        .and(resideOutsideOfPackage("dev.drover.protocol.shard..")))
                .check(DROVER);
    }

    private static void confined(String what, String... rooms) {
        noClasses()
                .that(new DescribedPredicate<JavaClass>("live outside of " + String.join(", ", rooms)) {
                    @Override
                    public boolean test(JavaClass type) {
                        return !resideInAnyPackage(rooms).test(type);
                    }
                })
                .should()
                .dependOnClassesThat()
                .resideInAPackage(what)
                .allowEmptyShould(true)
                .check(DROVER);
    }

    private static ArchRule readsNoClock(String room) {
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Math.class, "random");
    }

    @Test
    void everyRoomWasLookedAt() {
        classes().should().resideInAPackage("dev.drover..").check(DROVER);
    }
}
