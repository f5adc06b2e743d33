import { symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fenced, read, root, section } from './markdown.js';
import { hasShellTools, type LineOutput, paste } from './shell.js';
import { makeFolder, type Running, start } from '../../support/cli.js';

const readme = read('README.md');
const linesOf = (heading: string): string[] =>
  fenced(section(readme, heading), 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));

/** The form of every answer. */
interface Answer {
  readonly success: boolean;
  readonly messages: readonly { readonly message: string; readonly code?: string }[];
  readonly response: Readonly<Record<string, unknown>>;
}

const answerOf = ({ output }: LineOutput): Answer => JSON.parse(output) as Answer;

/** The form of every answer of OSSN. */
interface Envelope {
  readonly code: string;
  readonly payload: unknown;
}

const envelopeOf = ({ output }: LineOutput): Envelope => JSON.parse(output) as Envelope;

/** Addresses that the server gives out name its port: it must be known before the start. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The one line that holds all of these texts. */
function lineWith(lines: readonly LineOutput[], ...texts: string[]): LineOutput {
  const found = lines.filter(({ line }) => texts.every((text) => line.includes(text)));
  expect({ texts, lines: found.map(({ line }) => line) }).toEqual({ texts, lines: [expect.any(String)] });
  return found[0]!;
}

