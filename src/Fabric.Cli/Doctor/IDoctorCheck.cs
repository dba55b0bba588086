using System.Text.Json;
using Fabric.Bpf.Support;
using Fabric.Cli.Client;

namespace Fabric.Cli.Doctor;

/// <summary>A check's result.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Finding">What was found, in one line.</param>
/// <param name="Cure">What to do, in one line; null where nothing is to be done.</param>
internal sealed record CheckResult(CheckStatus Status, string Finding, string? Cure = null);

/// <summary>What checks have to look at.</summary>
/// <param name="Session">The way to the node.</param>
/// <param name="Node">What the node says of itself; null when it does not answer.</param>
/// <param name="IsLocal">The node runs on this host, so that its files can be looked at.</param>
internal sealed record DoctorContext(Session Session, JsonElement? Node, bool IsLocal);

/// <summary>One thing that <c>fabric doctor</c> looks at. Adding one: a class in Checks/, and its line in <see cref="DoctorCommand"/>.</summary>
internal interface IDoctorCheck
{
    /// <summary>What is looked at, in a few words.</summary>
    string Name { get; }

    /// <summary>Looks, and never throws for what it finds.</summary>
    Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token);
}
