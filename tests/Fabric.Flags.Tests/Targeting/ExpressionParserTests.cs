using Fabric.Flags.Definitions;

namespace Fabric.Flags.Tests.Targeting;

public sealed class ExpressionParserTests
{
    [Theory]
    [InlineData("""{"nope":[1]}""", "/targeting/nope: there is no such operator")]
    [InlineData("""{"ends_wth":["a","b"]}""", "/targeting/ends_wth: there is no such operator; did you mean \"ends_with\"?")]
    [InlineData("""{"==":[1,2],"!=":[1,2]}""", "/targeting/!=: a rule holds one operator, and \"==\" stands there already")]
    [InlineData("""{"if":[{},"on"]}""", "/targeting/if/0: an empty object is no rule")]
    [InlineData("""{"if":[]}""", "/targeting/if: takes at least 1 argument, and here are 0")]
    [InlineData("""{"if":true}""", "/targeting/if: takes an array of at least 1 argument, not a boolean")]
    [InlineData("""{"and":[]}""", "/targeting/and: takes at least 1 argument")]
    [InlineData("""{"or":"on"}""", "/targeting/or: takes an array of at least 1 argument, not a string")]
    [InlineData("""{"==":[1]}""", "/targeting/==: takes 2 arguments, and here are 1")]
    [InlineData("""{"===":[1,2,3]}""", "/targeting/===: takes 2 arguments, and here are 3")]
    [InlineData("""{">":[1,2,3]}""", "/targeting/>: takes 2 arguments")]
    [InlineData("""{"<":[1]}""", "/targeting/<: takes 2 to 3 arguments")]
    [InlineData("""{"<=":[1,2,3,4]}""", "/targeting/<=: takes 2 to 3 arguments")]
    [InlineData("""{"in":["a"]}""", "/targeting/in: takes 2 arguments")]
    [InlineData("""{"/":[1]}""", "/targeting/~1: takes 2 arguments")]
    [InlineData("""{"%":[1,2,3]}""", "/targeting/%: takes 2 arguments")]
    [InlineData("""{"*":[1]}""", "/targeting/*: takes at least 2 arguments")]
    [InlineData("""{"+":[]}""", "/targeting/+: takes at least 1 argument")]
    [InlineData("""{"cat":"on"}""", "/targeting/cat: takes an array")]
    [InlineData("""{"substr":["a"]}""", "/targeting/substr: takes 2 to 3 arguments")]
    [InlineData("""{"map":[[1]]}""", "/targeting/map: takes 2 arguments")]
    [InlineData("""{"reduce":[[1],2]}""", "/targeting/reduce: takes 3 arguments")]
    [InlineData("""{"max":[]}""", "/targeting/max: takes at least 1 argument")]
    [InlineData("""{"missing":"a"}""", "/targeting/missing: takes an array of names")]
    [InlineData("""{"missing":["a",1]}""", "/targeting/missing: takes an array of names")]
    [InlineData("""{"missing_some":[1]}""", "/targeting/missing_some: takes [number, [names]]")]
    [InlineData("""{"missing_some":["1",["a"]]}""", "/targeting/missing_some: takes [number, [names]]")]
    [InlineData("""{"missing_some":[1,"a"]}""", "/targeting/missing_some/1: takes an array of names")]
    [InlineData("""{"var":"$flagd.user"}""", "/targeting/var: of the names that start with \"$flagd.\"")]
    [InlineData("""{"var":{"nope":[]}}""", "/targeting/var/nope: there is no such operator")]
    [InlineData("""{"starts_with":["a"]}""", "/targeting/starts_with: takes 2 arguments")]
    [InlineData("""{"starts_with":["a",1]}""", "/targeting/starts_with/1: must be a string or a rule")]
    [InlineData("""{"ends_with":[["a"],"b"]}""", "/targeting/ends_with/0: must be a string or a rule")]
    [InlineData("""{"sem_ver":["1.0.0","="]}""", "/targeting/sem_ver: takes [version, operator, version]")]
    [InlineData("""{"sem_ver":["1.0.0","==","1.0.0"]}""", "/targeting/sem_ver/1: must be one of")]
    [InlineData("""{"sem_ver":["1.0.0",1,"1.0.0"]}""", "/targeting/sem_ver/1: must be one of")]
    [InlineData("""{"sem_ver":["v1.0.0","=","1.0.0"]}""", "/targeting/sem_ver/0: must be a version")]
    [InlineData("""{"sem_ver":[{"var":"v"},"=","1.0"]}""", "/targeting/sem_ver/2: must be a version")]
    [InlineData("""{"sem_ver":[{"cat":["1"]},"=","1.0.0"]}""", "/targeting/sem_ver/0: must be a version")]
    [InlineData("""{"sem_ver":[{"var":"v"},"=","1.0.01"]}""", "/targeting/sem_ver/2: must be a version")]
    [InlineData("""{"fractional":{"on":1}}""", "/targeting/fractional: must be a non-empty array")]
    [InlineData("""{"fractional":["on",50]}""", "/targeting/fractional/0: must be [variant, weight], or a rule")]
    [InlineData("""{"fractional":[{"var":"email"}]}""", "/targeting/fractional: has no [variant, weight]")]
    [InlineData("""{"fractional":[["on",1],"off"]}""", "/targeting/fractional/1: must be [variant]")]
    [InlineData("""{"fractional":[["on",1],["off",null]]}""", "/targeting/fractional/1/1: a weight is a whole number")]
    [InlineData("""{"fractional":[["on",{"nope":1}]]}""", "/targeting/fractional/0/1/nope: there is no such operator")]
    [InlineData("""{"if":[{"$ref":"staff"},"on"]}""", "/targeting/if/0/$ref: a reference needs the file it stands in: import the file")]
    [InlineData("""{"if":[true,"maybe"]}""", "/targeting/if/1: names \"maybe\", which is not among the variants")]
    [InlineData("""{"if":[{"var":"a"},"on",true]}""", "/targeting/if/2: names \"true\", which is not among the variants")]
    [InlineData("""{"and":[{"var":"a"},"maybe"]}""", "/targeting/and/1: names \"maybe\"")]
    [InlineData("""{"or":["maybe","on"]}""", "/targeting/or/0: names \"maybe\"")]
    [InlineData("""{"fractional":[["on",1],[{"fractional":[["maybe",1]]},1]]}""", "/targeting/fractional/1/0/fractional/0/0: names \"maybe\"")]
    public void What_the_schema_or_the_variants_refuse_is_refused_with_its_place(string targeting, string reason)
    {
        var (definition, problems) = Rules.Parse(targeting);

        Assert.Null(definition);
        Assert.Contains(problems, problem => problem.ToString().StartsWith(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"if":["on"]}""")]
    [InlineData("""{"and":["maybe","on"]}""")]
    [InlineData("""{"!":{"var":"a"}}""")]
    [InlineData("""{"!!":["a","b"]}""")]
    [InlineData("""{"missing":[]}""")]
    [InlineData("""{"var":["plan","free"]}""")]
    [InlineData("""{"var":"$flagd.timestamp"}""")]
    [InlineData("""{"var":1}""")]
    [InlineData("""{"sem_ver":["1.2.3-rc.1+build","~",{"var":"v"}]}""")]
    [InlineData("""{"fractional":[{"var":"email"},["on",{"var":"w"}],[null],[true,0]]}""")]
    [InlineData("""{"fractional":[["on",25.0],["off",75]]}""")]
    [InlineData("""{"if":[{"==":[{"var":"a"},"maybe"]},"on","off"]}""")]
    public void What_the_schema_takes_is_taken(string targeting)
    {
        var json = Rules.Json(targeting).Replace("\"off\":false", "\"off\":false,\"true\":true", StringComparison.Ordinal);

        Assert.Empty(DefinitionProblems(json));
    }

    [Fact]
    public void Everything_that_is_wrong_in_a_rule_is_said_at_once()
    {
        var (_, problems) = Rules.Parse("""{"if":[{"==":[1]},"maybe",{"nope":1},"on",{"starts_with":[1,2]},"off"]}""");

        Assert.Equal(
            ["/targeting/if/0/==", "/targeting/if/1", "/targeting/if/2/nope", "/targeting/if/4/starts_with/0", "/targeting/if/4/starts_with/1"],
            problems.Select(static problem => problem.Path).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> DefinitionProblems(string json) =>
        DefinitionParser.Parse(System.Text.Encoding.UTF8.GetBytes(json)).Problems.Select(static problem => problem.ToString());
}
