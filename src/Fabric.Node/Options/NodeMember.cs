using System.Net;

namespace Fabric.Node.Options;

/// <summary>A voter of the fabric, as every other one reaches it.</summary>
/// <param name="Name">Its name, unique in the fabric.</param>
/// <param name="Raft">Where it speaks Raft.</param>
/// <param name="Http">The base address of its API.</param>
public sealed record NodeMember(string Name, IPEndPoint Raft, Uri Http);
