namespace Fabric.Node.Evaluation;

/// <summary>What a definition that only HTTP evaluates may use. A rule that needs more fails: reason ERROR.</summary>
internal static class RuleLimits
{
    /// <summary>Statements of JavaScript in one evaluation; the engine needs some twenty for an operator.</summary>
    public const int Statements = 200_000;

    /// <summary>Calls inside of calls; a rule nests 32 levels of JSON at most, and the engine needs several calls for each.</summary>
    public const int Depth = 400;

    /// <summary>Bytes allocated in one evaluation.</summary>
    public const long Memory = 32 * 1024 * 1024;

    /// <summary>Engines, and so evaluations at once.</summary>
    public const int Engines = 4;

    /// <summary>Evaluations after which an engine is replaced, with whatever it has remembered.</summary>
    public const int Uses = 2_000;

    /// <summary>Bytes of JSON whose rules an engine keeps parsed.</summary>
    public const int ParsedBytes = 1024 * 1024;

    /// <summary>Time of one evaluation, the backstop behind the count of statements.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(500);

    /// <summary>Time that all such evaluations of one request have together.</summary>
    public static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(2);
}
