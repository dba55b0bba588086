using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using Fabric.Cli.Client;

namespace Fabric.Cli.Completion;

/// <summary>The keys of flags, asked for while a word is typed: whoever presses a key must not wait, nor read an error.</summary>
internal static class LiveKeys
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Lets an argument be completed by the keys that there are.</summary>
    public static Argument<T> Completed<T>(Argument<T> argument)
    {
        argument.CompletionSources.Add(Ask);
        return argument;
    }

    private static IEnumerable<CompletionItem> Ask(CompletionContext context)
    {
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience });
            using var patience = new CancellationTokenSource(Patience);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ClientOptions.FirstEndpoint(context.ParseResult), "/api/v1/flags?limit=1000&consistency=local"));
            using var response = http.Send(request, patience.Token);
            using var page = JsonDocument.Parse(response.Content.ReadAsStream(patience.Token));
            return [.. page.RootElement.GetProperty("flags").EnumerateArray().Select(static flag => new CompletionItem(flag.GetProperty("key").GetString()!))];
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException or IOException or JsonException or KeyNotFoundException or UsageException)
        {
            return [];
        }
    }
}
