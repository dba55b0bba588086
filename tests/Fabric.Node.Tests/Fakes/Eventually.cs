using System.Diagnostics;

namespace Fabric.Node.Tests.Fakes;

public static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition, int seconds = 5)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), "it did not come true in time");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
