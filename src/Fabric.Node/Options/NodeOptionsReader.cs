using System.Globalization;
using System.Net;

namespace Fabric.Node.Options;

/// <summary>Turns options as written into options that hold, or into the list of everything that is wrong with them.</summary>
public static class NodeOptionsReader
{
    /// <summary>Exactly one of the two results is set: the options, or at least one problem.</summary>
    public static (NodeOptions? Options, IReadOnlyList<OptionProblem> Problems) Read(NodeSettings given)
    {
        var problems = new List<OptionProblem>();
        var file = given.Config is null ? null : FabricFile.Read(given.Config, problems);
        var settings = file is null ? given : Beside(given, file.Settings);
        var members = ReadMembers(settings, file, problems);
        var self = members.FirstOrDefault(member => member.Name == settings.Name);
        var options = new NodeOptions
        {
            Name = settings.Name ?? "",
            DataDirectory = settings.Data ?? "",
            Http = ReadHttp(settings, self, problems),
            Members = members,
            Raft = members.Count == 0 && settings.Raft is not null ? ReadEndpoint("raft", settings.Raft, problems) : null,
            Join = ReadBases("join", settings.Join.SelectMany(static list => list.Split(',', StringSplitOptions.TrimEntries)), problems),
            Advertise = ReadBases("advertise", settings.Advertise is null ? [] : [settings.Advertise], problems).FirstOrDefault(),
            Bootstrap = settings.Bootstrap,
            TablePath = settings.Table,
            UsageFolder = settings.Usage,
            Targets = AttachTargets.Read(settings, problems),
            Labels = HostLabels.Read([.. file?.Labels.GetValueOrDefault(settings.Name ?? "") ?? [], .. settings.Labels], problems),
            OfrepOrigins = settings.OfrepOrigins,
            User = settings.User,
            KeepCapabilities = settings.KeepCapabilities,
        };
        options = WithNumbers(options, settings, problems);
        Require("name", settings.Name, "the name of this node", problems);
        Require("data", settings.Data, "a folder that this node may write to", problems);
        problems.AddRange(options.Problems().Where(found => problems.TrueForAll(known => known.Key != found.Key)));
        return problems.Count > 0 ? (null, problems) : (options, problems);
    }

    private static void Require(string key, string? value, string range, List<OptionProblem> problems)
    {
        if (string.IsNullOrEmpty(value))
            problems.Add(new OptionProblem(key, value, range));
    }

    private static NodeSettings Beside(NodeSettings given, NodeSettings file) => given with
    {
        Data = given.Data ?? file.Data,
        Table = given.Table ?? file.Table,
        Usage = given.Usage ?? file.Usage,
        Capacity = given.Capacity ?? file.Capacity,
        ReplaceAfter = given.ReplaceAfter ?? file.ReplaceAfter,
        MinFree = given.MinFree ?? file.MinFree,
        WriteTimeout = given.WriteTimeout ?? file.WriteTimeout,
        ReadTimeout = given.ReadTimeout ?? file.ReadTimeout,
        ShutdownTimeout = given.ShutdownTimeout ?? file.ShutdownTimeout,
        MaxBodyBytes = given.MaxBodyBytes ?? file.MaxBodyBytes,
        MaxImportBytes = given.MaxImportBytes ?? file.MaxImportBytes,
        MaxWritesInFlight = given.MaxWritesInFlight ?? file.MaxWritesInFlight,
        MaxConnections = given.MaxConnections ?? file.MaxConnections,
        MaxEvaluationsInFlight = given.MaxEvaluationsInFlight ?? file.MaxEvaluationsInFlight,
        MaxEventStreams = given.MaxEventStreams ?? file.MaxEventStreams,
        MaxObservers = given.MaxObservers ?? file.MaxObservers,
        Join = given.Join.Count > 0 ? given.Join : file.Join,
        MaxChangeStreams = given.MaxChangeStreams ?? file.MaxChangeStreams,
        MaxEventsKept = given.MaxEventsKept ?? file.MaxEventsKept,
        MaxEventsKeptBytes = given.MaxEventsKeptBytes ?? file.MaxEventsKeptBytes,
        EventsKeepAlive = given.EventsKeepAlive ?? file.EventsKeepAlive,
        EntriesPerSnapshot = given.EntriesPerSnapshot ?? file.EntriesPerSnapshot,
        OfrepOrigins = given.OfrepOrigins.Count > 0 ? given.OfrepOrigins : file.OfrepOrigins,
    };

