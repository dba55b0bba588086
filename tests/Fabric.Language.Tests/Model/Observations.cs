namespace Fabric.Language.Tests.Model;

/// <summary>
/// Where docs/flag-language.md says something else than flagd's JavaScript core does. The model notes each place it comes
/// by, so that a comparison with that core leaves out exactly the answers that may differ.
/// </summary>
internal enum Departure
{
    /// <summary>A `fractional` whose value is null divides by key and targeting key, as flagd's Go core does; JavaScript gives null.</summary>
    NullSeed,

    /// <summary>A `fractional` whose value is a list has none; JavaScript takes the list for a bucket.</summary>
    ListSeed,

    /// <summary>What a bucket's variant gives is the result, of whatever type; flagd gives null where any is a list or an object.</summary>
    ListVariant,

    /// <summary>A weight of null is 1, as in flagd's Go core; JavaScript gives null.</summary>
    NullWeight,

    /// <summary>Texts are hashed as UTF-8, as flagd's other cores do; JavaScript's hash takes UTF-16 for bytes.</summary>
    NonAsciiHashed,

    /// <summary>A fact of null is missing; in JavaScript it is there.</summary>
    MissingNull,

    /// <summary>A default stands for a fact of null, too; JavaScript does so where it compiles, and not where it interprets.</summary>
    DefaultForNull,

    /// <summary>
    /// Nothing is inside of a string, a number or a boolean; JavaScript finds characters in strings, and, interpreting,
    /// gives "", 0 and false themselves.
    /// </summary>
    InsideOfScalar,

    /// <summary>Calculations are of integers; JavaScript's are of doubles.</summary>
    IntegersOnly,

    /// <summary>A list cannot be calculated with; JavaScript calculates with its elements where it is the only operand.</summary>
    ListCalculated,

    /// <summary>The string is no number here, but in JavaScript: 0x10, Infinity, too many digits, white space beyond ASCII.</summary>
    NumberRefused,

    /// <summary>Lists, objects and numbers with an exponent or too many digits are not written as text; JavaScript writes them.</summary>
    TextRefused,

    /// <summary>`cat` writes null as nothing; JavaScript fails where it is all there is, and writes null where it compiles.</summary>
    NullWritten,

    /// <summary>A list or an object is never the same as anything; in JavaScript it is the same as itself.</summary>
    NeverSame,

    /// <summary>An object is true; in JavaScript not an empty one.</summary>
    EmptyObject,

    /// <summary>A list is true where it has elements; `!` and `!!` in JavaScript, interpreting, look at the first one.</summary>
    ListNegated,

    /// <summary>
    /// A version has one `v` at most, no white space around it, and is in no list; of what is too long for one,
    /// JavaScript takes a part.
    /// </summary>
    LooseVersion,

    /// <summary>A result of another type than string or boolean names nothing; JavaScript writes it as text.</summary>
    ResultAsText,

    /// <summary>What is not reached does not fail; JavaScript evaluates constants ahead, and the rule fails for everybody.</summary>
    ConstantFails,

    /// <summary>A targeting key of more than 255 bytes counts as none.</summary>
    LongTargetingKey,
}

/// <summary>What evaluations came by.</summary>
internal sealed class Observations
{
    /// <summary>Of the last answer.</summary>
    internal HashSet<Departure> Departures { get; } = [];

    /// <summary>How often each operator was evaluated, by its name.</summary>
    internal Dictionary<string, long> Operators { get; } = new(StringComparer.Ordinal);

    /// <summary>Conditions of `if` that held.</summary>
    internal long ConditionsMet { get; private set; }

    /// <summary>Conditions of `if` that did not.</summary>
    internal long ConditionsMissed { get; private set; }

    internal void See(bool condition)
    {
        if (condition)
            ConditionsMet++;
        else
            ConditionsMissed++;
    }

    internal void See(string op) => Operators[op] = Operators.GetValueOrDefault(op) + 1;

    internal void See(Departure departure, bool when = true)
    {
        if (when)
            Departures.Add(departure);
    }
}
