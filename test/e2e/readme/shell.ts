import { spawn, spawnSync } from 'node:child_process';

const END = '@@end-of-line@@';

/** Whether this machine has everything the tour takes for granted. */
export function hasShellTools(): boolean {
  return ['sh', 'curl', 'sed'].every((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0);
}

/** What one line of shell printed, as somebody who pastes it sees it. */
export interface LineOutput {
  readonly line: string;
  /** standard output and standard error together */
  readonly output: string;
  readonly code: number;
}

/**
 * Runs lines one after the other in one shell, as if they were pasted.
 *
 * @param lines complete lines of shell
 * @param options the folder to be in, and the whole environment
 */
export async function paste(lines: readonly string[], options: { cwd: string; env: Record<string, string> }): Promise<LineOutput[]> {
  const shell = spawn('sh', { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  shell.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  shell.stdin.end(['exec 2>&1', ...lines.flatMap((line) => [line, `echo "${END}$?"`])].join('\n'));
  await new Promise((resolve) => shell.on('close', resolve));
  const parts = printed.split(new RegExp(`${END}(\\d+)\n`));
  return lines.map((line, index) => ({ line, output: (parts[2 * index] ?? '').trimEnd(), code: Number(parts[2 * index + 1]) }));
}
