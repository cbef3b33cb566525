package dev.drover.cloud.local;

import dev.drover.cloud.CloudProvider;
import dev.drover.cloud.CloudProviderContract;
import dev.drover.protocol.market.Market;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class LocalCloudProviderTest extends CloudProviderContract {
    private Path empty;
    private LocalCloudFixture cloud;

    @BeforeEach
    void open(@TempDir Path directory, @TempDir Path nothing) throws Exception {
        empty = nothing;
        cloud = new LocalCloudFixture(directory, LocalCloudFixture.tinyAgent());
        cloud.control.setCapacity(MarketFilter.of(full()), 0, Duration.ZERO);
    }

    @AfterEach
    void close() throws Exception {
        cloud.close();
    }

    @Override
    protected CloudProvider provider() {
        return cloud.provider;
    }

    @Override
    protected Market roomy() {
        return LocalCloudFixture.SPOT_A;
    }

    @Override
    protected Market full() {
        return LocalCloudFixture.SPOT_B;
    }

    @Override
    protected CloudProvider unreachable() {
        return LocalCloudProvider.open(empty);
    }
}
