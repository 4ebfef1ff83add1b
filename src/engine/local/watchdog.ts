import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Kills the process groups of commands when this process is gone, however it went: a small shell that hears of it, because only
 * this process holds the other end of its pipe. It is told of a group before the group's command begins. One for all commands,
 * started with the first.
 */
export class Watchdog {
  readonly #groups = new Set<number>();
  #process: ChildProcess | undefined;

  /** Kept when the promise is: from then on the group does not outlive this process. */
  async guard(group: number): Promise<void> {
    this.#groups.add(group);
    if (this.#process === undefined) await this.#start();
    else await this.#tell(`+ ${group}\n`);
  }

  release(group: number): void {
    this.#groups.delete(group);
    void this.#tell(`- ${group}\n`);
  }

  close(): void {
    const process = this.#process;
    this.#process = undefined;
    process?.kill('SIGKILL');
  }

  async #start(): Promise<void> {
    const started = spawn('sh', ['-c', SCRIPT], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.#process = started;
    started.on('error', ignore);
    started.stdin.on('error', ignore);
    started.once('exit', () => {
      if (this.#process !== started) return;
      // Somebody ended it: another one takes over.
      this.#process = undefined;
      if (this.#groups.size > 0) void this.#start();
    });
    // It is there for this process, and does not keep it.
    started.unref();
    await this.#tell([...this.#groups].map((group) => `+ ${group}\n`).join(''));
  }

  #tell(text: string): Promise<void> {
    return new Promise((resolve) => {
      const stdin = this.#process?.stdin;
      if (stdin === undefined || stdin === null || stdin.destroyed) resolve();
      else
        stdin.write(text, () => {
          resolve();
        });
    });
  }
}

/** Signals for the whole terminal are not meant for it; the end of its input is. */
const SCRIPT = `
trap '' HUP INT QUIT TERM
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) case $groups in *" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL -"$group"; done
`;

function ignore(): void {
  // One that cannot be reached guards nothing; another is started when it is heard to be gone.
}
