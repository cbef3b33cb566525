package dev.drover.protocol.id;

/** A job. */
public record JobId(String value) {}
