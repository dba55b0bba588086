using System.Text.Json;
using Fabric.Language.Tests.Differential;
using Fabric.Language.Tests.Generator;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Cases;

/// <summary>The model, the table in this process, and the table inside of a BPF program, asked the same.</summary>
public sealed class Doors : IDisposable
{
    private readonly IEvaluator[] _all = Environment.IsPrivilegedProcess
        ? [new ModelEvaluator(), new TableEvaluator(), new BpfEvaluator()]
        : [new ModelEvaluator(), new TableEvaluator()];

    /// <summary>What each of them answers, which is the same.</summary>
    internal Answer Answer(string definition, string attributes, string? key = "ann", ulong? now = null) =>
        Answers(definition, [(key, attributes)], now)[0];

    internal Answer[] Answers(string definition, IReadOnlyList<(string? Key, string Attributes)> callers, ulong? now = null)
    {
        var world = World.Of(Host.Plain, ("f", definition));
        var questions = callers.Select(caller =>
            new Question("f", caller.Key, JsonElement.Parse(caller.Attributes), new Moment(now ?? Worlds.Epoch))).ToArray();
        var answers = new List<Answer[]>();
        foreach (var door in _all)
        {
            door.Load(world);
            answers.Add(door.Ask(questions));
        }

        Assert.All(answers, own => Assert.Equal(answers[0], own));
        return answers[0];
    }

    public void Dispose()
    {
        foreach (var door in _all)
            door.Dispose();
    }
}
