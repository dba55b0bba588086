using Fabric.Flags.Definitions;
using Fabric.Flags.Targeting;

namespace Fabric.Flags.Compilation;

/// <summary>
/// Turns a rule into nodes. There are no values of expressions at run time, only ways: whatever takes an expression's value
/// is made once for each way that the expression can end, and the same ends are made but once.
/// </summary>
/// <remarks>
/// A node's successors are made before it, so an expression is given what comes after it: the two ends of a test, or, for
/// a value, a function from where it ends to what is done then. `depth` is the first register that is free.
/// </remarks>
internal sealed partial class ExpressionCompiler
{
    /// <summary>Parts of the rule that are looked at, each as often as something is made for it. No rule of few enough steps needs as many.</summary>
    private const int MaxVisits = 65_536;

    /// <summary>Values within values, one after the other. Each needs a step of its own, so no rule of few enough steps needs as many.</summary>
    private const int MaxNesting = Limits.ProgramSteps;

    private readonly FlagDefinition _definition;
    private readonly FactTable _facts;
    private readonly Leaf _bucketingName;
    private readonly ProgramBuilder _nodes = new();
    private readonly Node _pass;
    private readonly Node _fail;
    private readonly Dictionary<Expression.ListLiteral, ConstantSet> _sets = new(ReferenceEqualityComparer.Instance);
    private string? _httpOnly;
    private int _visits;
    private int _nesting;

    /// <param name="definition">What the flag says.</param>
    /// <param name="flagKey">The flag's key; null while it is not known.</param>
    /// <param name="host">The host that the program is for; null while it is not known.</param>
    internal ExpressionCompiler(FlagDefinition definition, string? flagKey, HostFacts? host)
    {
        _definition = definition;
        _facts = new FactTable(flagKey, host);
        _bucketingName = Leaf.Of(Scalar.Of(definition.Salt ?? flagKey ?? new string('k', Limits.KeyBytes)));
        _pass = _nodes.Make(new NodeContent(StepOp.Pass), "/targeting");
        _fail = _nodes.Make(new NodeContent(StepOp.Fail), "/targeting");
    }

    internal Compilation Run()
    {
        var first = _definition.Targeting is { } rule ? Value(rule, 0, (leaf, _) => Result(leaf, rule.Place)) : _pass;
        if (_httpOnly is not null)
            return new Compilation(null, _httpOnly);
        var (program, beyond) = ProgramAssembly.Of(first, _facts.UsesHost);
        return new Compilation(program, beyond is null ? null : $"/targeting: {beyond}");
    }

    /// <summary>What a rule's value says: a variant, nothing, or an error.</summary>
    private Node Result(Leaf leaf, string place)
    {
        if (!leaf.IsOperand)
            return RefuseLiteral(leaf);
        if (leaf.Kind == LeafKind.Fact)
            return Make(new NodeContent(StepOp.Select) { Left = leaf }, place);
        if (leaf.Is(ScalarType.Null))
            return _pass;
        var name = leaf.IsConstant ? ResultNames.NameOf(leaf.Value) : null;
        var index = name is null ? -1 : DefinitionParser.IndexOf(_definition.Variants, name);
        return index < 0 ? _fail : Make(new NodeContent(StepOp.Give) { Number = index }, place);
    }

    private Node Make(NodeContent content, string place)
    {
        if (_nodes.Count > MaxVisits)
            return RefuseSize();
        return _nodes.Make(content, place);
    }

    /// <summary>Notes the first reason why the rule is evaluated over HTTP only. What is made from then on is thrown away.</summary>
    private Node Refuse(string place, string because)
    {
        _httpOnly ??= $"{place}: {because}";
        return _fail;
    }

    private Node RefuseSize() => Refuse("/targeting", $"it has more than {Limits.ProgramSteps} steps");

    private Node RefuseLiteral(Leaf leaf) => Refuse(leaf.Literal!.Place, leaf.Kind == LeafKind.List
        ? "a list as a value is evaluated over HTTP only"
        : "\"cat\" is evaluated over HTTP only, but as the bucketing value of a \"fractional\"");

    private bool MayVisit()
    {
        if (++_visits > MaxVisits)
            RefuseSize();
        return _httpOnly is null;
    }
}
