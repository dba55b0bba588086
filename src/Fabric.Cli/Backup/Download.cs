using Fabric.Cli.Client;
using Fabric.Cli.Output;
using Fabric.Raft.Recovery;

namespace Fabric.Cli.Backup;

/// <summary>Fetches a backup from whichever node sends one.</summary>
internal sealed class Download(Session session, string path, bool overwrite, bool local)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public async Task<int> RunAsync(CancellationToken token)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(2) });
        http.Timeout = Patience;
        Reply? last = null;
        foreach (var endpoint in session.Endpoints)
        {
            try
            {
                var address = new Uri(endpoint, $"/api/v1/backup{(local ? "?consistency=local" : "")}");
                using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, token);
                if (response.IsSuccessStatusCode)
                    return await SaveAsync(response, token);
                last = new Reply(endpoint, (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(token));
            }
            catch (Exception failed) when (failed is HttpRequestException or HttpIOException or InvalidDataException
                || (failed is OperationCanceledException && !token.IsCancellationRequested))
            {
                await NoteAsync(endpoint, failed.Message);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                await session.Terminal.Error.WriteLineAsync($"fabric: {path}: {failed.Message}");
                return ExitCode.Failed;
            }
        }

        return await session.FailAsync(last);
    }

    private async Task<int> SaveAsync(HttpResponseMessage response, CancellationToken token)
    {
        await using var source = await response.Content.ReadAsStreamAsync(token);
        var state = await DownloadBar.ShowAsync(session.Terminal, response.Content.Headers.ContentLength,
            saved => BackupFile.SaveAsync(source, path, overwrite, saved, token));
        await session.PrintAsync($"{path} holds {state.Fabric.Flags.Flags.Count} flags of fabric {state.Fabric.Identity?.Id:D} at revision {state.Fabric.Flags.Revision}");
        return ExitCode.Ok;
    }

    private Task NoteAsync(Uri endpoint, string what) =>
        session.Terminal.Error.WriteLineAsync($"fabric: {endpoint.GetLeftPart(UriPartial.Authority)}: {what}");
}
