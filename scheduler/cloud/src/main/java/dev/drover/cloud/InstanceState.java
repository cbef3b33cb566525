package dev.drover.cloud;

/** Where an instance is in its life. It only moves forward. */
public enum InstanceState {
    /** Given, and not started yet. It can still fail to start. */
    PENDING,
    RUNNING,
    /** Nothing of it runs any more. */
    TERMINATED
}
