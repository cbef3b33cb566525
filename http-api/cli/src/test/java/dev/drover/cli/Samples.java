package dev.drover.cli;

/** Answers of the API, as its OpenAPI document has them. */
final class Samples {
    static final String COST = """
        {"spent": {"amount": 0.0125, "currency": "USD"}, "onDemand": {"amount": 0.05, "currency": "USD"},
         "switchBacks": 1, "byCapacityType": [], "byCategory": [
           {"category": "USEFUL", "instanceSeconds": 112, "spent": {"amount": 0.0117, "currency": "USD"}},
           {"category": "REDONE", "instanceSeconds": 0, "spent": {"amount": 0, "currency": "USD"}},
           {"category": "START_UP", "instanceSeconds": 8, "spent": {"amount": 0.0008, "currency": "USD"}}]}\
        """;

    /** Of a pool: a job's, and who spent it. */
    static final String POOL_COST = COST.substring(0, COST.length() - 1) + """
        , "budget": {"limit": {"amount": 5, "currency": "USD"}, "spent": {"amount": 0.013, "currency": "USD"},
           "reserved": {"amount": 0.002, "currency": "USD"}},
         "owners": [
           {"owner": "ann", "spent": {"amount": 0.011, "currency": "USD"}, "reserved": {"amount": 0.002, "currency": "USD"},
            "budget": {"amount": 0.5, "currency": "USD"}},
           {"owner": "bob", "spent": {"amount": 0.002, "currency": "USD"}, "reserved": {"amount": 0, "currency": "USD"}}]}\
        """;

    static final String MARKET = """
        {"provider": "local", "region": "here", "zone": "zone-a", "instanceType": "cpu-small",
         "capacityType": "ON_DEMAND"}\
        """;

    static final String PLAN = """
        {"pool": "default", "shards": 2, "work": "2d", "ahead": 3,
         "start": {"code": "NODE_STARTING", "text": "Node node-1 is starting", "facts": {}},
         "spotPerShardHour": {"amount": 0.3, "currency": "USD"},
         "onDemandPerShardHour": {"amount": 1, "currency": "USD"},
         "estimate": {"cost": {"low": {"amount": 10, "currency": "USD"}, "expected": {"amount": 12.5, "currency": "USD"},
             "high": {"amount": 20, "currency": "USD"}}, "onDemandCost": {"amount": 48, "currency": "USD"},
           "finish": {"low": "2026-03-03T11:00:00Z", "expected": "2026-03-03T12:00:00.25Z"},
           "hoursOnSpot": 40.5, "hoursOnDemand": 7.5, "moves": 2.25,
           "deadline": {"at": "2026-03-04T00:00:00.5Z", "odds": 0.995, "feasible": true},
           "budget": {"limit": {"amount": 15, "currency": "USD"}, "odds": 0.8, "feasible": true, "doneWhenSpent": 0.75},
           "futures": 400},
         "because": ["Each shard trains for 2d, as its computeTime says.", "400 futures were drawn."]}\
        """;

    private Samples() {}

    static String job(String state) {
        return """
            {"id": "j-1", "pool": "default", "owner": "user", "state": "%s",
             "why": {"code": "NO_CAPACITY", "text": "No zone has a cpu-small now", "facts": {}},
             "spec": {"name": "tiny", "program": {"type": "trainer", "train": {"steps": 300}}},
             "shards": [{"index": 0, "state": "RUNNING", "generation": 2, "step": 120, "node": "node-1",
               "attempts": [{"generation": 1, "node": "node-1", "market": %s, "resumedFromStep": 0,
                 "grantedBecause": {"code": "FALLBACK", "text": "No spot anywhere", "facts": {}}}]}],
             "newerField": true, "cost": %s}\
            """.formatted(state, MARKET, COST);
    }

    static String pools() {
        return """
            {"pools": [{"spec": {"name": "default", "mode": "SPOT_ONLY", "provider": "local", "minNodes": 0,
              "maxNodes": 8}, "paused": true, "nodes": 2, "readyNodes": 1, "queuedShards": 3, "runningShards": 1,
              "cost": %s}], "unanswered": ["west"]}\
            """.formatted(COST);
    }

    static String nodes() {
        return """
            {"nodes": [{"id": "node-1", "membership": "READY", "market": %s, "leases": ["j-1/0@2"],
              "pricePerHour": {"amount": 0.3, "currency": "USD"}, "silence": "400ms",
              "because": {"code": "FALLBACK", "text": "No spot anywhere", "facts": {}}},
             {"id": "node-2", "membership": "READY", "leases": [], "rebalanceSince": "2026-03-03T11:00:00.5Z",
              "because": {"code": "FALLBACK", "text": "No spot anywhere", "facts": {}}},
             {"id": "node-3", "membership": "DRAINING", "leases": [], "rebalanceSince": "2026-03-03T11:00:00.5Z",
              "notice": {"source": "AWS_METADATA", "endsAt": "2026-03-03T11:02:00Z"},
              "because": {"code": "FALLBACK", "text": "No spot anywhere", "facts": {}}}]}\
            """.formatted(MARKET);
    }
}
