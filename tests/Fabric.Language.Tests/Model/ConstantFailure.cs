using System.Text.Json;

namespace Fabric.Language.Tests.Model;

/// <summary>Whether a rule holds an operation on constants alone that fails, wherever it stands.</summary>
internal static class ConstantFailure
{
    private static readonly Question Nobody = new("", null, JsonElement.Parse("{}"), default);

    internal static bool IsIn(JsonElement rule) => rule.ValueKind switch
    {
        JsonValueKind.Array => rule.EnumerateArray().Any(IsIn),
        JsonValueKind.Object when rule.EnumerateObject().Any() => rule.EnumerateObject().Any(static member => IsIn(member.Value)) || (IsConstant(rule) && Fails(rule)),
        _ => false,
    };

    private static bool IsConstant(JsonElement rule) => rule.ValueKind switch
    {
        JsonValueKind.Array => rule.EnumerateArray().All(IsConstant),
        JsonValueKind.Object => rule.EnumerateObject().All(static member =>
            member.Name is not ("var" or "missing" or "fractional" or "sem_ver" or "starts_with" or "ends_with") && IsConstant(member.Value)),
        _ => true,
    };

    private static bool Fails(JsonElement rule)
    {
        try
        {
            var seen = new Observations();
            new Expressions("", "", new Facts(Host.Plain, ProcessFacts.None, Nobody, seen), seen).Evaluate(rule);
            return false;
        }
        catch (EvaluationFailedException)
        {
            return true;
        }
    }
}
