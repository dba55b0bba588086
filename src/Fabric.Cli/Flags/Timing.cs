using System.Text.Json;

namespace Fabric.Cli.Flags;

/// <summary>What changes a boolean flag's answer with time, checked as far as the node does not do it better.</summary>
/// <param name="ActivateAt">Until then everybody gets off.</param>
/// <param name="Ramp">A share of the callers that gets on, and changes evenly.</param>
/// <param name="Stale">What a host answers that has lost the fabric.</param>
internal sealed record Timing(string? ActivateAt, RampShape? Ramp, (string After, string Variant)? Stale)
{
    public bool IsGiven => ActivateAt is not null || Ramp is not null || Stale is not null;

    public void WriteTo(Utf8JsonWriter writer)
    {
        if (ActivateAt is not null)
        {
            writer.WriteString("activateAt", ActivateAt);
            writer.WriteString("offVariant", "off");
        }

        if (Ramp is { } ramp)
        {
            writer.WriteStartObject("ramp");
            writer.WriteString("variant", "on");
            writer.WriteNumber("from", ramp.From);
            writer.WriteNumber("to", ramp.To);
            writer.WriteString("start", ramp.Start);
            writer.WriteString("end", ramp.End);
            writer.WriteEndObject();
        }

        if (Stale is var (after, variant))
        {
            writer.WriteStartObject("staleAfter");
            writer.WriteString("after", after);
            writer.WriteString("variant", variant);
            writer.WriteEndObject();
        }
    }
}

/// <summary>A share of the callers between two times.</summary>
/// <param name="From">Percent at first.</param>
/// <param name="To">Percent in the end.</param>
/// <param name="Start">When it begins to change, as RFC 3339 writes it.</param>
/// <param name="End">When it has changed.</param>
internal sealed record RampShape(decimal From, decimal To, string Start, string End);
