using Fabric.Bpf.Support;

namespace Fabric.Cli.Doctor;

/// <summary>A check's result.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Finding">What was found, in one line.</param>
/// <param name="Cure">What to do, in one line; null where nothing is to be done.</param>
internal sealed record CheckResult(CheckStatus Status, string Finding, string? Cure = null)
{
    public static CheckResult Ok(string finding) => new(CheckStatus.Ok, finding);

    public static CheckResult Warn(string finding, string cure) => new(CheckStatus.Warn, finding, cure);

    public static CheckResult Fail(string finding, string cure) => new(CheckStatus.Fail, finding, cure);

    public static CheckResult Skip(string why) => new(CheckStatus.Skip, why);
}

/// <summary>
/// One thing that <c>fabric doctor</c> looks at. Adding one: a class in Checks/ that gathers facts and judges them apart, its line
/// in <see cref="DoctorCommand"/>, and its judgements in DoctorTests.
/// </summary>
internal interface IDoctorCheck
{
    /// <summary>What is looked at, in a few words that stay the same.</summary>
    string Name { get; }

    /// <summary>Looks. What it throws is the reason why the check could not be made.</summary>
    Task<CheckResult> RunAsync(DoctorContext context, CancellationToken token);
}
