using Fabric.Bpf.Table;

namespace Fabric.Cli.Doctor.Facts;

/// <summary>The table of this host's node, as others find it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Inspection">What it tells of itself; null when this process cannot read it.</param>
/// <param name="Closed">The file or folder that keeps other users out; null when none does.</param>
internal sealed record TableFacts(string Path, TableInspection? Inspection, string? Closed)
{
    public static TableFacts Of(string path) => new(path, TableInspection.Of(path), TableInspection.WhatIsClosed(path));
}
