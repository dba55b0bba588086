using Fabric.Flags.State;

namespace Fabric.Node.Evaluation;

/// <summary>One request's look at the flags: from one state, within bounds that hold for all of it.</summary>
/// <param name="Flags">The state.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="RulesUntil">When definitions that only HTTP evaluates have used up their time: a timestamp of the clock.</param>
internal sealed record Inquiry(FlagSet Flags, Caller Caller, long RulesUntil);