// a system without curl or a Unix shell cannot take the tour
(hasShellTools() ? describe : describe.skip)('the README, taken at its word', () => {
  const folder = makeFolder();
  let server: Running;
  let env: Record<string, string>;

  /** Nothing but what `npm start` gives, and addresses that are free. A folder of its own, with the command in its place. */
  beforeAll(async () => {
    for (const name of ['bin', 'packages']) symlinkSync(join(root, name), join(folder.path, name));
    server = start(['serve'], { cwd: folder.path, env: { PORT: String(await freePort()), METRICS_ADDRESS: 'off' } });
    let said = '';
    server.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await server.said('(API description:');
    const url = /Polypost listens on (\S+)/.exec(said)![1]!;
    env = { PATH: process.env['PATH'] ?? '', HOME: folder.path, PORT: new URL(url).port, TOUR_URL: `http://localhost:${new URL(url).port}` };
  }, 60_000);

  afterAll(async () => {
    server.child.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    folder.remove();
  }, 30_000);

  describe('the tour', () => {
    let lines: LineOutput[];

    beforeAll(async () => {
      const written = linesOf('A five-minute tour');
      expect(written.filter((line) => line.startsWith('POLYPOST='))).toEqual(['POLYPOST=http://localhost:3000']);
      lines = await paste(written.map((line) => line.replace(/^POLYPOST=.*/, 'POLYPOST=$TOUR_URL')), { cwd: folder.path, env });
    }, 120_000);

    it('has no line that fails or complains', () => {
      expect(lines.length).toBeGreaterThan(35);
      for (const { line, code, output } of lines) expect({ line, code, output }).toEqual({ line, code: 0, output });
      for (const { line, output } of lines.filter((each) => each.line.startsWith('curl') && !each.line.includes('/api/'))) {
        if (!line.includes(' -o ')) expect({ line, output }).toEqual({ line, output: expect.stringMatching(/^\{"success":(true|false),.*\}$/) });
      }
    });

    it('makes two pairs of keys', () => {
      const { output } = lineWith(lines, 'echo "Ada is');
      expect(output).toMatch(/^Ada is 0x[0-9a-f]{64}, Ben is 0x[0-9a-f]{64}$/);
      const [ada, ben] = output.match(/0x[0-9a-f]{64}/g)!;
      expect(ada).not.toBe(ben);
    });

    it('sends a message, lists it cut to 30 characters and shows it whole', () => {
      const { id } = answerOf(lines.find(({ line }) => line === 'echo "$SENT"')!).response;
      expect(id).toMatch(/^0xSID/);
      const listed = answerOf(lineWith(lines, '/messages?skip=0&take=10'));
      expect(listed.response.messages).toMatchObject([{ id, message: { subject: 'Lunch', content: 'Noon at the fountain? I bring ' } }]);
      for (const side of ['sender', 'receiver']) {
        const first = lines.find(({ line }) => line.includes(`/messages/${side}/`))!;
        const message = { subject: 'Lunch', content: 'Noon at the fountain? I bring bread and cheese.' };
        expect({ side, message: answerOf(first).response['message'] }).toEqual({ side, message });
      }
    });

    it('lets the sender edit, and nobody else', () => {
      expect(answerOf(lineWith(lines, '-X PUT', '$ADA_PRIVATE')).success).toBe(true);
      expect(answerOf(lineWith(lines, '-X PUT', '$BEN_PRIVATE'))).toMatchObject({ success: false, messages: [{ code: 'not_sender' }] });
      const after = lines[lines.findIndex(({ line }) => line.includes('Not today')) + 1]!;
      expect(answerOf(after).response).toMatchObject({ manifest: { is_modified: true }, message: { content: 'Rather at one.' } });
    });

    it('deletes for both', () => {
      expect(answerOf(lineWith(lines, '-X DELETE')).success).toBe(true);
      const after = lines[lines.findIndex(({ line }) => line.includes('-X DELETE')) + 1]!;
      expect(after.line).toContain('$ADA_PRIVATE');
      expect(answerOf(after).messages[0]).toMatchObject({ code: 'message_not_found' });
      expect(answerOf(lineWith(lines, '-X GET', 'pagination_data')).response['pagination_data']).toEqual({ total: 0, query: 0 });
    });

    it('makes two accounts with the key of the site', () => {
      expect(lineWith(lines, 'echo "Cleo is').output).toBe('Cleo is 1, Dan is 2');
    });

    it('sends a file through OSSN, which its recipient lists and fetches', () => {
      const sent = envelopeOf(lines.filter(({ line }) => line === 'echo "$SENT"')[1]!);
      expect(sent).toMatchObject({ code: '100', payload: { id: 1, message: 'The menu for noon', attachment_name: 'menu.pdf' } });
      expect(envelopeOf(lines.find(({ line }) => line === 'echo "$LIST"')!)).toMatchObject({ code: '100', payload: { list: [{ id: 1, viewed: '0' }], count: 1 } });
      expect(lineWith(lines, 'cmp menu.pdf').output).toBe('Dan has the menu.');
      expect(lineWith(lines, '-o /dev/null').output).toBe('404');
    });

    it('writes through PM to a follower alone, in the conversation that began through OSSN', () => {
      const [refused, followed, sent] = lines.slice(lines.findIndex(({ line }) => line.includes('And at one?')));
      expect(JSON.parse(refused!.output)).toEqual({ errors: expect.anything() });
      expect(followed!.output).toBe('204');
      expect(JSON.parse(sent!.output)).toMatchObject({ message: 'And at one?', sender_id: 1, receiver: { id: 2 } });
      const reads = lines.filter(({ line }) => line.startsWith('curl') && line.includes('/pm/') && line.includes('$DAN_TOKEN'));
      expect(reads.map(({ output }) => JSON.parse(output) as unknown)).toMatchObject([
        { count: 1, results: [{ headline: 'And at one?', unread_count: 2 }] },
        { count: 2, results: [{ message: 'The menu for noon', file: { filename: 'menu.pdf' } }, { message: 'And at one?' }] },
      ]);
    });

    it('sends a request between cells, approves it, and reaches the friend by the relation', () => {
      const sent = JSON.parse(lines.filter(({ line }) => line === 'echo "$SENT"')[2]!.output) as unknown;
      expect(sent).toMatchObject({ d: { results: { Type: 'req.relation.build', Result: [{ Code: '201', Reason: 'Created.' }] } } });
      expect(lineWith(lines, '"Command": "approved"').output).toBe('204');
      const [open, unread] = lines.filter(({ line }) => line.includes('ReceivedMessage')).map(({ output }) => JSON.parse(output) as unknown);
      expect(open).toMatchObject({ d: { results: [{ Title: 'Friend request', Status: 'none' }] } });
      expect(unread).toMatchObject({ d: { results: [{ Title: 'Welcome', Body: 'Noon at the fountain?', Status: 'unread' }], __count: '1' } });
    });

    it('seals a message that only its recipient opens', () => {
      expect(lineWith(lines, 'receive --ack').output).toContain('The pier at noon');
    });

    it('counts for OSSN what was sent and read through either', () => {
      const counts = lines.filter(({ line }) => line.includes('unread_mesages_count_custom')).map((line) => envelopeOf(line).payload);
      expect(counts).toEqual([[{ total: 1, message_from: 1 }], false]);
    });
  });

  it('its lines with the polypost command send, list and read a message', async () => {
    const lines = await paste(linesOf('The polypost command'), { cwd: folder.path, env });
    for (const { line, code, output } of lines) expect({ line, code, output }).toEqual({ line, code: 0, output });
    expect(lineWith(lines, 'keyinbox send').output).toMatch(/^0xSID\w+$/);
    expect(lines.find(({ line }) => line.endsWith('list --key-file ~/ben.json'))?.output).toContain('Lunch | Noon at the fountain?');
    expect(lineWith(lines, 'keyinbox read').output).toMatch(/Subject: Lunch\n\nNoon at the fountain\?$/);
  }, 60_000);
});
