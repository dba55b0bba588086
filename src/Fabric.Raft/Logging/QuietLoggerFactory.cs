using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fabric.Raft.Logging;

/// <summary>
/// Takes what the Raft library logs. It says the same warning at every heartbeat while a member is down, so one of a kind
/// passes in ten seconds; all it says below a warning is for debugging.
/// </summary>
internal sealed class QuietLoggerFactory(ILogger inner, TimeProvider time) : ILoggerFactory
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    public ILogger CreateLogger(string categoryName) => new QuietLogger(inner, time);

    public void AddProvider(ILoggerProvider provider) { }

    public void Dispose() { }

    private sealed class QuietLogger(ILogger inner, TimeProvider time) : ILogger
    {
        private readonly ConcurrentDictionary<int, Said> said = new();

        private sealed class Said
        {
            public long At;
            public int Suppressed;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(Lowered(logLevel));

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is LogLevel.Warning or LogLevel.Error)
            {
                if (MayBeSaid(eventId) is not { } suppressed)
                    return;
                formatter = Counting(formatter, suppressed);
            }

            var level = Lowered(logLevel);
            inner.Log(level, eventId, state, exception, formatter);
        }

        private static Func<TState, Exception?, string> Counting<TState>(Func<TState, Exception?, string> formatter, int suppressed) =>
            suppressed == 0 ? formatter : (state, exception) => $"{formatter(state, exception)} ({suppressed} more like it were kept back)";

        private static LogLevel Lowered(LogLevel level) => level == LogLevel.Information ? LogLevel.Debug : level;

        /// <summary>How many of its kind were kept back since one passed; null when this one is kept back too.</summary>
        private int? MayBeSaid(EventId id)
        {
            var entry = said.GetOrAdd(id.Id, static _ => new Said());
            lock (entry)
            {
                if (entry.At != 0 && time.GetElapsedTime(entry.At) < Pause)
                {
                    entry.Suppressed++;
                    return null;
                }

                var suppressed = entry.Suppressed;
                (entry.Suppressed, entry.At) = (0, time.GetTimestamp());
                return suppressed;
            }
        }
    }
}
