package dev.drover.cloud.local;

import dev.drover.protocol.market.Market;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** What an instance reads of itself, at the paths of the real clouds (AWS IMDS, Alibaba ECS). Pure. */
final class MetadataDocument {
    private static final String TAG = "tags/instance/";

    private MetadataDocument() {}

    /**
     * The text at {@code path}, empty for 404.
     *
     * @param path absolute, as {@code /latest/meta-data/instance-id}
     * @param address from which the instance asks
     */
    static Optional<String> at(String path, InstanceRecord record, String userData, String address) {
        if (path.equals("/latest/user-data")) {
            return Optional.of(userData);
        }
        String root = "/latest/meta-data/";
        return path.startsWith(root) ? metadata(path.substring(root.length()), record, address) : Optional.empty();
    }

    private static Optional<String> metadata(String item, InstanceRecord record, String address) {
        Market market = record.market();
        return switch (item) {
            case "instance-id" -> Optional.of(record.instance().instanceId());
            case "local-ipv4", "private-ipv4" -> Optional.of(address);
            case "instance-type", "instance/instance-type" -> Optional.of(market.instanceType());
            case "instance-life-cycle" -> Optional.of(market.isSpot() ? "spot" : "on-demand");
            case "placement/availability-zone", "zone-id" -> Optional.of(market.zone());
            case "placement/region", "region-id" -> Optional.of(market.region());
            case "spot/instance-action" ->
                end(record).map(time -> "{\"action\":\"terminate\",\"time\":\"" + time + "\"}");
            case "instance/spot/termination-time" -> end(record).map(Instant::toString);
            case "events/recommendations/rebalance" ->
                Optional.ofNullable(record.rebalanceSince())
                        .map(since -> "{\"noticeTime\":\"" + since.truncatedTo(ChronoUnit.SECONDS) + "\"}");
            default ->
                item.startsWith(TAG)
                        ? Optional.ofNullable(record.instance().tags().get(item.substring(TAG.length())))
                        : Optional.empty();
        };
    }

    /** In whole seconds, as the clouds write it; never later than the end. */
    private static Optional<Instant> end(InstanceRecord record) {
        InstanceRecord.Notice notice = record.notice();
        return notice == null ? Optional.empty() : Optional.of(notice.at().truncatedTo(ChronoUnit.SECONDS));
    }
}
