using System.Collections.Immutable;
using System.Text.Json;
using Fabric.Flags;
using Fabric.Flags.Attachments;

namespace Fabric.Node.Api.Attachments;

/// <summary>Reads what is to be attached and names everything that is wrong with it.</summary>
internal static class AttachmentReader
{
    private static readonly string[] Fields = ["exe", "symbol", "abi", "signature", "buildIds"];

    /// <summary>What was sent; where something is wrong with it, a stand-in, and at least one problem added.</summary>
    /// <param name="root">It.</param>
    /// <param name="place">Where it stands in what was sent.</param>
    /// <param name="more">A field that may stand beside those of an attachment.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static AttachmentRequest Read(JsonElement root, string place, string more, ICollection<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem(place, "must be an object with exe and symbol"));
            return new AttachmentRequest("", "");
        }

        var before = problems.Count;
        foreach (var field in root.EnumerateObject().Where(field => field.Name != more && !Fields.Contains(field.Name)))
            problems.Add(new Problem($"{place}/{field.Name}", $"unknown field; there are {string.Join(", ", Fields)} and {more}"));
        var request = new AttachmentRequest(
            Text(root, "exe", place, problems) ?? "",
            Text(root, "symbol", place, problems) ?? "",
            Choice(root, "abi", place, problems, [("auto", AttachmentAbi.Auto), ("c", AttachmentAbi.C), ("go", AttachmentAbi.Go)]),
            Choice(root, "signature", place, problems, [("flag", AttachmentSignature.Flag), ("flag,key", AttachmentSignature.FlagAndKey)]))
        {
            BuildIds = BuildIds(root, place, problems),
        };
        var said = problems.Skip(before).Select(static problem => problem.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var problem in request.Problems().Where(problem => !said.Contains(place + problem.Path)))
            problems.Add(problem with { Path = place + problem.Path });
        return request;
    }

    private static string? Text(JsonElement root, string name, string place, ICollection<Problem> problems)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            return value.GetString();
        problems.Add(new Problem($"{place}/{name}", "missing or not a string"));
        return null;
    }

    private static T Choice<T>(JsonElement root, string name, string place, ICollection<Problem> problems, (string Word, T Value)[] choices)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return choices[0].Value;
        var word = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        var chosen = Array.FindIndex(choices, choice => choice.Word == word);
        if (chosen < 0)
            problems.Add(new Problem($"{place}/{name}", $"must be {string.Join(" or ", choices.Select(static choice => $"\"{choice.Word}\""))}"));
        return choices[Math.Max(chosen, 0)].Value;
    }

    /// <summary>Tools print build-ids in either case; the fabric knows one.</summary>
    private static ImmutableArray<string> BuildIds(JsonElement root, string place, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty("buildIds", out var list) || list.ValueKind == JsonValueKind.Null)
            return [];
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(static id => id.ValueKind != JsonValueKind.String))
        {
            problems.Add(new Problem($"{place}/buildIds", "must be an array of build-ids"));
            return [];
        }

        return [.. list.EnumerateArray().Select(static id => id.GetString()!.ToLowerInvariant())];
    }
}
