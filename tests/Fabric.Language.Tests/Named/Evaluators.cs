using Fabric.Language.Tests.Differential;
using Fabric.Language.Tests.Model;

namespace Fabric.Language.Tests.Named;

/// <summary>The model and both tables, for cases that all of them must answer as the document says.</summary>
public sealed class Evaluators : IDisposable
{
    private readonly Dictionary<string, IEvaluator> _made = new(StringComparer.Ordinal);

    /// <summary>The names of them.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["model", "table", "BPF program"];

    internal IEvaluator this[string name]
    {
        get
        {
            if (!_made.TryGetValue(name, out var evaluator))
            {
                _made[name] = evaluator = name switch
                {
                    "model" => new ModelEvaluator(),
                    "table" => new TableEvaluator(),
                    _ => new BpfEvaluator(),
                };
            }

            return evaluator;
        }
    }

    public void Dispose()
    {
        foreach (var evaluator in _made.Values)
            evaluator.Dispose();
    }
}
