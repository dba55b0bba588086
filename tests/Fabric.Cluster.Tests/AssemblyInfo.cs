// Each test runs three nodes, and some count the milliseconds that these take.
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
