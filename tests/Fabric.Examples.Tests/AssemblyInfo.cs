// Each test runs a node and many programs: more at once would only wait for each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Fabric.Examples.Tests.BuiltExamples))]
