namespace Fabric.Node.Fleet;

/// <summary>Which hosts have a revision in their table.</summary>
/// <param name="Applied">Those that have, in the order of their names.</param>
/// <param name="Behind">Those that have not, or of which it is not known.</param>
internal sealed record FleetBody(IReadOnlyList<string> Applied, IReadOnlyList<BehindBody> Behind);

/// <summary>A host that is behind.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Revision">The revision that its programs saw when it was last heard of; 0 where that is not known.</param>
/// <param name="Since">Since when it lacks what was asked for.</param>
internal sealed record BehindBody(string Host, long Revision, DateTimeOffset Since);

/// <summary>The body of an answer to a write, which may say how far the fleet is with it.</summary>
internal interface IWriteBody
{
    /// <summary>The revision that was written.</summary>
    long Revision { get; }

    /// <summary>Set where the request asked to wait for the fleet.</summary>
    FleetBody? Fleet { get; set; }
}
