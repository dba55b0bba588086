namespace Fabric.Cli;

/// <summary>Where a command reads and writes: data on <paramref name="Out"/>, everything else on <paramref name="Error"/>.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="IsInteractive">A person reads the output, rather than a file or another program.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, bool IsInteractive)
{
    /// <summary>A person sees standard error, so that it may show how far something is.</summary>
    public bool ShowsProgress { get; init; }
}
