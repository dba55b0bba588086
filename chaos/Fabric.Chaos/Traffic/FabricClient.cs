using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Traffic;

/// <summary>
/// A client at a host. It asks that host's node first and then the others in turn, as far as they can be reached from where it
/// is: where nothing was done, and where the outcome of a write is unknown, which it sends again under its idempotency key.
/// </summary>
internal sealed class FabricClient(Host home, IReadOnlyList<Host> all) : IDisposable
{
    private const int MaxAttempts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = home.Door.NewClient(Patience);

    /// <summary>Whom to ask, nearest first.</summary>
    private readonly Host[] _nodes = [home, .. all.Where(host => host != home)];

    public void Dispose() => _http.Dispose();

    /// <summary>A write, with as many attempts as it takes to know its outcome, up to a bound.</summary>
    internal async Task<Answer> WriteAsync(Func<Uri, HttpRequestMessage> request, Guid operation)
    {
        string? doubt = null;
        Answer last = new Answer.Refused(0, "not tried", false);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            using var message = request(_nodes[attempt % _nodes.Length].Plan.Url);
            message.Headers.Add("Idempotency-Key", operation.ToString("D"));
            last = await SendAsync(message);
            if (last is Answer.Done or Answer.Refused { Conflict: true })
                return last;
            if (last is Answer.Unknown unknown)
                doubt = unknown.Error;
            else if (doubt is null && last is Answer.Refused { MayTryElsewhere: false })
                return last;
            if (last is not Answer.Refused { Status: 0 })
                await Task.Delay(Pause);
        }

        // An attempt that was refused says nothing of one before it that may have been taken.
        return doubt is null ? last : new Answer.Unknown(doubt);
    }

    /// <summary>A read, of the first node that answers; says which that was.</summary>
    internal async Task<(Answer Answer, Host Node)> ReadAsync(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            var node = _nodes[attempt];
            using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(node.Plan.Url, path));
            var answer = await SendAsync(message);
            if (answer is not Answer.Refused { MayTryElsewhere: true } || attempt == _nodes.Length - 1)
                return (answer, node);
        }
    }

    private async Task<Answer> SendAsync(HttpRequestMessage message)
    {
        try
        {
            using var response = await _http.SendAsync(message);
            var text = await response.Content.ReadAsStringAsync();
            return Judge(response, text);
        }
        catch (HttpRequestException refused) when (refused.InnerException is SocketException
            { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable })
        {
            return new Answer.Refused(0, "no connection", false);
        }
        catch (Exception broken) when (broken is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            return new Answer.Unknown(broken.Message);
        }
    }

    private static Answer Judge(HttpResponseMessage response, string text)
    {
        var body = JsonDocument.Parse(text).RootElement;
        var at = response.Headers.TryGetValues("Fabric-Revision", out var values) ? long.Parse(values.First(), CultureInfo.InvariantCulture) : (long?)null;
        if (response.IsSuccessStatusCode)
            return new Answer.Done(body, at);
        var kind = body.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";
        if (body.TryGetProperty("applied", out var applied) && applied.GetString() == "unknown")
            return new Answer.Unknown(kind);
        if ((int)response.StatusCode is < 400 or (>= 500 and not (503 or 507)))
            return new Answer.Unknown($"{(int)response.StatusCode} {kind}");
        var conflict = response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed
            || (response.StatusCode == HttpStatusCode.NotFound && kind.EndsWith("flag-not-found", StringComparison.Ordinal));
        return new Answer.Refused((int)response.StatusCode, kind, conflict, at);
    }

    internal static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
