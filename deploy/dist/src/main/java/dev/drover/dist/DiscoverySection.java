package dev.drover.dist;

import dev.drover.control.KubernetesPeers;
import dev.drover.control.Peers;
import dev.drover.protocol.spec.SpecFields;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The part of a scheduler's file that says where other schedulers may be, besides what the database knows. */
final class DiscoverySection {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,252}");

    private DiscoverySection() {}

    /** @param port of the schedulers among themselves, where only hosts are found */
    static Peers peers(SpecFields fields, List<String> seeds, int port) {
        List<Peers> ways = new ArrayList<>();
        ways.add(Peers.listed(seeds));
        fields.parsed("dns", DiscoverySection::name, "a DNS name that has the addresses of all schedulers")
                .ifPresent(name -> ways.add(Peers.named(name, port)));
        if (fields.has("kubernetes")) {
            SpecFields kubernetes = fields.object("kubernetes");
            ways.add(new KubernetesPeers(
                    KubernetesPeers.API,
                    KubernetesPeers.ACCOUNT,
                    kubernetes.text("namespace"),
                    kubernetes.requiredText("selector", "app=drover-scheduler"),
                    port));
            kubernetes.finish();
        }
        fields.finish();
        return Peers.all(ways);
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }
}
