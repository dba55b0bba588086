using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Differential;

/// <summary>One of the places where the evaluator in C runs.</summary>
internal interface IDoor
{
    /// <summary>The reason, and the variant's index in the order of the definition; null for the program's own default.</summary>
    (Reason Reason, int? Variant) Ask(string key, Caller caller);
}
