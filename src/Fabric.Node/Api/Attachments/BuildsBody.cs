namespace Fabric.Node.Api.Attachments;

/// <summary>The builds that the fabric has met where it attaches.</summary>
internal sealed record BuildListBody(IReadOnlyList<BuildBody> Builds);

/// <summary>One build of a file, and what became of attaching to it.</summary>
/// <param name="Exe">Path of the executable or library.</param>
/// <param name="Symbol">The function's symbol in it.</param>
/// <param name="BuildId">The build; null for files that have none.</param>
/// <param name="Hosts">The hosts that have it.</param>
internal sealed record BuildBody(string Exe, string Symbol, string? BuildId, IReadOnlyList<BuildHostBody> Hosts);

/// <summary>A host that has a build.</summary>
/// <param name="Host">Its name.</param>
/// <param name="State"><c>attached</c> where any of its files of that build is; otherwise <c>refused</c>.</param>
/// <param name="Files">How many files of the build it has, those of containers counted.</param>
/// <param name="Attached">How many of them are attached.</param>
internal sealed record BuildHostBody(string Host, string State, int Files, int Attached);
