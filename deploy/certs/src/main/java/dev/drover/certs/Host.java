package dev.drover.certs;

import java.net.InetAddress;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;

/**
 * Whom a certificate is for: a DNS name, or an address.
 *
 * @param name also the name of its files
 */
public record Host(String name) {
    private static final Pattern DNS = Pattern.compile(
            "(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    /** The CA's own files are named so. */
    private static final String TAKEN = "ca";

    public Host {
        if (name.equals(TAKEN) || !(isAddress(name) || DNS.matcher(name).matches())) {
            throw new IllegalArgumentException(
                    "host: '%s' is not allowed; use a DNS name, as drover-1.example.org, or an address, as 10.0.0.7"
                            .formatted(name));
        }
    }

    GeneralName generalName() {
        return new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    private static boolean isAddress(String name) {
        try {
            InetAddress.ofLiteral(name);
            return !name.contains("%");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
