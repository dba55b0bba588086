// Each test runs three nodes, and some count the milliseconds that these take.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
