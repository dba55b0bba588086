using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Fabric.Bpf.Privileges;
using Fabric.Tests.Shared;

namespace Fabric.Cli.Tests.Privileges;

/// <summary>A node as it is shipped, in a process of its own, and what the kernel tells of its threads.</summary>
internal sealed class ShippedNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private ShippedNode(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public static string Executable => RepositoryRoot.Built("dist", "fabric");

    public int Pid => _process.Id;

    /// <summary>Starts what is given, the last part of which is a node.</summary>
    public static ShippedNode Start(params IEnumerable<string> command) => new(Process.Start(new ProcessStartInfo(command.First(), command.Skip(1))
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Where the node listens, from its ready line; the test fails with the node's own words when there is none.</summary>
    public async Task<Uri> ReadyAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(line?.StartsWith("ready ", StringComparison.Ordinal), line is null ? await _errors : line);
        return new Uri(line!.Split("http=")[1].Split(' ')[0]);
    }

    /// <summary>Waits until something answers there; whatever it answers.</summary>
    public async Task AnswersAsync(Uri url)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            try
            {
                using var reply = await _http.GetAsync(url, TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && since.Elapsed < Patience)
            {
                // It does not listen yet.
            }
        }
    }

    public async Task<JsonElement> GetAsync(Uri url) => await _http.GetFromJsonAsync<JsonElement>(url, TestContext.Current.CancellationToken);

    /// <summary>Turns a flag on, and asks the node's table for it until it says so.</summary>
    public async Task SwitchOnAsync(Uri node, string flag)
    {
        var definition = JsonDocument.Parse("""{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}""").RootElement;
        using var put = await _http.PutAsJsonAsync(new Uri(node, $"/api/v1/flags/{flag}"), definition, TestContext.Current.CancellationToken);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var answer = await _http.PostAsJsonAsync(new Uri(node, $"/ofrep/v1/evaluate/flags/{flag}"), new { context = new { targetingKey = "a" } }, TestContext.Current.CancellationToken);
        Assert.Contains("\"value\":true", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>What each thread may do.</summary>
    public IReadOnlyList<HeldPrivileges> Threads() =>
        [.. Directory.GetDirectories($"/proc/{Pid}/task").Select(ReadThread).OfType<HeldPrivileges>()];

    /// <summary>Ends the node as an operator does.</summary>
    public async Task<(int Code, string Errors)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Pid}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _errors);
    }

    /// <summary>How a node ended that could not start.</summary>
    public async Task<(int Code, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
        _http.Dispose();
    }

    private static HeldPrivileges? ReadThread(string folder)
    {
        try
        {
            return HeldPrivileges.Read(File.ReadAllText($"{folder}/status"));
        }
        catch (IOException)
        {
            // A thread that has ended meanwhile may do nothing any more.
            return null;
        }
    }
}
