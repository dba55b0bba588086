using System.CommandLine;
using Fabric.Node.Hosting;
using Fabric.Node.Options;

namespace Fabric.Cli.Node;

/// <summary><c>fabric node</c>: runs this host.</summary>
internal static class NodeCommand
{
    private const string About =
        """
        Run this host's node.

        Alone, it is a whole fabric:
          fabric node --name a --data /var/lib/fabric --http 127.0.0.1:7401

        One of three, told of the other two:
          fabric node --name a --data /var/lib/fabric --http 10.0.0.1:7401 --raft 10.0.0.1:7501 \
            --peer name=b,raft=10.0.0.2:7501,http=http://10.0.0.2:7401 \
            --peer name=c,raft=10.0.0.3:7501,http=http://10.0.0.3:7401

        One of three, by a file that all of them share:
          fabric node --name a --data /var/lib/fabric --config fabric.json
          {"members": [{"name": "a", "raft": "10.0.0.1:7501", "http": "http://10.0.0.1:7401"}, ...]}

        A host beyond the voters, fed by any of them or by another such host:
          fabric node --name web17 --data /var/lib/fabric --http 10.0.1.7:7401 --join http://10.0.0.1:7401,http://10.0.0.2:7401

        It prints a line that starts with "ready" when it takes writes. SIGTERM and Ctrl-C end it in order: another
        voter leads before it stops to listen. A second one cuts the waits short.

        Started as root, it gives up all capabilities but CAP_BPF, CAP_PERFMON, CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE before
        it listens (and but CAP_NET_BIND_SERVICE, where a port is below 1024). With --user it is not root either; its data
        folder is then given to that user. Without CAP_BPF its table is a file.
        """;

    public static Command Build(Terminal terminal, Func<NodeOptions, NodeParts> parts)
    {
        var texts = new Texts();
        var command = new Command("node", About);
        foreach (var option in texts.All)
            command.Options.Add(option);
        command.SetAction(async (parse, token) =>
        {
            var (options, problems) = NodeOptionsReader.Read(texts.Read(parse));
            if (options is not null)
                return await RunAsync(options, parts, terminal, token);
            foreach (var problem in problems)
                await terminal.Error.WriteLineAsync($"fabric node: {problem}");
            return ExitCode.Usage;
        });
        return command;
    }

