using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Fabric.Node.Feeding;

/// <summary>
/// Fetches a snapshot over a link that may be slow and may break: what has arrived is kept, and the next attempt goes on
/// from there as long as somebody still has the same snapshot. Whether it is whole, its own checksum says to whoever reads it.
/// </summary>
internal sealed class SnapshotDownload(HttpClient http, string folder, TimeProvider time, Random random)
{
    /// <summary>Without a byte for so long, the connection is given up; with one every now and then it may take its time.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(10);

    /// <summary>Where the parts are kept, below the data folder.</summary>
    public const string Folder = "incoming";

    private const int MaxAttempts = 20;
    private const int BufferBytes = 64 * 1024;

    /// <summary>The whole snapshot, in a file that is deleted when it is closed.</summary>
    /// <exception cref="IOException">It did not arrive.</exception>
    /// <exception cref="HttpRequestException">Nobody gives one.</exception>
    public async Task<FileStream> FetchAsync(Uri address, CancellationToken token)
    {
        Directory.CreateDirectory(folder);
        var part = Path.Combine(folder, "snapshot.part");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ContinueAsync(address, part, token);
                return new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.None, BufferBytes, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            }
            catch (Exception broken) when (broken is IOException or TimeoutException && attempt < MaxAttempts && !token.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200 * random.NextDouble() * attempt), time, token);
            }
        }
    }

    private async Task ContinueAsync(Uri address, string part, CancellationToken token)
    {
        var named = $"{part}.etag";
        var known = File.Exists(part) && File.Exists(named) ? await File.ReadAllTextAsync(named, token) : null;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (known is not null && EntityTagHeaderValue.TryParse(known, out var tag))
        {
            request.Headers.Range = new RangeHeaderValue(new FileInfo(part).Length, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).WaitAsync(Stalled, time, token);
        // All of it is here already.
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return;
        response.EnsureSuccessStatusCode();
        await using var file = new FileStream(
            part, response.StatusCode == HttpStatusCode.PartialContent ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        await File.WriteAllTextAsync(named, response.Headers.ETag?.ToString() ?? "", Encoding.ASCII, token);
        await CopyAsync(await response.Content.ReadAsStreamAsync(token), file, token);
    }

    private static async Task CopyAsync(Stream from, FileStream to, CancellationToken token)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            using var stalled = CancellationTokenSource.CreateLinkedTokenSource(token);
            stalled.CancelAfter(Stalled);
            int read;
            try
            {
                read = await from.ReadAsync(buffer, stalled.Token);
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                throw new TimeoutException($"no byte of the snapshot came for {Stalled.TotalSeconds} s");
            }

            if (read == 0)
                return;
            await to.WriteAsync(buffer.AsMemory(0, read), token);
        }
    }
}
