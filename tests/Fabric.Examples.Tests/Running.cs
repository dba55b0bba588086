using Fabric.Chaos.Tests.Harness;

namespace Fabric.Examples.Tests;

/// <summary>Several examples that run at once.</summary>
internal sealed class Running : IDisposable
{
    private Running(IReadOnlyList<RunningExample> all) => All = all;

    internal IReadOnlyList<RunningExample> All { get; }

    internal static Running Start(IEnumerable<Example> examples, string table, params string[] arguments) =>
        new([.. examples.Select(example => RunningExample.Start(example, table, arguments))]);

    internal Task AllSayAsync(string line) => AllSayAsync(_ => line);

    /// <summary>Waits until each has said its line last, of the two kinds that there are; the failure names those that have not.</summary>
    internal async Task AllSayAsync(Func<Example, string> line)
    {
        RunningExample[] missing = [];
        try
        {
            await Eventually.Async("every program says so", () =>
            {
                missing = [.. All.Where(program => program.LastLike(line(program.Example)) != line(program.Example))];
                return Task.FromResult(missing.Length == 0);
            });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"not said by {string.Join(Environment.NewLine, missing.Select(program => $"{program}, but wanted {line(program.Example)}"))}");
        }
    }

    public void Dispose()
    {
        foreach (var program in All)
            program.Dispose();
    }
}
