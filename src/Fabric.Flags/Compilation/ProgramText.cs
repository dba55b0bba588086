using System.Text;

namespace Fabric.Flags.Compilation;

/// <summary>A program for people to read: one line a step, such as <c>3 compare == plan "pro" ? 4 : 5</c>.</summary>
public static class ProgramText
{
    private static readonly string[] Comparisons = ["==", "!=", "===", "!==", "<", "<=", ">", ">="];
    private static readonly string[] VersionComparisons = ["=", "!=", "<", "<=", ">", ">=", "^", "~"];
    private static readonly string[] Singles = ["null", "false", "true"];
    private static readonly string[] Calculations = ["+", "-", "*", "/", "%"];

    public static string Of(DecisionProgram program)
    {
        var text = new StringBuilder();
        for (var i = 0; i < program.Steps.Length; i++)
            text.Append(i).Append(' ').Append(Of(program, i)).Append('\n');
        return text.ToString();
    }

    /// <summary>One step, without its number.</summary>
    public static string Of(DecisionProgram program, int index)
    {
        var step = program.Steps[index];
        var (left, right) = (Name(program, step.Left), Name(program, step.Right));
        return step.Op switch
        {
            StepOp.Give => $"give {step.Extra}",
            StepOp.Pass => "pass",
            StepOp.Fail => "fail",
            StepOp.Select => $"select {left}",
            StepOp.Truth => $"true {left} ? {step.Yes} : {step.No}",
            StepOp.Absent => $"absent {left} ? {step.Yes} : {step.No}",
            StepOp.Compare => $"{left} {Comparisons[step.How]} {right} ? {step.Yes} : {step.No}",
            StepOp.InSet => $"{left} in {Members(program.Sets[step.Extra])} ? {step.Yes} : {step.No}",
            StepOp.In => $"{left} in {right} ? {step.Yes} : {step.No}",
            StepOp.StartsWith => $"{left} starts {right} ? {step.Yes} : {step.No} : {step.Neither}",
            StepOp.EndsWith => $"{left} ends {right} ? {step.Yes} : {step.No} : {step.Neither}",
            StepOp.Version => $"{left} version {VersionComparisons[step.How]} {Version(program, step, right)} ? {step.Yes} : {step.No} : {step.Neither}",
            StepOp.Calculate => $"r{step.Extra} = {left} {Calculations[step.How]} {right} -> {step.Yes}",
            StepOp.HashBegin => $"hash {left} -> {step.Yes}",
            StepOp.HashKey => $"hash key ? {step.Yes} : {step.No}",
            StepOp.HashString => $"hash string {left} ? {step.Yes} : {step.No} : {step.Neither}",
            StepOp.HashText => $"hash text {left} -> {step.Yes}",
            StepOp.Bucket => $"bucket {Buckets(program.Buckets[step.Extra])}",
            _ => $"weigh {Weights(program, program.Weights[step.Extra])} : {step.No}",
        };
    }

    private static string Name(DecisionProgram program, Operand operand) => operand.Kind switch
    {
        OperandKind.Fact => program.Facts[operand.Index] is { Source: FactSource.Attribute } fact ? fact.Name : $"@{program.Facts[operand.Index].Source}",
        OperandKind.Constant => program.Constants[operand.Index].ToString(),
        OperandKind.Register => $"r{operand.Index}",
        _ => "",
    };

    private static string Members(ConstantSet set) =>
        $"[{string.Join(' ', set.Members.Select(static member => member.ToString()).Concat(Others(set.Others)))}]";

    private static IEnumerable<string> Others(byte others) =>
        Singles.Where((_, bit) => (others >> bit & 1) != 0);

    private static string Version(DecisionProgram program, ProgramStep step, string right) => step.Extra < 0
        ? right
        : program.Versions[step.Extra] is { Prerelease: { Length: > 0 } } version
            ? $"{version.Major}.{version.Minor}.{version.Patch}-{version.Prerelease}"
            : $"{program.Versions[step.Extra].Major}.{program.Versions[step.Extra].Minor}.{program.Versions[step.Extra].Patch}";

    private static string Buckets(BucketTable table) => string.Join(' ', table.Ends.Zip(table.Steps, static (end, step) => $"<{end}:{step}"));

    private static string Weights(DecisionProgram program, WeightTable table) =>
        string.Join(' ', table.Weights.Zip(table.Steps, (weight, step) => $"{Name(program, weight)}:{step}"));
}
