using Fabric.Bpf.Evaluation;
using Fabric.Bpf.Table;

namespace Fabric.Language.Tests.Differential;

/// <summary>The C evaluator over a table, as the node has it in its process.</summary>
internal sealed unsafe class TableEvaluator : IEvaluator
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fabric-language-").FullName;
    private readonly WorldTable _table;

    internal TableEvaluator() => _table = new WorldTable(FileTableMemory.Create(Path.Combine(_folder, "table"), WorldTable.Owner, WorldTable.Size));

    public ProcessFacts Process => ProcessFacts.None;

    public void Load(World world) => _table.Load(world);

    public Answer[] Ask(IReadOnlyList<Question> questions) => [.. questions.Select(Ask)];

    public void Dispose()
    {
        _table.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Answer Ask(Question question)
    {
        var clock = new TableQuestion.Clock(question.Moment.UnixNanoseconds, _table.Contact + question.Moment.SilenceNanoseconds);
        var answer = TableQuestion.Ask(
            _table.Memory.Bytes, question.Flag, new EvaluationContext(question.TargetingKey, CallerFacts.Of(question.Attributes)), clock);
        return _table.Read(question.Flag, answer.Reason, answer.Variant);
    }
}
