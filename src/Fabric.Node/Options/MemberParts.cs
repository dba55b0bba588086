namespace Fabric.Node.Options;

/// <summary>Reads a member from its three named parts, on the command line or in the file.</summary>
internal static class MemberParts
{
    /// <summary>Reads <c>name=b,raft=10.0.0.2:7501,http=http://10.0.0.2:7401</c>.</summary>
    public static NodeMember? Read(string text, string key, ICollection<OptionProblem> problems)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parts.TryAdd(part[..equals], part[(equals + 1)..]))
            {
                problems.Add(new OptionProblem(key, text, "name=NAME,raft=ADDRESS:PORT,http=http://ADDRESS:PORT"));
                return null;
            }
        }

        return Read(parts, key, problems);
    }

    public static NodeMember? Read(IReadOnlyDictionary<string, string> parts, string key, ICollection<OptionProblem> problems)
    {
        foreach (var unknown in parts.Keys.Where(part => part is not ("name" or "raft" or "http")))
            problems.Add(new OptionProblem($"{key} {unknown}", parts[unknown], "an unknown part: a member has name, raft and http"));

        var name = parts.GetValueOrDefault("name");
        var raft = Addresses.ReadEndpoint(parts.GetValueOrDefault("raft", ""));
        var http = Addresses.ReadBase(parts.GetValueOrDefault("http", ""));
        if (!NodeName.IsSound(name))
            problems.Add(new OptionProblem($"{key} name", name, NodeName.Range));
        if (raft is null || raft.Port == 0)
            problems.Add(new OptionProblem($"{key} raft", parts.GetValueOrDefault("raft"), Addresses.EndpointRange));
        if (http is null)
            problems.Add(new OptionProblem($"{key} http", parts.GetValueOrDefault("http"), Addresses.BaseRange));
        return NodeName.IsSound(name) && raft is { Port: > 0 } && http is not null ? new NodeMember(name!, raft, http) : null;
    }
}
