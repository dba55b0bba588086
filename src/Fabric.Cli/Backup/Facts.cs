using Fabric.Cli.Output;
using Fabric.Raft.Recovery;

namespace Fabric.Cli.Backup;

/// <summary>What a backup or a stopped node's folder holds, in words.</summary>
internal static class Facts
{
    public static void Print(Terminal terminal, string path, RecoveredState state)
    {
        var fabric = state.Fabric;
        var grid = new Grid("PATH", "FABRIC", "REVISION", "APPLIED", "TERM", "FLAGS", "CHANGES", "DIGEST", "UNCONFIRMED");
        grid.Add(path, fabric.Identity?.Id.ToString("D"), $"{fabric.Flags.Revision}", $"{fabric.AppliedIndex}", $"{state.Term}",
            $"{fabric.Flags.Flags.Count}", $"{fabric.History.Count}", $"{fabric.Digest:x16}", $"{state.Unconfirmed}");
        grid.WriteTo(terminal);
    }
}
