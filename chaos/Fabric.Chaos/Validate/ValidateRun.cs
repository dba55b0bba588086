namespace Fabric.Chaos.Validate;

/// <summary>Judges a recorded run and says what it came to.</summary>
internal static class ValidateRun
{
    /// <summary>One line a checker and one for all; returns the exit code.</summary>
    public static int Of(string folder, IReadOnlyCollection<string> only, TextWriter output, TextWriter errors)
    {
        if (only.FirstOrDefault(static name => Validation.Checkers.All(checker => checker.Name != name)) is { } unknown)
        {
            errors.WriteLine($"fabric-chaos: there is no checker {unknown}; there are {string.Join(", ", Validation.Checkers.Select(static checker => checker.Name))}");
            return 2;
        }

        var findings = Validation.Of(folder, only);
        foreach (var finding in findings)
            output.WriteLine(finding);
        var code = Validation.ExitCode(findings);
        output.WriteLine($"{folder} {code switch { 0 => "OK", 1 => "ILLEGAL", _ => "UNKNOWN" }}");
        return code;
    }
}
