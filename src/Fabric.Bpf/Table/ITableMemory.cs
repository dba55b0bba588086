namespace Fabric.Bpf.Table;

/// <summary>Where a table's bytes are. One writer; every reader maps the same bytes.</summary>
internal unsafe interface ITableMemory : IDisposable
{
    string Path { get; }

    TableKind Kind { get; }

    /// <summary>The bytes, for reading only.</summary>
    byte* Bytes { get; }

    long Length { get; }

    /// <summary>Carries out the stores in their order, so that a reader that sees one has seen all before it.</summary>
    /// <exception cref="TableUnusableException">Not all of them were carried out.</exception>
    void Carry(StoreList stores);
}
