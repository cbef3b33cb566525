package dev.drover.control;

import dev.drover.persistence.read.ReadModel;
import dev.drover.persistence.read.ReadModelException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;

/** A read model that fails in every call while it is down. */
final class FlakyReadModel {
    volatile boolean down;
    private final ReadModel real;

    FlakyReadModel(ReadModel real) {
        this.real = real;
    }

    ReadModel model() {
        return (ReadModel) Proxy.newProxyInstance(
                ReadModel.class.getClassLoader(), new Class<?>[] {ReadModel.class}, (proxy, method, arguments) -> {
                    if (down) {
                        throw new ReadModelException(method.getName(), new SQLException("the database is down"));
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
