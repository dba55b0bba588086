using System.CommandLine;
using Fabric.Cli.Client;

namespace Fabric.Cli.Flags;

/// <summary><c>fabric flag export</c>: all flags as one file.</summary>
internal static class ExportCommand
{
    private const string About =
        """
        Write all flags as one file in flagd's format, a line for each flag. An import of it changes nothing.

        Examples:
          fabric flag export                        to standard output
          fabric flag export flags.json --force     replaces the file as a whole, or not at all
          fabric flag export --local                what the node has, also while there is no leader
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Build(ClientOptions client)
    {
        var file = new Argument<string>("file") { Description = "The file; standard output without one, and for -", HelpName = "FILE", DefaultValueFactory = _ => "-" };
        var local = new Option<bool>("--local") { Description = "What the node has, which may be behind" };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there" };
        return client.Run(new Command("export", About) { file, local, force }, async (parse, session, token) =>
        {
            var (path, overwrite) = (parse.GetRequiredValue(file), parse.GetValue(force));
            if (path != "-" && !overwrite && Path.Exists(path))
                throw new UsageException($"{path} is there already; --force replaces it");
            var call = new Call(HttpMethod.Get, $"/api/v1/export{(parse.GetValue(local) ? "?consistency=local" : "")}") { Timeout = Patience };
            var reply = await session.SendAsync(call, token);
            if (reply is not { IsSuccess: true })
                return await session.FailAsync(reply);
            if (path != "-")
                return await SaveAsync(session, path, overwrite, reply.Body, token);
            await session.Terminal.Out.WriteAsync(reply.Text);
            return ExitCode.Ok;
        });
    }

    /// <summary>Beside the file first, so that whoever reads it never finds half of it.</summary>
    private static async Task<int> SaveAsync(Session session, string path, bool overwrite, ReadOnlyMemory<byte> bytes, CancellationToken token)
    {
        var beside = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await File.WriteAllBytesAsync(beside, bytes, token);
            File.Move(beside, path, overwrite);
            return ExitCode.Ok;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            await session.Terminal.Error.WriteLineAsync($"fabric: {path}: {failed.Message}");
            return ExitCode.Failed;
        }
        finally
        {
            if (File.Exists(beside))
                File.Delete(beside);
        }
    }
}
