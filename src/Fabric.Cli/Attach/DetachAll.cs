using System.CommandLine;
using System.Text.Json;
using Fabric.Bpf.Attach;
using Fabric.Cli.Client;

namespace Fabric.Cli.Attach;

/// <summary>
/// <c>fabric detach --all</c>: cleans this host without any node. It concerns the host it runs on alone, and nothing in the
/// fabric's log.
/// </summary>
internal static class DetachAll
{
    public static readonly Option<bool> Option = new("--all")
    {
        Description = "Give back all that nodes of this host attached which do not run, and remove their tables; needs root and no node",
    };

    /// <summary>Says what was removed. Fails where something is still attached: a node runs, or the kernel refused.</summary>
    public static async Task<int> RunAsync(Session session)
    {
        var cleaned = PinnedLinks.RemoveAll();
        if (session.Json)
            await session.Terminal.Out.WriteLineAsync(ToJson(cleaned));
        else
            await ShowAsync(session, cleaned);
        return cleaned.Running.Count + cleaned.Failed.Count > 0 ? ExitCode.Failed : ExitCode.Ok;
    }

    private static async Task ShowAsync(Session session, HostCleaned cleaned)
    {
        foreach (var pin in cleaned.Removed)
            await session.PrintAsync($"removed {pin}");
        if (cleaned.Removed.Count + cleaned.Failed.Count == 0)
            await session.HintAsync("nothing is left on this host by a node that does not run");
        foreach (var node in cleaned.Running)
            await session.Terminal.Error.WriteLineAsync($"fabric: node {node} runs, and what it attached was left alone; stop it first, or withdraw its attachments");
        foreach (var failed in cleaned.Failed)
            await session.Terminal.Error.WriteLineAsync($"fabric: cannot remove {failed}");
    }

    private static string ToJson(HostCleaned cleaned)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, values) in new[] { ("removed", cleaned.Removed), ("running", cleaned.Running), ("failed", cleaned.Failed) })
            {
                writer.WriteStartArray(name);
                foreach (var value in values)
                    writer.WriteStringValue(value);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
