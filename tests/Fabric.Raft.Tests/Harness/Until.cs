namespace Fabric.Raft.Tests.Harness;

internal static class Until
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Waits until something holds; fails with <paramref name="what"/> when it does not within the deadline.</summary>
    public static async Task True(Func<bool> holds, string what) =>
        await Value(() => holds() ? "" : null, what);

    /// <summary>Waits until something is there, and gives it.</summary>
    public static async Task<T> Value<T>(Func<T?> get, string what)
        where T : class
    {
        var end = DateTime.UtcNow + Deadline;
        while (DateTime.UtcNow < end)
        {
            if (get() is { } value)
                return value;
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"Within {Deadline.TotalSeconds} s it did not happen that {what}.");
    }
}
