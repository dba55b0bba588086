using System.Text.Json;

namespace Fabric.Chaos.Traffic;

/// <summary>What a client knows of a request after its last attempt.</summary>
internal abstract record Answer
{
    private Answer() { }

    /// <summary>It was done.</summary>
    /// <param name="Body">What came with it.</param>
    /// <param name="At">The revision of the state that answered, where it says so.</param>
    internal sealed record Done(JsonElement Body, long? At) : Answer;

    /// <summary>It was not done, and never will be.</summary>
    /// <param name="Status">Of HTTP; 0 where nobody took the connection.</param>
    /// <param name="Error">Why.</param>
    /// <param name="Conflict">What it requires of a flag did not hold.</param>
    /// <param name="At">The revision of the state that answered, where it says so.</param>
    internal sealed record Refused(int Status, string Error, bool Conflict, long? At = null) : Answer
    {
        /// <summary>Not the request is at fault but who was asked: nobody listens there, or it cannot serve.</summary>
        internal bool MayTryElsewhere => Status is 0 or 429 or 503 or 507;
    }

    /// <summary>Nobody can say.</summary>
    internal sealed record Unknown(string Error) : Answer;
}
