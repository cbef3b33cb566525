package dev.drover.trainer;

import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;

/**
 * Makes the process deaf to requests to end that are not the agent's.
 *
 * <p>The JVM's own answer to SIGTERM runs exit handlers while a step is in native code, which has crashed it. The only Java
 * interface for signals is unsupported and its use fails a build without warnings, hence the reflection.
 */
final class IgnoredSignals {
    private static final String[] NAMES = {"TERM", "INT", "HUP"};

    private IgnoredSignals() {}

    static void install() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ignore = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> null);
            for (String name : NAMES) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), ignore);
            }
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LoggerFactory.getLogger(IgnoredSignals.class).warn("can't ignore signals: {}", e.toString());
        }
    }
}
