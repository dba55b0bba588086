using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;
using Fabric.Flags.State;
using Fabric.Node.Hosting;
using Fabric.Node.Options;
using Microsoft.Extensions.Logging;

namespace Fabric.Bench.Running;

/// <summary>A host without a vote in this process: the whole node, with a table in a file, that notes when it is fed and when its table shows what.</summary>
internal sealed class Observer : IAsyncDisposable, ILoggerProvider, ILogger
{
    private const int FedEvent = 2501;

    private readonly Dictionary<long, long> _shown = [];
    private readonly List<long> _fed = [];
    private NodeHost _host = null!;

    private Observer(string name) => Name = name;

    internal string Name { get; }

    internal Uri Http => _host.Addresses[0];

    /// <summary>The times at which it began to be fed, in ticks of the stopwatch.</summary>
    internal IReadOnlyList<long> Fed
    {
        get
        {
            lock (_fed)
                return [.. _fed];
        }
    }

    internal static async Task<Observer> StartAsync(string name, string parent, IEnumerable<Uri> join, int feeds)
    {
        var observer = new Observer(name);
        var folder = Path.Combine(parent, name);
        var node = new NodeOptions
        {
            Name = name,
            DataDirectory = folder,
            Http = [new IPEndPoint(IPAddress.Loopback, 0)],
            Join = [.. join],
            Limits = new NodeLimits { Observers = feeds },
        };
        var parts = new NodeParts
        {
            OpenTable = identity => new Watched(observer, TablePlace.Open(
                new TableOwner(identity.Id, name, identity.Capacity), Path.Combine(folder, "table"), folder)),
            OpenConsensus = static (_, _, _) => throw new InvalidOperationException("an observer has no vote"),
            Logging = logging => logging.ClearProviders().AddProvider(observer).SetMinimumLevel(LogLevel.Information),
        };
        // Most of a start is computing: several use all cores.
        observer._host = await Task.Run(() => NodeHost.StartAsync(node, parts, CancellationToken.None));
        return observer;
    }

    /// <summary>When its programs saw a revision, in ticks of the stopwatch; null before.</summary>
    internal long? Shown(long revision)
    {
        lock (_shown)
        {
            // Several revisions may be shown in one step: the first that is not older.
            var later = _shown.Where(one => one.Key >= revision).Select(static one => one.Value).ToArray();
            return later.Length == 0 ? null : later.Min();
        }
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id != FedEvent)
            return;
        lock (_fed)
            _fed.Add(Stopwatch.GetTimestamp());
    }

    void IDisposable.Dispose()
    {
        // A provider of log lines has nothing to give back.
    }

    private void Note(long revision)
    {
        lock (_shown)
            _shown.TryAdd(revision, Stopwatch.GetTimestamp());
    }

    /// <summary>The observer's table, which says when it shows what.</summary>
    private sealed class Watched(Observer observer, IFlagTable table) : IFlagTable
    {
        public string Path => table.Path;

        public TableKind Kind => table.Kind;

        public Fabric.Bpf.Usage.IHostUsage Usage => table.Usage;

        public long Revision => table.Revision;

        public ImmutableSortedSet<string>? Builds
        {
            get => table.Builds;
            set => table.Builds = value;
        }

        public int Reconcile(long revision, FlagSet flags)
        {
            var written = table.Reconcile(revision, flags);
            observer.Note(revision);
            return written;
        }

        public void Apply(long revision, FlagSet flags, IReadOnlyCollection<string> keys)
        {
            table.Apply(revision, flags, keys);
            observer.Note(revision);
        }

        public string? WhyDamaged(long revision, FlagSet flags, IReadOnlyCollection<string> keys) => table.WhyDamaged(revision, flags, keys);

        public void Rebuild(long revision, FlagSet flags) => table.Rebuild(revision, flags);

        public ulong Digest() => table.Digest();

        public void Stamp() => table.Stamp();

        public FlagAnswer Evaluate(string key, EvaluationContext context) => table.Evaluate(key, context);

        public Explanation Explain(string key, EvaluationContext context) => table.Explain(key, context);

        public void Dispose() => table.Dispose();
    }
}
