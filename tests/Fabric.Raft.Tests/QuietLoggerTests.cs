using Fabric.Raft.Logging;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Tests;

public sealed class QuietLoggerTests
{
    [Fact]
    public void A_warning_that_repeats_is_said_once_in_ten_seconds_with_how_many_were_kept_back()
    {
        var (said, time) = (new List<string>(), new ManualTime());
        using var factory = new QuietLoggerFactory(new ListLogger(said), time);
        var logger = factory.CreateLogger("any");

        for (var i = 0; i < 100; i++)
            logger.Log(LogLevel.Warning, new EventId(7), 0, null, static (_, _) => "member is down");
        time.Now += TimeSpan.FromSeconds(11);
        logger.Log(LogLevel.Warning, new EventId(7), 0, null, static (_, _) => "member is down");
        logger.Log(LogLevel.Information, new EventId(8), 0, null, static (_, _) => "by the way");

        Assert.Equal(["Warning member is down", "Warning member is down (99 more like it were kept back)", "Debug by the way"], said);
    }

    private sealed class ManualTime : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class ListLogger(List<string> said) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            said.Add($"{logLevel} {formatter(state, exception)}");
    }
}