    private static List<NodeMember> ReadMembers(NodeSettings settings, FabricFile? file, List<OptionProblem> problems)
    {
        var members = file?.Members.ToList() ?? [];
        foreach (var peer in settings.Peers)
        {
            if (MemberParts.Read(peer, "peer", problems) is { } member)
                members.Add(member);
        }

        if (members.Count == 0 || members.Exists(member => member.Name == settings.Name))
            return members;

        // With peers by options, this node's own part comes from its own addresses.
        var http = settings.Http.Count > 0 ? Addresses.ReadEndpoint(settings.Http[0]) : null;
        var raft = settings.Raft is null ? null : Addresses.ReadEndpoint(settings.Raft);
        if (file is not null || settings.Name is null)
            return members;
        if (raft is null || raft.Port == 0)
            problems.Add(new OptionProblem("raft", settings.Raft, $"with peers, {Addresses.EndpointRange}"));
        else if (http is { Port: > 0 })
            members.Insert(0, new NodeMember(settings.Name, raft, Addresses.BaseOf(http)));
        else
            problems.Add(new OptionProblem("http", settings.Http.Count > 0 ? settings.Http[0] : null, $"with peers, {Addresses.EndpointRange}"));
        return members;
    }

    private static List<IPEndPoint> ReadHttp(NodeSettings settings, NodeMember? self, List<OptionProblem> problems)
    {
        var texts = settings.Http.Count > 0 || self is null ? settings.Http : [self.Http.Authority];
        var endpoints = new List<IPEndPoint>();
        foreach (var text in texts)
        {
            if (ReadEndpoint("http", text, problems) is { } endpoint)
                endpoints.Add(endpoint);
        }

        return endpoints;
    }

    private static List<Uri> ReadBases(string key, IEnumerable<string> texts, List<OptionProblem> problems)
    {
        var bases = new List<Uri>();
        foreach (var text in texts)
        {
            if (Addresses.ReadBase(text) is { } found)
                bases.Add(found);
            else
                problems.Add(new OptionProblem(key, text, Addresses.BaseRange));
        }

        return bases;
    }

    private static IPEndPoint? ReadEndpoint(string key, string text, List<OptionProblem> problems)
    {
        var endpoint = Addresses.ReadEndpoint(text);
        if (endpoint is null)
            problems.Add(new OptionProblem(key, text, Addresses.EndpointRange));
        return endpoint;
    }

    private static NodeOptions WithNumbers(NodeOptions options, NodeSettings settings, List<OptionProblem> problems) => options with
    {
        Capacity = Whole("capacity", settings.Capacity, options.Capacity, problems),
        ReplaceAfter = settings.ReplaceAfter is null ? null : Time("replace-after", settings.ReplaceAfter, TimeSpan.FromMinutes(1), problems),
        MinFree = Size("min-free", settings.MinFree, options.MinFree, problems),
        WriteTimeout = Time("write-timeout", settings.WriteTimeout, options.WriteTimeout, problems),
        ReadTimeout = Time("read-timeout", settings.ReadTimeout, options.ReadTimeout, problems),
        ShutdownTimeout = Time("shutdown-timeout", settings.ShutdownTimeout, options.ShutdownTimeout, problems),
        EventsKeepAlive = Time("events-keep-alive", settings.EventsKeepAlive, options.EventsKeepAlive, problems),
        Limits = options.Limits with
        {
            BodyBytes = Whole("max-body-bytes", settings.MaxBodyBytes, options.Limits.BodyBytes, problems),
            ImportBytes = Whole("max-import-bytes", settings.MaxImportBytes, options.Limits.ImportBytes, problems),
            WritesInFlight = Whole("max-writes-in-flight", settings.MaxWritesInFlight, options.Limits.WritesInFlight, problems),
            Connections = Whole("max-connections", settings.MaxConnections, options.Limits.Connections, problems),
            EvaluationsInFlight = Whole("max-evaluations-in-flight", settings.MaxEvaluationsInFlight, options.Limits.EvaluationsInFlight, problems),
            EventStreams = Whole("max-event-streams", settings.MaxEventStreams, options.Limits.EventStreams, problems),
            Observers = Whole("max-observers", settings.MaxObservers, options.Limits.Observers, problems),
            ChangeStreams = Whole("max-change-streams", settings.MaxChangeStreams, options.Limits.ChangeStreams, problems),
            EventsKept = Whole("max-events-kept", settings.MaxEventsKept, options.Limits.EventsKept, problems),
            EventsKeptBytes = Whole("max-events-kept-bytes", settings.MaxEventsKeptBytes, options.Limits.EventsKeptBytes, problems),
            EntriesPerSnapshot = Whole("entries-per-snapshot", settings.EntriesPerSnapshot, options.Limits.EntriesPerSnapshot, problems),
        },
    };

    private static int Whole(string key, string? text, int otherwise, List<OptionProblem> problems)
    {
        if (text is null)
            return otherwise;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        problems.Add(new OptionProblem(key, text, "a whole number"));
        return otherwise;
    }

    private static long Size(string key, string? text, long otherwise, List<OptionProblem> problems)
    {
        if (text is null)
            return otherwise;
        if (Sizes.Read(text) is { } bytes)
            return bytes;
        problems.Add(new OptionProblem(key, text, Sizes.Range));
        return otherwise;
    }

    private static TimeSpan Time(string key, string? text, TimeSpan otherwise, List<OptionProblem> problems)
    {
        if (text is null)
            return otherwise;
        if (Durations.Read(text) is { } time)
            return time;
        problems.Add(new OptionProblem(key, text, Durations.Range));
        return otherwise;
    }
}
