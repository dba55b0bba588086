using System.CommandLine;
using System.Text;
using Fabric.Cli.Client;
using Fabric.Cli.Output;

namespace Fabric.Cli.Api;

/// <summary><c>fabric api</c>: any address of a node, as it answers.</summary>
internal static class RawCommand
{
    private const string About =
        """
        Read any address of the API and print the answer as it comes: metrics, the API's description, a stream of events.

        Examples:
          fabric api /openapi/v1.json
          fabric api /metrics | grep fabric_ready
          fabric api /ofrep/v1/events              when clients are to evaluate again, until Ctrl-C

        The first node of --url that answers is the one. Exits 4 where nothing is served at the address.
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Build(ClientOptions client)
    {
        var path = new Argument<string>("path") { Description = "The address below a node's, with its query", HelpName = "PATH" };
        return client.On(client.Run(new Command("api", About) { path }, async (parse, session, token) =>
        {
            var given = parse.GetRequiredValue(path);
            if (!given.StartsWith('/') || given.StartsWith("//", StringComparison.Ordinal))
                throw new UsageException("PATH begins with one /, such as /metrics");
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
            {
                // An answer may be a stream without an end; only its beginning is bounded.
                Timeout = Timeout.InfiniteTimeSpan,
            };
            foreach (var endpoint in session.Endpoints)
            {
                if (await TryAsync(http, new Uri(endpoint, given), session, token) is { } code)
                    return code;
            }

            return await session.FailAsync(null);
        }));
    }

    /// <summary>The exit code; null where the node could not be reached.</summary>
    private static async Task<int?> TryAsync(HttpClient http, Uri address, Session session, CancellationToken token)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(token);
        bounded.CancelAfter(Patience);
        try
        {
            using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, bounded.Token);
            if (!response.IsSuccessStatusCode)
                return await session.FailAsync(new Reply(address, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(bounded.Token)));
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(token), Encoding.UTF8);
            await CopyAsync(reader, session.Terminal.Out, token);
            return ExitCode.Ok;
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException || (failed is OperationCanceledException && !token.IsCancellationRequested))
        {
            await session.Terminal.Error.WriteLineAsync(Plain.Text($"fabric: {address.GetLeftPart(UriPartial.Authority)}: {failed.Message}"));
            return null;
        }
    }

    /// <summary>What has come is shown at once.</summary>
    private static async Task CopyAsync(StreamReader reader, TextWriter to, CancellationToken token)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer.AsMemory(), token) is > 0 and var read)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), token);
            await to.FlushAsync(token);
        }
    }
}
