using System.Buffers;
using System.Text;
using System.Text.Json;
using Fabric.Flags.Compilation;
using Fabric.Flags.State;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Fabric.Node.Evaluation;

/// <summary>json-logic-engine with flagd's operators, in a JavaScript interpreter that reaches nothing else. One thread at a time.</summary>
internal sealed class RuleEngine : IDisposable
{
    private const string FirstRule =
        """{"if":[{"some":[[1],{"==":[{"var":""},2]}]},{"fractional":[{"cat":["a","b"]},["on",1],["off",1]]},{"sem_ver":["1.0.0","=","1.0.0"]}]}""";

    private static readonly Prepared<Acornima.Ast.Script> Library = Engine.PrepareScript(
        "(function (exports) {" + Resource("json-logic-engine.js") + "\nreturn exports })({})");

    private static readonly Prepared<Acornima.Ast.Script> Rules = Engine.PrepareScript(Resource("rules.js"));

    private readonly RuleDeadline _deadline = new();
    private readonly Engine _engine;
    private readonly Dictionary<object, JsValue> _parsed = new(ReferenceEqualityComparer.Instance);
    private readonly JsValue _evaluate;
    private int _parsedBytes;

    public RuleEngine()
    {
        _engine = new Engine(options => Configure(options, _deadline));
        var murmur = new ClrFunction(_engine, "murmur", static (_, arguments) => Murmur3.Hash(arguments[0].AsString()));
        _evaluate = _engine.Invoke(_engine.Evaluate(Rules), _engine.Evaluate(Library), murmur);
        // The first rule of an engine pays for much that later ones do not, and nobody's flag should fail for that.
        _engine.Invoke(_evaluate, Parse(FirstRule), new JsObject(_engine), Parse("""{"top":{},"host":{"labels":{}}}"""), "");
        _deadline.Asleep = false;
    }

    /// <summary>Evaluations that were begun.</summary>
    public int Uses { get; private set; }

    /// <summary>It was left in the middle of something and must not be used again.</summary>
    public bool Broken { get; private set; }

    /// <summary>The name of the variant that the flag's targeting gives, null where it decides nothing, or why it fails.</summary>
    public (string? Variant, string? Failure) Run(Flag flag, Caller caller, HostFacts host, DateTimeOffset now)
    {
        Uses++;
        try
        {
            var given = caller.Given.ValueKind == JsonValueKind.Object ? Parse(caller.Given.GetRawText()) : new JsObject(_engine);
            var own = Parse(OwnFacts(flag.Key, caller, host, now));
            var result = _engine.Invoke(_evaluate, Rule(DefinitionTexts.Of(flag.Definition)), given, own, flag.Definition.Salt ?? flag.Key);
            return result switch
            {
                JsString name => (name.ToString(), null),
                { } none when none.IsNull() => (null, null),
                _ => (null, "targeting gives what names no variant"),
            };
        }
        catch (JavaScriptException thrown)
        {
            return (null, $"targeting fails: {Describe(thrown.Error)}");
        }
#pragma warning disable CA1031 // Whatever stops the interpreter, it is the rule's failure, and this engine's last evaluation.
        catch (Exception stopped)
#pragma warning restore CA1031
        {
            Broken = true;
            return (null, $"targeting was stopped: {stopped.Message}");
        }
    }

    public void Dispose() => _engine.Dispose();

    private static void Configure(Jint.Options options, RuleDeadline deadline) => options
        .Strict()
        .DisableStringCompilation()
        .LimitRecursion(RuleLimits.Depth)
        .LimitMemory(RuleLimits.Memory)
        .MaxStatements(RuleLimits.Statements)
        .Constraint(deadline)
        .RegexTimeoutInterval(RuleLimits.Time);

    /// <summary>The parsed rule: once for each revision of a flag, whose texts are one object.</summary>
    private JsValue Rule(DefinitionTexts texts)
    {
        if (_parsed.TryGetValue(texts, out var known))
            return known;
        var targeting = texts.Targeting!;
        if (_parsedBytes + targeting.Length > RuleLimits.ParsedBytes)
        {
            _parsed.Clear();
            _parsedBytes = 0;
        }

        _parsedBytes += targeting.Length;
        return _parsed[texts] = Parse(targeting);
    }

    private JsValue Parse(string json) => new JsonParser(_engine).Parse(json);

    /// <summary>The facts that no caller can overwrite.</summary>
    private static string OwnFacts(string key, Caller caller, HostFacts host, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("top");
            json.WriteString("targetingKey", caller.Facts.TargetingKey);
            json.WriteStartObject("$flagd");
            json.WriteString("flagKey", key);
            json.WriteNumber("timestamp", now.ToUnixTimeSeconds());
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("host");
            json.WriteString("name", host.Name);
            json.WriteStartObject("labels");
            foreach (var (name, value) in host.Labels)
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The engine throws NaN and plain objects with a type, as well as errors.</summary>
    private static string Describe(JsValue thrown) => thrown.IsNumber()
        ? "a value is no number"
        : thrown is JsObject plain && plain.Get("type") is JsString type ? type.ToString() : thrown.ToString();

    private static string Resource(string name)
    {
        using var stream = typeof(RuleEngine).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
