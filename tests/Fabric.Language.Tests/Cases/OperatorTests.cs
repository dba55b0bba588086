namespace Fabric.Language.Tests.Cases;

/// <summary>Every operator on values that are missing, null, of the wrong type, empty, not ASCII, and of ten kilobytes.</summary>
public sealed class OperatorTests(Doors doors) : IClassFixture<Doors>
{
    private const string Yes = "yes", No = "no", Fails = "fails";

    /// <summary>Of each operator: a condition over `a`, and what it comes to for each of the inputs, in their order.</summary>
    private static readonly (string Condition, string[] Expected)[] Operators =
    [
        //                                            missing null  true   7      1.5    ""     "ä😀"  10 KB  list   []     object
        ("""{"if":[{"var":"a"},true,false]}""",       [No,    No,   Yes,   Yes,   Yes,   No,    Yes,   Yes,   Yes,   No,    Yes]),
        ("""{"!":[{"var":"a"}]}""",                   [Yes,   Yes,  No,    No,    No,    Yes,   No,    No,    No,    Yes,   No]),
        ("""{"!!":[{"var":"a"}]}""",                  [No,    No,   Yes,   Yes,   Yes,   No,    Yes,   Yes,   Yes,   No,    Yes]),
        ("""{"and":[{"var":"a"},true]}""",            [No,    No,   Yes,   Yes,   Yes,   No,    Yes,   Yes,   Yes,   No,    Yes]),
        ("""{"or":[false,{"var":"a"}]}""",            [No,    No,   Yes,   Yes,   Yes,   No,    Yes,   Yes,   Yes,   No,    Yes]),
        ("""{"==":[{"var":"a"},7]}""",                [No,    No,   No,    Yes,   No,    No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"var":"a"},""]}""",               [No,    No,   No,    No,    No,    Yes,   No,    No,    Fails, Fails, Fails]),
        ("""{"!=":[{"var":"a"},null]}""",             [No,    No,   Yes,   Yes,   Yes,   Yes,   Yes,   Yes,   Fails, Fails, Fails]),
        ("""{"===":[{"var":"a"},"ä😀"]}""",           [No,    No,   No,    No,    No,    No,    Yes,   No,    No,    No,    No]),
        ("""{"!==":[{"var":"a"},1.5]}""",             [Yes,   Yes,  Yes,   Yes,   No,    Yes,   Yes,   Yes,   Yes,   Yes,   Yes]),
        ("""{"<":[{"var":"a"},2]}""",                 [Yes,   Yes,  Yes,   No,    Yes,   Yes,   Fails, Fails, Fails, Fails, Fails]),
        ("""{"<=":[0,{"var":"a"},2]}""",              [Yes,   Yes,  Yes,   No,    Yes,   Yes,   Fails, Fails, Fails, Fails, Fails]),
        ("""{">":[{"var":"a"},"z"]}""",               [No,    No,   Fails, Fails, Fails, No,    Yes,   No,    Fails, Fails, Fails]),
        ("""{">=":[{"var":"a"},"\uffff"]}""",         [No,    No,   Fails, Fails, Fails, No,    No,    No,    Fails, Fails, Fails]),
        ("""{"in":[{"var":"a"},["ä😀",7,null,true]]}""", [Yes, Yes, Yes,   Yes,   No,    No,    Yes,   No,    No,    No,    No]),
        ("""{"in":["x",{"var":"a"}]}""",              [No,    No,   Fails, Fails, Fails, No,    No,    Yes,   Yes,   No,    Fails]),
        ("""{"in":[{"var":"a"},"7 äö ä😀 1.5 true null"]}""", [Yes, Yes, Yes, Yes, Yes,  Yes,   Yes,   No,    Fails, Fails, Fails]),
        ("""{"missing":["a"]}""",                     [Yes,   Yes,  No,    No,    No,    No,    No,    No,    No,    No,    No]),
        ("""{"===":[{"var":["a","d"]},"d"]}""",       [Yes,   Yes,  No,    No,    No,    No,    No,    No,    No,    No,    No]),
        ("""{"starts_with":[{"var":"a"},"ä"]}""",     [No,    No,   No,    No,    No,    No,    Yes,   No,    No,    No,    No]),
        ("""{"===":[{"ends_with":[{"var":"a"},"x"]},null]}""", [Yes, Yes, Yes, Yes, Yes, No,    No,    No,    Yes,   Yes,   Yes]),
        ("""{"sem_ver":[{"var":"a"},">=","1.5.0"]}""", [No,   No,   No,    Yes,   Yes,   No,    No,    No,    No,    No,    No]),
        ("""{"===":[{"sem_ver":[{"var":"a"},"^","7.1.0"]},null]}""", [Yes, Yes, Yes, No, No, Yes, Yes, Yes,   Yes,   Yes,   Yes]),
        ("""{"==":[{"+":[{"var":"a"},1]},8]}""",      [No,    No,   No,    Yes,   Fails, No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"-":[{"var":"a"}]},-7]}""",       [No,    No,   No,    Yes,   Fails, No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"*":[{"var":"a"},2]},14]}""",     [No,    No,   No,    Yes,   Fails, No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"/":[{"var":"a"},2]},3.5]}""",    [No,    No,   No,    Yes,   Fails, No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"/":[2,{"var":"a"}]},2]}""",      [Fails, Fails, Yes,  No,    Fails, Fails, Fails, Fails, Fails, Fails, Fails]),
        ("""{"==":[{"%":[{"var":"a"},4]},3]}""",      [No,    No,   No,    Yes,   Fails, No,    Fails, Fails, Fails, Fails, Fails]),
        ("""{"===":[{"fractional":[{"var":"a"},["x",1]]},"x"]}""", [Yes, Yes, No, No, No, Yes,  Yes,   Yes,   No,    No,    No]),
        ("""{"===":[{"fractional":[{"cat":["s",{"var":"a"}]},["x",1]]},"x"]}""", [Yes, Yes, Yes, Yes, Yes, Yes, Yes, Yes, Fails, Fails, Fails]),
        ("""{"===":[{"fractional":[["x",{"var":"a"}],["y",0]]},"x"]}""", [Yes, Yes, No, Yes, No, No, No, No, No, No, No]),
    ];

    private static readonly string[] Inputs =
    [
        "{}", """{"a":null}""", """{"a":true}""", """{"a":7}""", """{"a":1.5}""", """{"a":""}""", """{"a":"ä😀"}""",
        $$"""{"a":"{{new string('x', 10_240)}}"}""", """{"a":["x","y"]}""", """{"a":[]}""", """{"a":{"b":1}}""",
    ];

    public static TheoryData<string> Conditions() => [.. Operators.Select(static one => one.Condition)];

    [Theory]
    [MemberData(nameof(Conditions))]
    public void An_operator_does_what_the_document_says(string condition)
    {
        var (_, expected) = Assert.Single(Operators, one => one.Condition == condition);
        var answers = doors.Answers(
            $$$"""{"state":"ENABLED","variants":{"yes":true,"no":false},"targeting":{"if":[{{{condition}}},"yes","no"]}}""",
            [.. Inputs.Select(static input => ((string?)"ann", input))]);

        Assert.Equal(expected, answers.Select(static answer => answer.Variant ?? (answer.Reason == Reason.Error ? Fails : "nothing")));
    }

    [Theory]
    [InlineData("\"yes\"", "yes", Reason.TargetingMatch)]
    [InlineData("true", "true", Reason.TargetingMatch)]
    [InlineData("null", "default", Reason.Default)]
    [InlineData("\"other\"", null, Reason.Error)]
    [InlineData("7", null, Reason.Error)]
    [InlineData("[]", null, Reason.Error)]
    [InlineData("{}", null, Reason.Error)]
    [InlineData("\"\"", null, Reason.Error)]
    internal void A_result_that_the_caller_gives_names_a_variant(string value, string? variant, Reason reason) => Assert.Equal(
        new Answer(variant, reason),
        doors.Answer("""{"state":"ENABLED","variants":{"yes":1,"true":2,"default":3},"defaultVariant":"default","targeting":{"var":"a"}}""", $$"""{"a":{{value}}}"""));
}
