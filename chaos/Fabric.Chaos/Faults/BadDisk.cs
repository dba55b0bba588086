using System.Diagnostics;
using System.Globalization;
using Fabric.Chaos.Hosts;

namespace Fabric.Chaos.Faults;

/// <summary>System calls of a running node that a tracer answers in the kernel's place, or holds back, or at which it ends.</summary>
internal sealed class Tampered(Arena arena, string calls, Func<Arena, string> how, Func<Arena, Host> whom) : Fault(arena)
{
    /// <summary>What brings the log onto the disk.</summary>
    internal const string DiskCalls = "pwrite64,pwritev,fsync,fdatasync,msync";

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private Process? _tracer;

    internal override bool MayEndNodes => true;

    internal override Task BeginAsync()
    {
        var host = whom(Arena);
        Hosts = [host];
        var inject = how(Arena);
        Detail["inject"] = inject;
        _tracer = Arena.Lab.StartHelper("strace", "-f", "-q", "-o", "/dev/null", "-e", $"trace={calls}", "-e", $"inject={calls}:{inject}",
            "-p", host.Node.Id.ToString(CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }

    internal override async Task EndAsync()
    {
        if (!_tracer!.HasExited)
            _ = Native.kill(_tracer.Id, Native.Terminate);
        using var deadline = new CancellationTokenSource(LongestEnd);
        await _tracer.WaitForExitAsync(deadline.Token);
        _tracer.Dispose();
        foreach (var host in Hosts)
        {
            // A node that was told of a disk that fails ends itself, and its service manager starts it again.
            Detail["ended"] = !host.Node.Running;
            host.Start();
        }
    }
}

/// <summary>A host's disk has no room left for a while.</summary>
internal sealed class FullDisk(Arena arena) : Fault(arena)
{
    internal override bool MayEndNodes => true;

    internal override Task BeginAsync()
    {
        var host = Arena.AnyHost();
        Hosts = [host];
        return host.Disk.FillAsync();
    }

    internal override Task EndAsync()
    {
        foreach (var host in Hosts)
        {
            host.Disk.Empty();
            Detail["ended"] = !host.Node.Running;
            host.Start();
        }

        return Task.CompletedTask;
    }
}