    private static async Task<int> RunAsync(NodeOptions options, Func<NodeOptions, NodeParts> parts, Terminal terminal, CancellationToken token)
    {
        try
        {
            return await NodeProgram.RunAsync(options, parts(options), terminal.Out, terminal.Error, token);
        }
        catch (StartFailedException cannot)
        {
            await terminal.Error.WriteLineAsync($"fabric node: {cannot.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>All options, as text: what is wrong with them is said at once for all, and for the file's too.</summary>
    private sealed class Texts
    {
        private readonly Option<string?> _name = Text("--name", "This node's name", "NAME");
        private readonly Option<string?> _data = Text("--data", "Folder of the log and of snapshots; this node's alone", "DIR");
        private readonly Option<string[]> _http = Many("--http", "Where the API listens; may be given several times", "ADDR:PORT");
        private readonly Option<string?> _raft = Text("--raft", "Where this node speaks Raft; chosen by itself for a node alone; with --join, where it would if it gets a vote", "ADDR:PORT");
        private readonly Option<string[]> _peers = Many("--peer", "Another voter; three voters are two of these", "name=…,raft=…,http=…");
        private readonly Option<string[]> _join = Many("--join", "Follow a fabric without voting: hosts that may feed this one, separated by commas", "URL[,URL…]");
        private readonly Option<bool> _bootstrap = new("--bootstrap") { Description = "Vote at once with an empty data folder, without asking the other voters whether it was emptied" };
        private readonly Option<string?> _advertise = Text("--advertise", "Where others reach this node's API [the first --http]", "URL");
        private readonly Option<string?> _config = Text("--config", "A JSON file with the members and options, shared by all hosts", "FILE");
        private readonly Option<string?> _table = Text("--table", "Where programs find the table [/run/fabric/bpf/table, or a file]", "PATH");
        private readonly Option<string?> _usage = Text("--usage", "Where programs count that are told so by FABRIC_USAGE [/run/fabric/usage, or beside the table's file]", "DIR");
        private readonly Option<string?> _user = Text("--user", "Become this user, once what takes root is done", "NAME");
        private readonly Option<bool> _keepCapabilities = new("--keep-capabilities") { Description = "Keep all privileges that the node is started with" };
        private readonly Option<string[]> _attachRoots = Many("--attach-root", "A folder below which functions may be attached to [any]; may be given several times", "DIR");
        private readonly Option<string[]> _attachOwners = Many("--attach-owner", "A user who may own what is attached to, besides root and the node's own; may be given several times", "UID");
        private readonly Option<bool> _attachWritable = new("--attach-writable") { Description = "Attach to files, and in folders, that others than their owner may write" };
        private readonly Option<string[]> _labels = Many("--label", "What rules can ask of this host as host.labels.NAME; may be given several times", "NAME=VALUE");
        private readonly Option<string?> _capacity = Text("--capacity", "Flags that a new fabric holds at most [16384]", "N");
        private readonly Option<string?> _replaceAfter = Text("--replace-after", "Give the vote of a voter that is silent for so long to an observer with --raft [never]", "TIME");
        private readonly Option<string?> _minFree = Text("--min-free", "Free space on the disk of --data below which writes are refused, such as 256MiB [256MiB]", "SIZE");
        private readonly Option<string?> _writeTimeout = Text("--write-timeout", "Time that a write may take [5s]", "TIME");
        private readonly Option<string?> _readTimeout = Text("--read-timeout", "Time that a read may wait [5s]", "TIME");
        private readonly Option<string?> _shutdownTimeout = Text("--shutdown-timeout", "Time that requests have to finish at the end [10s]", "TIME");
        private readonly Option<string?> _maxBody = Text("--max-body-bytes", "Bytes of a request's body [1048576]", "N");
        private readonly Option<string?> _maxImport = Text("--max-import-bytes", "Bytes of a file of flags that is imported [16777216]", "N");
        private readonly Option<string?> _maxWrites = Text("--max-writes-in-flight", "Writes at once [512]", "N");
        private readonly Option<string?> _maxConnections = Text("--max-connections", "Connections at once [1024]", "N");

        private readonly Option<string?> _maxEvaluations = Text("--max-evaluations-in-flight", "Evaluations over HTTP at once [256]", "N");
        private readonly Option<string?> _maxStreams = Text("--max-event-streams", "Streams of OFREP's events at once [512]", "N");
        private readonly Option<string?> _maxObservers = Text("--max-observers", "Hosts that are fed from this node at once [128]", "N");
        private readonly Option<string?> _maxChangeStreams = Text("--max-change-streams", "Streams of change sets at once [256]", "N");
        private readonly Option<string?> _maxEventsKept = Text("--max-events-kept", "Change sets that a stream can go back [10000]", "N");
        private readonly Option<string?> _maxEventsKeptBytes = Text("--max-events-kept-bytes", "Bytes of those change sets [67108864]", "N");
        private readonly Option<string?> _eventsKeepAlive = Text("--events-keep-alive", "Time that such a stream may be silent [10s]", "TIME");
        private readonly Option<string?> _entriesPerSnapshot = Text("--entries-per-snapshot", "Changes after which a snapshot is written and the log is shortened [5000]", "N");
        private readonly Option<string[]> _ofrepOrigins = Many("--ofrep-origin", "An origin whose pages may evaluate in a browser, or *; may be given several times", "ORIGIN");

        public IEnumerable<Option> All =>
        [
            _name, _data, _http, _raft, _peers, _join, _bootstrap, _advertise, _config, _table, _usage, _user, _keepCapabilities,
            _attachRoots, _attachOwners, _attachWritable, _labels, _capacity, _replaceAfter, _minFree,
            _writeTimeout, _readTimeout, _shutdownTimeout, _maxBody, _maxImport, _maxWrites, _maxConnections,
            _maxEvaluations, _maxStreams, _maxObservers, _maxChangeStreams, _maxEventsKept, _maxEventsKeptBytes, _eventsKeepAlive, _entriesPerSnapshot, _ofrepOrigins,
        ];

        public NodeSettings Read(ParseResult parse) => new()
        {
            Name = parse.GetValue(_name),
            Data = parse.GetValue(_data),
            Http = parse.GetValue(_http) ?? [],
            Raft = parse.GetValue(_raft),
            Peers = parse.GetValue(_peers) ?? [],
            Join = parse.GetValue(_join) ?? [],
            Bootstrap = parse.GetValue(_bootstrap),
            Advertise = parse.GetValue(_advertise),
            Config = parse.GetValue(_config),
            Table = parse.GetValue(_table),
            Usage = parse.GetValue(_usage),
            User = parse.GetValue(_user),
            KeepCapabilities = parse.GetValue(_keepCapabilities),
            AttachRoots = parse.GetValue(_attachRoots) ?? [],
            AttachOwners = parse.GetValue(_attachOwners) ?? [],
            AttachWritable = parse.GetValue(_attachWritable),
            Labels = parse.GetValue(_labels) ?? [],
            Capacity = parse.GetValue(_capacity),
            ReplaceAfter = parse.GetValue(_replaceAfter),
            MinFree = parse.GetValue(_minFree),
            WriteTimeout = parse.GetValue(_writeTimeout),
            ReadTimeout = parse.GetValue(_readTimeout),
            ShutdownTimeout = parse.GetValue(_shutdownTimeout),
            MaxBodyBytes = parse.GetValue(_maxBody),
            MaxImportBytes = parse.GetValue(_maxImport),
            MaxWritesInFlight = parse.GetValue(_maxWrites),
            MaxConnections = parse.GetValue(_maxConnections),
            MaxEvaluationsInFlight = parse.GetValue(_maxEvaluations),
            MaxEventStreams = parse.GetValue(_maxStreams),
            MaxObservers = parse.GetValue(_maxObservers),
            MaxChangeStreams = parse.GetValue(_maxChangeStreams),
            MaxEventsKept = parse.GetValue(_maxEventsKept),
            MaxEventsKeptBytes = parse.GetValue(_maxEventsKeptBytes),
            EventsKeepAlive = parse.GetValue(_eventsKeepAlive),
            EntriesPerSnapshot = parse.GetValue(_entriesPerSnapshot),
            OfrepOrigins = parse.GetValue(_ofrepOrigins) ?? [],
        };

        private static Option<string?> Text(string name, string about, string value) => new(name) { Description = about, HelpName = value };

        private static Option<string[]> Many(string name, string about, string value) => new(name) { Description = about, HelpName = value };
    }
}
