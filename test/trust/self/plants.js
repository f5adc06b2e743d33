const QUEUE = 'src/storage/append/append-queue.js';
const STATEMENT = 'src/storage/append/append-statement.js';

/** Faults planted in copies of the compiled server, and the sentence with which its tool must find each. */
export const plants = [
  {
    name: 'acknowledges before the commit',
    tool: 'ledger',
    options: { kills: 12, acks: 1_500, dialects: 'keyinbox', faults: 'kill', disk: 0 },
    patches: [[QUEUE, '            this.schedule();\n        });', `            if (parcel[0].space === 'keyinbox') {
                resolve({ kind: 'stored', talks: [] });
                setTimeout(() => this.schedule(), 60);
            }
            else this.schedule();
        });`]],
    expected: /acknowledged and lost/,
  },
  {
    name: 'synchronous_commit off, and the database killed',
    tool: 'ledger',
    options: { kills: 60, acks: 1_500, dialects: 'keyinbox,ossn', faults: 'databaseKill', disk: 0 },
    patches: [['src/embedded/settings.js', 'synchronous_commit = on', 'synchronous_commit = off\nwal_writer_delay = 1500ms']],
    expected: /acknowledged and lost/,
  },
  {
    name: 'sends under one key are unique no more',
    tool: 'ledger',
    options: { kills: 20, acks: 1_500, faults: 'cut,drop,kill', disk: 0 },
    hooks: { onSite: async (site, state) => (state === 'started' ? site.sql('ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pk') : undefined) },
    patches: [
      [STATEMENT, /  ON CONFLICT \(box_id, scope, key\) DO UPDATE\n    SET digest[^`]*?WHERE k\.expires_at <= \$43\n/, ''],
      [STATEMENT, 'WHERE k.expires_at IS NULL OR k.expires_at > $43', 'WHERE false'],
    ],
    expected: /stored \d+ times|under another id|acknowledged under/,
  },
  {
    name: 'the same, found by counting repeated sends',
    tool: 'once',
    options: { sends: 400, races: 5 },
    hooks: {},
    patches: [[STATEMENT, 'WHERE k.expires_at IS NULL OR k.expires_at > $43', 'WHERE false'], [STATEMENT, 'WHERE k.expires_at <= $43\n', 'WHERE true\n']],
    expected: /answered with \d+ ids|messages of \w+ are stored where/,
  },
  {
    name: 'one route shows what is of others',
    tool: 'matrix',
    options: { combinations: 6_000 },
    patches: [['src/dialects/social/ossn/files/file-access.js', "(visitor.kind === 'user' && !sees(found, visitor.userId))", 'false']],
    expected: /messages_?\/?attachment.*shows canary/,
  },
  {
    name: 'one input ends in a 500',
    tool: 'fuzz',
    options: { inputs: 6_000, dialect: 'keyinbox', keepFailures: 0 },
    patches: [['src/dialects/keyinbox/keyinbox.parse.js', '    const recipient = keys.publicKey(publicKey);\n    const sender = parseSender', "    if (typeof (message.subject ?? '') !== 'string') throw new TypeError('planted');\n    const recipient = keys.publicKey(publicKey);\n    const sender = parseSender"]],
    expected: /POST \/messages.*500/,
  },
  {
    name: 'one log line holds a secret',
    tool: 'canaries',
    options: { levels: 'info', large: 0 },
    patches: [['src/http/access-log.js', 'request_id: facts.id,', "request_id: facts.id, ...(facts.path === '/api/v1.0/user_authenticate' ? { seen: Buffer.from(request.url).toString('base64') } : undefined),"]],
    expected: /a secret in the log, as base64/,
  },
  {
    name: 'files are served inline as pages',
    tool: 'files',
    options: { files: 40, guesses: 50 },
    patches: [
      ['src/http/file-response.js', "'Content-Type': file.mediaType,", "'Content-Type': 'text/html',"],
      ['src/http/file-response.js', '{ type: file.disposition }', "{ type: 'inline' }"],
      ['src/http/file-response.js', "'Content-Security-Policy': \"default-src 'none'; sandbox\",", "'Content-Security-Policy': '',"],
    ],
    expected: /it ran|served as text\/html/,
  },
  {
    name: 'a stop waits for nobody',
    tool: 'drain',
    options: { runs: 2 },
    patches: [['src/http/drain.js', '        await allClosed;', '        this.cutAll();\n        await allClosed;']],
    expected: /on its way was left|a listener was left/,
  },
  {
    name: 'texts that were taken back stay',
    tool: 'deletion',
    options: { each: 3 },
    patches: [['src/storage/repositories/conversations.repository.js', "UPDATE messages SET body = '', withdrawn_at = $3", 'UPDATE messages SET withdrawn_at = $3']],
    expected: /left after the deletion: table messages/,
  },
  {
    name: 'a removal is answered and not done',
    tool: 'linear',
    options: { histories: 30 },
    patches: [['src/core/messaging/delete-message.js', 'await tx.messages.remove(place);', 'if (place.sender_id === null) await tx.messages.remove(place);']],
    expected: /no order explains/,
  },
  {
    name: 'something of each request is kept',
    tool: 'memory',
    options: { idle: 20, slow: 10, deaf: 5, gigabytes: 0.02, bombs: 2, readers: 2, rounds: 2 },
    patches: [['src/http/front.js', 'this.drain.enter(response);', 'this.drain.enter(response);\n        (globalThis.kept ??= []).push(Buffer.alloc(300_000, 1));']],
    expected: /something stays|MB resident/,
  },
  {
    name: 'tokens never end',
    tool: 'clocks',
    options: { jumps: 1, each: 1 },
    patches: [['src/dialects/social/pm/auth/jwt.js', ' || !isInTime(payload, nowMs)', '']],
    expected: /a token of 20 hours after 21/,
  },
  {
    name: 'large texts of one dialect hold everybody up',
    tool: 'apart',
    options: { seconds: 2 },
    patches: [['src/dialects/keyinbox/keyinbox.parse.js', '    const recipient = keys.publicKey(publicKey);\n    const sender = parseSender', "    if (String(message.content).length > 10_000) for (const until = performance.now() + 300; performance.now() < until; ) continue;\n    const recipient = keys.publicKey(publicKey);\n    const sender = parseSender"]],
    expected: /takes \d+ ms while keyinbox is flooded/,
  },
  {
    name: 'some requests leave a file open',
    tool: 'soak',
    options: { seconds: 10 },
    patches: [['src/http/front.js', 'this.drain.enter(response);', "this.drain.enter(response);\n        if (Math.random() < 0.1) process.getBuiltinModule('node:fs').openSync('/dev/null');"]],
    expected: /open files grew/,
  },
  {
    name: 'other servers may be anywhere',
    tool: 'egress',
    needs: 'src/egress/address-rules.js',
    options: { waitSeconds: 1 },
    patches: [['src/egress/address-rules.js', 'return exemptions.some(', 'return true || exemptions.some(']],
    expected: /connections came to this machine/,
  },
];
