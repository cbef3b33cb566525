package dev.drover.protocol.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.drover.protocol.id.JobId;
import dev.drover.protocol.id.NodeId;
import dev.drover.protocol.id.PoolName;
import dev.drover.protocol.id.ShardId;
import dev.drover.protocol.market.ByteSize;
import dev.drover.protocol.money.Money;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One value of any record type, every field of it filled, and the same each time: whatever a message holds, its sample holds some of
 * it, and a field that is added shows.
 *
 * <p>Where there is a choice, of alternatives or of enum values, {@code variant} says which is taken.
 */
public final class Samples {
    private final int variant;
    private final Map<Class<?>, Function<String, Object>> given = new HashMap<>();

    public Samples(int variant) {
        this.variant = variant;
        give(String.class, name -> name + " \u00fc " + variant);
        give(int.class, name -> 10 + name.length());
        give(long.class, name -> 5_000_000_000L + name.length());
        give(float.class, name -> name.length() + 0.1f);
        give(double.class, name -> name.length() + 0.1);
        give(boolean.class, name -> variant % 2 == 0);
        give(Float.class, name -> name.length() + 0.1f);
        give(
                Instant.class,
                name -> Instant.parse("2026-03-01T10:00:00.123456789Z").plusSeconds(name.length()));
        give(Duration.class, name -> Duration.ofMillis(1_500L + name.length()));
        give(JsonNode.class, name -> JsonNodeFactory.instance.objectNode().put("of", name));
        give(OptionalInt.class, name -> OptionalInt.of(10 + name.length()));
        give(JobId.class, name -> new JobId("job-" + variant));
        give(NodeId.class, name -> new NodeId("herd-n" + variant));
        give(PoolName.class, name -> new PoolName("herd"));
        give(ShardId.class, name -> new ShardId(new JobId("job-" + variant), 3));
        give(Money.class, name -> Money.usd("12.345" + variant));
        give(ByteSize.class, name -> ByteSize.ofMiB(512));
    }

    /** Says how values of a type are made, from the name of their field. */
    public <T> Samples give(Class<T> type, Function<String, Object> made) {
        given.put(type, made);
        return this;
    }

    /** The concrete records of a sealed type, or the type itself. */
    public static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(Samples::leaves)
                : Stream.of(type);
    }

    public <T> T of(Class<T> type) {
        return type.cast(value(type, type.getSimpleName()));
    }

    private Object value(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            return container(generic, name);
        }
        Class<?> plain = (Class<?>) type;
        Function<String, Object> known = given.get(plain);
        if (known != null) {
            return known.apply(name);
        }
        if (plain.isEnum()) {
            Object[] constants = plain.getEnumConstants();
            return constants[variant % constants.length];
        }
        if (plain.isSealed()) {
            List<Class<?>> leaves = leaves(plain).toList();
            return value(leaves.get(variant % leaves.size()), name);
        }
        if (plain.isRecord()) {
            return made(plain);
        }
        throw new IllegalArgumentException("no sample of " + type + " for '" + name + "'; say how by give(...)");
    }

    private Object container(ParameterizedType type, String name) {
        Type[] of = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        Function<String, Object> known = given.get(raw);
        if (known != null) {
            return known.apply(name);
        }
        if (raw == Optional.class) {
            return Optional.of(value(of[0], name));
        }
        if (raw == List.class) {
            return List.of(value(of[0], name));
        }
        if (raw == Map.class) {
            return Map.of(value(of[0], name), value(of[1], name));
        }
        throw new IllegalArgumentException("no sample of " + type + " for '" + name + "'");
    }

    private Object made(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] values = Arrays.stream(components)
                .map(component -> value(component.getGenericType(), component.getName()))
                .toArray();
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(types);
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make a sample of " + type.getName(), e);
        }
    }
}
