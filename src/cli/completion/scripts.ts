/**
 * What a shell reads once, by itself small: each asks `pipeline complete-words`, whose first line says whether the shell is to complete
 * files or folders too, and whose others are a word, a tab, and what it is. A word is handed over as an argument, and never read as a
 * program's text, so that one that is half written executes nothing.
 */
export const scripts = {
  // Without what the bash 3.2 of macOS lacks, such as `mapfile`; its lack of `compopt` goes unsaid.
  bash: `# pipeline: completion for bash. For all shells to come: echo 'source <(pipeline completion bash)' >> ~/.bashrc
_pipeline() {
  COMPREPLY=()
  # bash breaks words at = : and @ as well; they belong together where no space is between them.
  local rest=$COMP_LINE word gap i count=0 words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%[![:space:]]*}
    rest=\${rest#"$gap"}
    if [[ -n $gap || $i -eq 0 || -z $COMP_LINE ]]; then
      words[count]=$word
      count=$((count + 1))
    else
      words[count - 1]+=$word
    fi
    rest=\${rest#"$word"}
  done
  local current=\${words[count - 1]} paths line open=1
  # What stands before the last of the breaks stays as it is.
  local before=
  for i in = : @; do
    if [[ $COMP_WORDBREAKS == *$i* && $current == *$i* ]]; then
      word=\${current%"$i"*}$i
      [[ \${#word} -gt \${#before} ]] && before=$word
    fi
  done
  {
    IFS= read -r paths
    while IFS= read -r line; do
      word=\${line%%$'\\t'*}
      [[ $word == *[=/] ]] || open=0
      word=\${word#"$before"}
      [[ $current == [\\"\\']* ]] || printf -v word %q "$word"
      COMPREPLY[\${#COMPREPLY[@]}]=$word
    done
  } < <("\${words[0]}" complete-words bash -- "\${words[@]:1}" 2>/dev/null)
  case $paths in
    files) compopt -o default 2>/dev/null ;;
    folders) compopt -o dirnames 2>/dev/null ;;
    *)
      [[ \${#COMPREPLY[@]} -eq 0 || $open -eq 0 ]] || compopt -o nospace 2>/dev/null
      compopt -o nosort 2>/dev/null
      ;;
  esac
  return 0
}
complete -F _pipeline pipeline
`,
  zsh: `#compdef pipeline
# pipeline: completion for zsh. For all shells to come: echo 'source <(pipeline completion zsh)' >> ~/.zshrc
_pipeline() {
  local paths line word
  local -a lines whole wholeShown open openShown before
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  lines=("\${(@f)$("\${(Q)words[1]}" complete-words zsh -- "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  paths=$lines[1]
  shift lines
  for line in "\${lines[@]}"; do
    word=\${line%%$'\\t'*}
    [[ $line == *$'\\t'* ]] && line="$word  -- \${line#*$'\\t'}"
    if [[ $word == *[=/] ]]; then
      open+=("$word")
      openShown+=("$line")
    else
      whole+=("$word")
      wholeShown+=("$line")
    fi
  done
  (( $#whole )) && compadd -V pipeline -l -d wholeShown -a whole
  (( $#open )) && compadd -V pipeline-open -S '' -l -d openShown -a open
  case $paths in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ $funcstack[1] == _pipeline ]]; then
  _pipeline "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _pipeline pipeline
fi
`,
  fish: `# pipeline: completion for fish. For all shells to come: pipeline completion fish > ~/.config/fish/completions/pipeline.fish
function __pipeline_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] complete-words fish -- $words[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
    end
    printf '%s\\n' $lines[2..-1]
end
complete -c pipeline -e
complete -c pipeline -f -k -a '(__pipeline_words)'
`,
} as const;

export type Shell = keyof typeof scripts;

export const shells = Object.keys(scripts) as readonly Shell[];

/** A word as the person wrote it, without its quotes; the last one may still be open. */
export function unquoted(word: string): string {
  return word.replace(
    /'([^']*)(?:'|$)|"((?:[^"\\]|\\.)*)(?:"|\\?$)|\\(.)|\\$/gs,
    (_, single?: string, double?: string, one?: string) => {
      return single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? one ?? '';
    },
  );
}
