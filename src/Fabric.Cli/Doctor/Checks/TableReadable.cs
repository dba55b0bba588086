using Fabric.Bpf.Support;

namespace Fabric.Cli.Doctor.Checks;

/// <summary>Do programs on this host find the table?</summary>
internal sealed class TableReadable : IDoctorCheck
{
    public string Name => "table readable";

    public Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token) => Task.FromResult(Look(context));

    private static CheckResult Look(DoctorContext context)
    {
        if (context.Node is not { } node || !context.IsLocal)
            return new CheckResult(CheckStatus.Skip, "the node is not on this host, or does not answer");
        if (node.GetProperty("table").GetString() is not { } path)
            return new CheckResult(CheckStatus.Fail, "the node has no table yet", "the node's log on standard error says why");
        if (!File.Exists(path))
            return new CheckResult(CheckStatus.Fail, $"there is nothing at {path}", "restart the node: it makes its table anew");
        // The kernel's table is no file to read; that programs may map it is for the kernel's own checks.
        return node.GetProperty("tableKind").GetString() == "file" && WhyUnreadable(path) is { } reason
            ? new CheckResult(CheckStatus.Fail, reason, $"let programs read it: chmod a+r {path}, and a+x on the folders above")
            : new CheckResult(CheckStatus.Ok, $"{path} ({node.GetProperty("tableKind")}) at revision {node.GetProperty("tableRevision")}");
    }

    private static string? WhyUnreadable(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file.Length == 0 ? $"{path} is empty" : null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return failed.Message;
        }
    }
}
