using System.CommandLine;

namespace Fabric.Cli.Completion;

/// <summary><c>fabric completion</c>: what a shell needs to complete the command line.</summary>
internal static class CompletionCommand
{
    private const string About =
        """
        Print the script by which a shell completes commands, options, and the keys of flags as they are right now.

        Examples:
          fabric completion bash > /etc/bash_completion.d/fabric
          fabric completion zsh > ~/.zfunc/_fabric           with ~/.zfunc in fpath
          fabric completion fish > ~/.config/fish/completions/fabric.fish
        """;

    // Everything is asked of the command itself, so that the scripts never grow old.
    private const string Bash =
        """
        _fabric() {
            local word=${COMP_WORDS[COMP_CWORD]}
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(fabric "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _fabric fabric
        """;

    private const string Zsh =
        """
        #compdef fabric
        _fabric() {
            local -a found
            found=("${(@f)$(fabric "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a found
        }
        compdef _fabric fabric
        """;

    private const string Fish =
        """
        complete -c fabric -f -a '(fabric "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
        """;

    public static Command Build(Terminal terminal)
    {
        var command = new Command("completion", About);
        foreach (var (shell, script) in ((string, string)[])[("bash", Bash), ("zsh", Zsh), ("fish", Fish)])
        {
            var one = new Command(shell, $"Print the script for {shell}.");
            one.SetAction(async (_, token) =>
            {
                await terminal.Out.WriteLineAsync(script.AsMemory(), token);
                return ExitCode.Ok;
            });
            command.Subcommands.Add(one);
        }

        return command;
    }
}
