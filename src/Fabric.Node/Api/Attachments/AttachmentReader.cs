using System.Text.Json;
using Fabric.Bpf.Attach;
using Fabric.Flags;

namespace Fabric.Node.Api.Attachments;

/// <summary>Reads what is to be attached and names everything that is wrong with it.</summary>
internal static class AttachmentReader
{
    private const int MaxPath = 4096;

    public static AttachmentRequest? Read(JsonElement root, ICollection<Problem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new Problem("", "must be an object with exe and symbol"));
            return null;
        }

        var before = problems.Count;
        foreach (var field in root.EnumerateObject().Where(field => field.Name is not ("exe" or "symbol" or "abi" or "signature")))
            problems.Add(new Problem($"/{field.Name}", "unknown field; there are exe, symbol, abi and signature"));
        var exe = Text(root, "exe", null, problems);
        var symbol = Text(root, "symbol", null, problems);
        var abi = Text(root, "abi", "auto", problems) switch
        {
            "auto" => AttachmentAbi.Auto,
            "c" => AttachmentAbi.C,
            "go" => AttachmentAbi.Go,
            _ => Wrong<AttachmentAbi>("/abi", "must be auto, c or go", problems),
        };
        var signature = Text(root, "signature", "flag", problems) switch
        {
            "flag" => AttachmentSignature.Flag,
            "flag,key" => AttachmentSignature.FlagAndKey,
            _ => Wrong<AttachmentSignature>("/signature", "must be \"flag\" or \"flag,key\"", problems),
        };
        if (exe.Length > 0 && !Path.IsPathRooted(exe))
            problems.Add(new Problem("/exe", "must be an absolute path: the node has a working folder of its own"));
        return problems.Count > before ? null : new AttachmentRequest(exe, symbol, abi, signature);
    }

    private static string Text(JsonElement root, string name, string? otherwise, ICollection<Problem> problems)
    {
        if (!root.TryGetProperty(name, out var value) && otherwise is not null)
            return otherwise;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (text.Length is 0 or > MaxPath || text.Contains('\0'))
            problems.Add(new Problem($"/{name}", $"missing or not a string of 1 to {MaxPath} characters"));
        return text;
    }

    private static T Wrong<T>(string place, string reason, ICollection<Problem> problems)
        where T : struct
    {
        if (problems.All(problem => problem.Path != place))
            problems.Add(new Problem(place, reason));
        return default;
    }
}
