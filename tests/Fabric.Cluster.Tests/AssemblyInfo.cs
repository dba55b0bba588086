// Each test runs three nodes, and some count the milliseconds that these take.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
