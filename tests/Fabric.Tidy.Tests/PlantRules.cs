using System.Text.RegularExpressions;

namespace Fabric.Tidy.Tests;

/// <summary>Bugs on purpose stand in no build that is shipped, and each is shown to be found.</summary>
public sealed class PlantRules
{
    private const string Condition = "#if FABRIC_PLANTS";

    [Fact]
    public void A_planted_bug_stands_behind_its_condition_alone()
    {
        var offences = new List<string>();
        foreach (var path in Sources.Of("", ".cs").Where(static path => !path.StartsWith("tests/", StringComparison.Ordinal)))
        {
            var planted = false;
            foreach (var (number, text) in Sources.Lines(path))
            {
                planted = text.StartsWith(Condition, StringComparison.Ordinal) || (planted && !text.StartsWith("#e", StringComparison.Ordinal));
                if (!planted && Regex.IsMatch(text, @"\bPlant\.Is\(|class Plant\b"))
                    offences.Add($"{path}:{number}: {text.Trim()}");
            }
        }

        Assert.Empty(offences);
    }

    [Fact]
    public void Only_one_script_builds_with_planted_bugs() => Assert.Equal(
        ["chaos/plants.sh"],
        from path in Sources.Of("", ".sh", ".csproj", ".props", ".yml", ".json")
        where Sources.Lines(path).Any(static line => line.Text.Contains("FabricPlants=true", StringComparison.Ordinal) || line.Text.Contains("<FabricPlants>", StringComparison.Ordinal))
        select path);

    [Fact]
    public void Every_planted_bug_is_one_that_the_script_shows_to_be_found()
    {
        var planted = from path in Sources.Of("src/", ".cs")
                      from line in Sources.Lines(path)
                      from Match name in Regex.Matches(line.Text, @"Plant\.Is\(""([a-z-]+)""\)")
                      select name.Groups[1].Value;
        var shown = from line in Sources.Lines("chaos/plants.sh")
                    let name = Regex.Match(line.Text, @"^([a-z]+(?:-[a-z]+)+) +[a-z,-]+ +[a-z|-]+ +[0-9.]+$")
                    where name.Success
                    select name.Groups[1].Value;
        Assert.Equal(planted.Distinct().Order(), shown.Order());
        Assert.InRange(shown.Count(), 14, int.MaxValue);
    }
}
