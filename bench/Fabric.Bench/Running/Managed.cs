using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Fabric.Bench.Report;
using Perfolizer.Horology;

namespace Fabric.Bench.Running;

/// <summary>What a benchmark in C# found.</summary>
/// <param name="Time">Nanoseconds per call, the fastest twentieth of all iterations.</param>
/// <param name="Bytes">Allocated by a call.</param>
internal sealed record ManagedRun(Samples Time, double Bytes);

/// <summary>Runs the benchmarks in C#, by BenchmarkDotNet in this process.</summary>
internal static class Managed
{
    /// <summary>The methods of the types, as `TYPE.METHOD`.</summary>
    internal static IReadOnlyDictionary<string, ManagedRun> Run(Options options, string[] methods, params Type[] types)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.DontLogOutput)
            .WithIterationTime(TimeInterval.FromMilliseconds(1)).WithMinInvokeCount(1).WithUnrollFactor(1).WithGcForce(false)
            .WithWarmupCount(50)
            .WithIterationCount(options.Rounds(2000));
        var config = ManualConfig.CreateEmpty().AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).AddLogger(NullLogger.Instance)
            .AddFilter(new NameFilter(methods.Contains))
            .WithOptions(ConfigOptions.DisableOptimizationsValidator).WithArtifactsPath(Path.Combine(options.Work, "benchmarkdotnet"));
        return types
            .SelectMany(type => BenchmarkRunner.Run(type, config).Reports)
            .ToDictionary(NameOf, static report => new ManagedRun(
                new Samples(report.ResultStatistics?.OriginalValues ?? throw new InvalidOperationException($"{NameOf(report)} gave no result")).Fastest,
                report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0));
    }

    private static string NameOf(BenchmarkReport report) =>
        $"{report.BenchmarkCase.Descriptor.Type.Name}.{report.BenchmarkCase.Descriptor.WorkloadMethod.Name}";
}
