namespace Fabric.Language.Tests.Model;

/// <summary>The model behind the interface that the table has.</summary>
internal sealed class ModelEvaluator : IEvaluator
{
    private FlagModel? _model;

    public ProcessFacts Process => ProcessFacts.None;

    internal Observations Seen { get; } = new();

    public void Load(World world) => _model = new FlagModel(world, Process, Seen);

    public Answer[] Ask(IReadOnlyList<Question> questions) => [.. questions.Select(_model!.Answer)];

    public void Dispose()
    {
    }
}
