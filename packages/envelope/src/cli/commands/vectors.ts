import { Option, type Command } from 'commander';
import { NodeBackend } from '../../backend/node.js';
import { ForgeBackend } from '../../backend/forge.js';
import { nodeX25519 } from '../../backend/node-x25519.js';
import { WebBackend } from '../../backend/web.js';
import { type Backend } from '../../backend/backend.js';
import { UsageError } from '../../client/errors.js';
import { VectorFormatError } from '../../vectors/format.js';
import { makeVectors } from '../../vectors/make.js';
import { runVectors } from '../../vectors/run.js';
import { type Desk } from '../desk.js';

/** vectors run, vectors make. */
export function addVectorCommands(program: Command, desk: () => Desk, line: (text: string) => void): void {
  const vectors = program.command('vectors').description('test vectors, for whoever writes another client');
  vectors
    .command('run <folder>')
    .description('one line of JSON for each: ok says whether it came out as expected, stage and code how it ended')
    .addOption(new Option('--backend <name>', 'what opens').choices(['node', 'web', 'forge']).default('node'))
    .action((folder: string, { backend }: { backend: string }) => run(folder, backend, line));
  vectors
    .command('make <folder>')
    .description('write the set; with the keys.json that is there, byte for byte as before')
    .action(async (folder: string) => {
      const count = await orUsage(() => makeVectors(folder));
      desk().print({ vectors: count }, `${count} vectors`);
    });
}

async function run(folder: string, name: string, line: (text: string) => void): Promise<void> {
  const forge = new ForgeBackend(nodeX25519);
  const backends: Record<string, Backend> = { node: new NodeBackend(), web: new WebBackend(), forge };
  let failed = 0;
  await orUsage(async () => {
    for await (const { name: vector, ok, stage, code, ...rest } of runVectors(folder, { backend: backends[name] ?? forge, sealer: forge })) {
      if (!ok) failed += 1;
      line(JSON.stringify({ name: vector, ok, stage, code, ...rest }));
    }
  });
  if (failed > 0) throw new VectorFailure();
}

/** Some vectors did not come out as expected; their lines say which. */
export class VectorFailure extends Error {
  override readonly name = 'VectorFailure';
}

async function orUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VectorFormatError) throw new UsageError(error.message);
    throw error;
  }
}

