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
];
