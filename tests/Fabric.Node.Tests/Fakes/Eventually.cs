using System.Diagnostics;

namespace Fabric.Node.Tests.Fakes;

public static class Eventually
{
    public static Task HoldsAsync(Func<bool> condition, int seconds = 5) => HoldsAsync(() => Task.FromResult(condition()), seconds);

    public static async Task HoldsAsync(Func<Task<bool>> condition, int seconds = 5)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), "it did not come true in time");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The same for what takes a while to find out; <paramref name="what"/> says what failed.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, Func<string> what, int seconds = 60)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), what());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
