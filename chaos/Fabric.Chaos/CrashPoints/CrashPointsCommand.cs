using System.CommandLine;

namespace Fabric.Chaos.CrashPoints;

/// <summary><c>fabric-chaos crash-points</c>.</summary>
internal static class CrashPointsCommand
{
    private const string About =
        """
        Kill a node at each of its calls that bring something to the disk, and start it again.

        A client changes some sixty flags while the node writes a snapshot and shortens its log every ten entries. At the K-th call
        of pwrite, fsync, msync, rename, unlink or ftruncate the node is killed by SIGKILL. It must start again, have all that was
        acknowledged and nothing that was refused, and answer what the client sends once more. One K after the other.

        Exits 0 when every point was reached and recovered from, 1 when one was not recovered from, otherwise 2.
        """;

    public static Command Build(TextWriter output, TextWriter errors)
    {
        var from = new Option<int>("--from") { Description = "The first call", HelpName = "K", DefaultValueFactory = static _ => 1 };
        var to = new Option<int>("--to") { Description = "The last call", HelpName = "K", DefaultValueFactory = static _ => 220 };
        var step = new Option<int>("--step") { Description = "Every how many", HelpName = "N", DefaultValueFactory = static _ => 1 };
        var spoil = new Option<bool>("--spoil-snapshot") { Description = "Make one digit of a flag another in the newest snapshot before the node starts again: it may refuse to start, and must not believe it" };
        var node = new Option<string?>("--node") { Description = "Another fabric than the one beside this program", HelpName = "FILE" };
        var command = new Command("crash-points", About) { from, to, step, spoil, node };
        command.SetAction((parse, _) => CrashPointsRun.RunAsync(parse.GetValue(from), parse.GetValue(to), parse.GetValue(step), parse.GetValue(spoil), parse.GetValue(node), output, errors));
        return command;
    }
}
