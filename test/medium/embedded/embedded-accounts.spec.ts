import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { Playground } from './support/playground.js';
import { Stage, type StagedRun } from './support/stage.js';

const isRoot = process.getuid?.() === 0;
const works = (file: string, ...args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0;
const hasNamespaces = works('unshare', '--user', '--map-user=1', '--', 'true');
const hasCapability = isRoot && works('setpriv', '--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override', '--', 'true');
const nobody = ((): { uid: number; gid: number } | null => {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((text) => text.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
})();

/** A test that needs something of the machine; where that is missing it says so and is left out. */
const itWhere = (has: boolean, needs: string): typeof it.skip => {
  // the reason belongs on the terminal: a silent skip would look like a pass
  if (!has) process.stderr.write(`skipped in embedded-accounts.spec.ts: needs ${needs}\n`);
  return has ? it : it.skip;
};
const asRoot = itWhere(isRoot && nobody !== null, 'root and a user nobody');

describe('for whoever starts it, the embedded database', () => {
  /** everybody may pass here; what is private below says so itself */
  const open = new Playground(0o755);
  let stage: Stage;
  beforeAll(() => {
    stage = new Stage(open.path('stage'));
  });
  const ANSWER = { who: 'polypost', place: 'polypost' };
  afterAll(async () => {
    stage.close();
    await open.close();
  });

  const folderOf = (name: string, owner: { uid: number; gid: number }): string => {
    const folder = open.path(name);
    mkdirSync(folder, { mode: 0o700 });
    chownSync(folder, owner.uid, owner.gid);
    return join(folder, 'data');
  };

  asRoot('works for a normal user, with install scripts off and node_modules of somebody else', async () => {
    const dataDir = folderOf('nobodys-home', nobody ?? { uid: 0, gid: 0 });
    expect(stage.isHydrated).toBe(false);
    for (const round of ['cold', 'warm']) {
      const run = stage.run({ dataDir }, nobody ?? {});
      expect({ round, answer: await run.until('answer') }).toEqual({ round, answer: ANSWER });
      expect((await run.until('started')).uid).toBe(nobody?.uid);
      await run.stop();
    }
    expect(stage.isHydrated).toBe(false);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(nobody?.uid);
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres-bin-'))).toHaveLength(1);
  });

  asRoot('tells a normal user that the data belongs to somebody else', async () => {
    const dataDir = folderOf('taken-home', nobody ?? { uid: 0, gid: 0 });
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    chownSync(dataDir, nobody?.uid ?? 0, nobody?.gid ?? 0);
    await expectRefusal(stage.run({ dataDir }, nobody ?? {}), 'belongs to another user (number 0)');
  });

  asRoot('does not take the data of a normal user for root', async () => {
    const dataDir = open.path('someones-data');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    chownSync(join(dataDir, 'postgres'), 4711, 4711);
    await expectRefusal(stage.run({ dataDir }), 'belongs to another user (number 4711)');
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(4711);
  });

  itWhere(isRoot && hasNamespaces, 'root and user namespaces')('works for a user without a name', async () => {
    const dataDir = folderOf('nameless-home', { uid: 23456, gid: 23456 });
    const run = stage.run({ dataDir }, { uid: 23456, gid: 23456 });
    expect(await run.until('answer')).toEqual(ANSWER);
    expect((await run.until('started')).uid).toBe(23456);
    await run.stop();
  });

  itWhere(isRoot, 'root')('says clearly that no way is open to root', async () => {
    await expectRefusal(stage.run({ dataDir: open.path('no-way', 'data'), ways: [] }), 'no user');
  });

  describe('in a home that nobody else may enter', () => {
    const home = new Playground(0o700);
    let homeStage: Stage;
    beforeAll(() => {
      homeStage = new Stage(home.path('checkout'));
    });
    afterAll(async () => {
      homeStage.close();
      await home.close();
    });

    const serves = async (dataDir: string, ways: string[] | undefined): Promise<void> => {
      for (let round = 0; round < 2; round += 1) {
        const run = homeStage.run({ dataDir, ways });
        expect(await run.until('answer')).toEqual(ANSWER);
        await run.stop();
      }
      expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    };

    it('works for the one who lives there, and makes the links install scripts would have made', async () => {
      expect(homeStage.isHydrated).toBe(false);
      await serves(home.path('data'), undefined);
      expect(homeStage.isHydrated).toBe(true);
      expect(readdirSync(home.path('data')).sort()).toEqual(['postgres', 'run']);
    });

    itWhere(hasNamespaces, 'user namespaces')('works in a user namespace', async () => {
      await serves(home.path('namespace'), ['namespace']);
      expect(statSync(home.path('namespace', 'postgres')).uid).toBe(process.getuid?.());
    });

    itWhere(hasCapability, 'root and setpriv with ambient capabilities')('works where namespaces are forbidden', async () => {
      await serves(home.path('capability'), ['capability']);
      expect(statSync(home.path('capability', 'postgres')).uid).not.toBe(0);
    });

    asRoot('says clearly that another account finds no way in', async () => {
      const run = homeStage.run({ dataDir: home.path('account'), ways: ['account'] });
      await expectRefusal(run, 'no way into');
      expect(existsSync(home.path('account', 'postgres'))).toBe(false);
    });

    asRoot('works as another account where the data folder can be entered', async () => {
      const dataDir = open.path('account-data');
      await serves(dataDir, ['account']);
      expect(statSync(join(dataDir, 'postgres')).uid).not.toBe(0);
      expect(statSync(dataDir).mode & 0o777).toBe(0o711);
    });

    asRoot('works as another account when the path is too long for a socket', async () => {
      const run = homeStage.run({ dataDir: open.path('w'.repeat(120)), ways: ['account'] });
      expect(await run.until('answer')).toEqual(ANSWER);
      expect((await run.until('started')).url).toContain(encodeURIComponent(tmpdir()));
      await run.stop();
    });

    itWhere(hasCapability && hasNamespaces && nobody !== null, 'root, namespaces, capabilities')('goes from one way to another with the same data', async () => {
      const dataDir = open.path('wandering');
      for (const way of ['namespace', 'capability', 'account', 'namespace']) await serves(dataDir, [way]);
    });
  });
});

async function expectRefusal(run: StagedRun, text: string): Promise<void> {
  const error = await run.until('error');
  expect(error).toContain('DATABASE_URL');
  expect(error).toContain(text);
  expect(run.said.at(-1)?.name).toBe('EmbeddedUnavailable');
}
