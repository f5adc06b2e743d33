import { type DomainError } from '../../../../src/kernel/domain-error.js';
import { type Condition } from '../../../../src/kernel/query.js';
import { eventually } from '../../../support/store.js';
import { ADDRESSES, openCells, type TestCells, UNIT } from '../../../support/cells.js';

let t: TestCells;
beforeAll(async () => (t = await openCells()));
afterAll(() => t.close());

const is = (field: string, value: string): Condition => ({ kind: 'compare', field, operator: 'eq', value });
const APP = `${UNIT}app/`;

async function refusal(work: Promise<unknown>): Promise<DomainError & { reason?: string; subject?: string }> {
  return work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: DomainError) => error,
  );
}

describe('sending', () => {
  test('CELL-40 one message, one list of destinations, a delivery and a copy for each', async () => {
    const [ada, ben, cleo] = [await t.cell(), await t.cell(), await t.cell()];
    const sent = await t.sent(ada, [ben, cleo], { title: 'ti\0tle', body: 'bo\0dy' });
    expect(sent.results).toEqual([{ to: ben.url, outcome: 'delivered' }, { to: cleo.url, outcome: 'delivered' }]);
    for (const cell of [ben, cleo]) {
      const { total, messages } = await t.list(cell, 'received');
      expect(total).toBe(1);
      expect(messages).toMatchObject([{ wireId: sent.wireId, title: 'ti\0tle', body: 'bo\0dy', from: ada.url, status: 'unread', others: cell === ben ? cleo.url : ben.url }]);
    }
    expect((await t.list(ada, 'sent')).messages).toEqual([sent]);
    const [rows] = await t.db.sql<{ messages: string; deliveries: string }>(
      'SELECT (SELECT count(*) FROM messages WHERE home_box = $1) AS messages, (SELECT count(*) FROM deliveries WHERE home_box = $1) AS deliveries',
      [ada.boxId],
    );
    expect(rows).toEqual({ messages: '1', deliveries: '2' });
  });

  test('CELL-33 a destination that is not there harms no other', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const sent = await t.sent(ada, [`${UNIT}nobody/`, ben, 'https://elsewhere.example/cell/', `${UNIT}deeper/path/`]);
    expect(sent.results.map(({ outcome }) => outcome)).toEqual(['cell_unknown', 'delivered', 'unreachable', 'cell_unknown']);
    expect((await t.list(ada, 'sent')).messages[0]?.results).toEqual(sent.results);
    expect((await t.list(ben, 'received')).total).toBe(1);
  });

  test('CELL-44 a destination on another server gets a delivery that is due, and stands as not reached until it is settled', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const peer = 'https://peer.example/zoe/';
    const sent = await t.sent(ada, [peer, ben]);
    expect(sent.results).toEqual([{ to: peer, outcome: 'unreachable' }, { to: ben.url, outcome: 'delivered' }]);
    expect((await t.list(ada, 'sent')).messages).toEqual([sent]);
    const settle = (code: number | null, reason: string | null) =>
      t.db.sql("UPDATE deliveries d SET outcome_code = $2, outcome_reason = $3 FROM mailboxes x WHERE x.id = d.recipient_id AND x.kind = 'remote' AND d.home_box = $1 RETURNING due_at", [ada.boxId, code, reason]);
    const [row] = await settle(403, 'no');
    expect(row).toMatchObject({ due_at: new Date(sent.publishedAt.getTime() + 15_000) });
    expect((await t.list(ada, 'sent')).messages[0]?.results[0]).toEqual({ to: peer, outcome: 'answered', code: 403, reason: 'no' });
    await settle(201, null);
    expect((await t.list(ada, 'sent')).messages[0]?.results[0]).toEqual({ to: peer, outcome: 'delivered' });
  });

  test('CELL-62 what is still on its way to another server outlives the copies here', async () => {
    const ada = await t.cell();
    const { wireId } = await t.sent(ada, ['https://peer.example/zoe/']);
    await t.remove.execute({ boxId: ada.boxId, side: 'sent', wireId });
    const stored = () => t.db.sql<{ id: string }>('SELECT id FROM messages WHERE home_box = $1', [ada.boxId]);
    const [message] = await stored();
    await t.db.sql('UPDATE deliveries SET due_at = NULL WHERE home_box = $1', [ada.boxId]);
    await t.store.run((tx) => tx.own.cell.copies.purge({ home_box: ada.boxId, message_id: message!.id }));
    expect(await stored()).toEqual([]);
  });

  test('CELL-25 a cell gets one message however often it is named, and itself as well', async () => {
    const ada = await t.cell();
    const sent = await t.sent(ada, [ada, ada]);
    expect(sent.results).toEqual([{ to: ada.url, outcome: 'delivered' }]);
    expect((await t.list(ada, 'received')).messages).toMatchObject([{ wireId: sent.wireId, others: null }]);
    expect((await t.list(ada, 'sent')).total).toBe(1);
  });

  test('CELL-25 a thousand destinations are taken, one more is refused and stores nothing', async () => {
    const ada = await t.cell();
    const urls = Array.from({ length: 1001 }, (_, index) => `${UNIT}nobody${index}/`);
    const error = await refusal(t.sent(ada, urls));
    expect(error).toMatchObject({ code: 'too_many_recipients', reason: 'too_many_destinations' });
    expect((await t.list(ada, 'sent')).total).toBe(0);
    expect((await t.sent(ada, urls.slice(1))).results).toHaveLength(1000);
  });

  test('CELL-23 a relation names the cells that are tied to it, after those of To', async () => {
    const [ada, ben, cleo] = [await t.cell(), await t.cell(), await t.cell()];
    await t.tied(ada, 'friend', [ben, cleo]);
    const sent = await t.sent(ada, [cleo], {}, { toRelation: 'friend' });
    expect(sent.results.map(({ to }) => to)).toEqual([cleo.url, ben.url]);
    expect(sent.toRelation).toBe('friend');
    await t.tied(ada, 'lonely', []);
    expect(await refusal(t.sent(ada, [], {}, { toRelation: 'lonely' }))).toMatchObject({ reason: 'relation_empty', subject: 'lonely' });
    expect(await refusal(t.sent(ada, [], {}, { toRelation: 'foe' }))).toMatchObject({ reason: 'relation_of_sender', subject: 'foe' });
  });

  test('CELL-23 a relation that is bound to a Box is not meant', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    await t.tied(ada, 'friend', [ben], await t.boxIn(ada, 'box', APP));
    expect(await refusal(t.sent(ada, [], {}, { toRelation: 'friend' }))).toMatchObject({ reason: 'relation_of_sender' });
  });

  test('CELL-26 a message for an app belongs to its Box on both sides; who has none does not get it', async () => {
    const [ada, ben, cleo] = [await t.cell(), await t.cell(), await t.cell()];
    await t.boxIn(ada, 'adas', APP);
    await t.boxIn(ben, 'bens', APP);
    const sent = await t.sent(ada, [ben, cleo], {}, { boundToApp: { schema: APP } });
    expect(sent).toMatchObject({ boxName: 'adas', schema: APP, results: [{ outcome: 'delivered' }, { outcome: 'box_unknown' }] });
    expect((await t.list(ben, 'received')).messages).toMatchObject([{ boxName: 'bens' }]);
    expect((await t.list(cleo, 'received')).total).toBe(0);
    expect((await t.list(ada, 'sent')).messages).toEqual([sent]);
    expect(await refusal(t.sent(cleo, [ben], {}, { boundToApp: { schema: APP } }))).toMatchObject({ reason: 'box_of_sender', subject: APP });
    expect(await refusal(t.sent(ada, [ben], {}, { boundToApp: { schema: null } }))).toMatchObject({ reason: 'box_of_sender' });
  });

  test('CELL-40 two equal sends under one key are one; another under it is refused', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const send = (digest: string) =>
      t.send.execute({
        sender: ada, addresses: ADDRESSES, content: t.plain, status: 'unread', to: [ben.url], toRelation: null, toText: ben.url,
        once: { key: 'k', digest: Buffer.from(digest), lifetimeSeconds: 60 },
      });
    const both = await Promise.all([send('a'), send('a')]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(['replayed', 'stored']);
    const stored = both.find((one) => one.kind === 'stored')!;
    expect(both.find((one) => one.kind === 'replayed')).toEqual({ kind: 'replayed', wireId: stored.kind === 'stored' && stored.message.wireId });
    expect(await refusal(send('b'))).toMatchObject({ code: 'duplicate' });
    expect((await t.list(ben, 'received')).total).toBe(1);
  });

  test('CELL-43 everybody whose list changed finds it in the feed', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const { wireId } = await t.sent(ada, [ben]);
    await t.answer.execute({ cell: ben, wireId, answer: 'read', mayTie: false, changesOf: () => [] });
    await t.remove.execute({ boxId: ben.boxId, side: 'received', wireId });
    const kinds = async (cell: { boxId: string }, count: number) =>
      (await eventually(() => t.store.read((tx) => tx.events.after(cell.boxId, null, 10)), count)).map(({ kind }) => kind);
    expect(await kinds(ada, 1)).toEqual(['message.sent']);
    expect(await kinds(ben, 3)).toEqual(['message.received', 'message.read', 'message.deleted']);
  });
});

describe('taking from elsewhere', () => {
  const FROM = 'https://elsewhere.example/ann/';
  const take = async (over: Partial<Parameters<TestCells['receive']['execute']>[0]> = {}) => {
    const recipient = over.recipient ?? (await t.cell());
    return t.receive.execute({ recipient, wireId: t.ids.bytes(16).toString('hex'), from: FROM, others: null, content: t.plain, status: 'unread', schema: null, ...over });
  };

  test('CELL-42 it stands in the list as others do, with the destinations it came with', async () => {
    const ben = await t.cell();
    const message = await take({ recipient: ben, others: 'https://a.example/x/,https://a.example/y/' });
    expect((await t.list(ben, 'received')).messages).toEqual([message]);
    expect(message).toMatchObject({ from: FROM, others: 'https://a.example/x/,https://a.example/y/', revision: 1 });
  });

  test('CELL-42 the same id twice is refused, at once or one after the other, also when it was deleted', async () => {
    const ben = await t.cell();
    const wireId = t.ids.bytes(16).toString('hex');
    const both = await Promise.allSettled([take({ recipient: ben, wireId }), take({ recipient: ben, wireId, content: { ...t.plain, title: 'other' } })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await t.remove.execute({ boxId: ben.boxId, side: 'received', wireId });
    expect(await refusal(take({ recipient: ben, wireId }))).toMatchObject({ reason: 'known', code: 'conflict' });
    expect((await t.list(ben, 'received')).total).toBe(0);
    expect(await t.db.sql('SELECT id FROM messages WHERE home_box = $1', [ben.boxId])).toEqual([]);
  });

  test('CELL-42 an id that a cell of this server has sent here is known, too', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const { wireId } = await t.sent(ada, [ben]);
    expect(await refusal(take({ recipient: ben, wireId }))).toMatchObject({ reason: 'known' });
    expect((await t.list(ben, 'received')).messages).toMatchObject([{ from: ada.url }]);
  });

  test('CELL-42 what is for an app goes into its Box, or not at all', async () => {
    const ben = await t.cell();
    expect(await refusal(take({ recipient: ben, schema: APP }))).toMatchObject({ reason: 'box_here', subject: APP });
    await t.boxIn(ben, 'bens', APP);
    expect(await take({ recipient: ben, schema: APP })).toMatchObject({ boxName: 'bens' });
  });
});

describe('deleting', () => {
  test('CELL-62 one side goes, the other stays; the message goes with the last', async () => {
    const [ada, ben, cleo] = [await t.cell(), await t.cell(), await t.cell()];
    const { wireId } = await t.sent(ada, [ben, cleo, `${UNIT}nobody/`]);
    const stored = () => t.db.sql('SELECT id FROM messages WHERE home_box = $1', [ada.boxId]);
    await t.remove.execute({ boxId: ada.boxId, side: 'sent', wireId });
    expect((await t.list(ada, 'sent')).total).toBe(0);
    await t.remove.execute({ boxId: ben.boxId, side: 'received', wireId });
    expect((await t.list(cleo, 'received')).messages).toMatchObject([{ wireId, others: `${ben.url},${UNIT}nobody/` }]);
    expect(await stored()).toHaveLength(1);
    await t.remove.execute({ boxId: cleo.boxId, side: 'received', wireId });
    expect(await stored()).toEqual([]);
  });

  test('CELL-62 of two that delete the last copies at once one removes the message', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    for (let round = 0; round < 10; round += 1) {
      const { wireId } = await t.sent(ada, [ben]);
      await Promise.all([t.remove.execute({ boxId: ada.boxId, side: 'sent', wireId }), t.remove.execute({ boxId: ben.boxId, side: 'received', wireId })]);
    }
    expect(await t.db.sql('SELECT id FROM messages WHERE home_box = $1', [ada.boxId])).toEqual([]);
  });

  test('CELL-62 unknown ones, those of others and those of the other side are not found; a condition keeps it', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const { wireId } = await t.sent(ada, [ben]);
    for (const [cell, side] of [[ada, 'received'], [ben, 'sent'], [await t.cell(), 'received']] as const) {
      expect(await refusal(t.remove.execute({ boxId: cell.boxId, side, wireId }))).toMatchObject({ code: 'message_not_found' });
    }
    const allow = () => {
      throw new Error('stale');
    };
    await expect(t.remove.execute({ boxId: ben.boxId, side: 'received', wireId, allow })).rejects.toThrow('stale');
    expect((await t.list(ben, 'received')).total).toBe(1);
  });
});

describe('lists', () => {
  test('CELL-61 counts by type and status are the maintained totals, and agree with counting after everything at once', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const sends = await Promise.all(Array.from({ length: 30 }, (_, index) => t.sent(ada, [ben, ada], { type: index % 3 === 0 ? 'req.role.grant' : 'message' })));
    await Promise.allSettled(
      sends.flatMap(({ wireId, type }, index) => [
        t.answer.execute({ cell: ben, wireId, answer: type === 'message' ? 'read' : 'rejected', mayTie: false, changesOf: () => [] }),
        ...(index % 2 === 0 ? [t.remove.execute({ boxId: ben.boxId, side: 'received', wireId })] : []),
        ...(index % 5 === 0 ? [t.remove.execute({ boxId: ada.boxId, side: 'sent', wireId })] : []),
      ]),
    );
    for (const cell of [ada, ben]) {
      const { kept, counted } = await t.totals(cell);
      expect(kept).toEqual(counted);
    }
    const filter: Condition = { kind: 'all', of: [is('type', 'message'), { kind: 'any', of: [is('status', 'read'), is('status', 'unread')] }] };
    const { total, messages } = await t.list(ben, 'received', { filter });
    expect(total).toBe(messages.length);
    expect(total).toBeGreaterThan(0);
  });

  test('CELL-64 a count that asks for more than type and status counts', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    for (const title of ['Garden', 'Gardens', 'garden']) await t.sent(ada, [ben], { title });
    expect((await t.list(ben, 'received', { filter: { kind: 'startsWith', field: 'title', text: 'Garden' }, top: 0 })).total).toBe(2);
  });

  test('CELL-64 every field can be asked about, on both sides', async () => {
    const [ada, ben, cleo] = [await t.cell(), await t.cell(), await t.cell()];
    await t.boxIn(ada, 'adas', APP);
    await t.boxIn(ben, 'bens', APP);
    await t.boxIn(cleo, 'cleos', APP);
    t.clock.advance(1000);
    const inReplyTo = 'r'.repeat(31) + '\0';
    const sent = await t.sent(
      ada, [ben, cleo],
      { type: 'req.role.grant', title: 'a\0b', body: 'x\0y', priority: 1, inReplyTo, relation: 'reader', target: ada.url },
      { boundToApp: { schema: APP } },
    );
    t.clock.advance(1000);
    await t.sent(ada, [ben], { title: 'zz', body: 'zz' });
    const both: Record<string, string | bigint | Date> = {
      id: sent.wireId, inReplyTo, type: 'req.role.grant', title: 'a\0b', body: 'x\0y', priority: 1n, relation: 'reader', target: ada.url,
      publishedAt: sent.publishedAt, updatedAt: sent.updatedAt,
    };
    const received = { ...both, box: 'bens', from: ada.url, others: cleo.url, status: 'none' };
    for (const [cell, side, fields] of [[ben, 'received', received], [ada, 'sent', { ...both, box: 'adas', to: `${ben.url},${cleo.url}` }]] as const) {
      for (const [field, value] of Object.entries(fields)) {
        const { messages } = await t.list(cell, side, { filter: { kind: 'all', of: [{ kind: 'compare', field, operator: 'eq', value }, is('id', sent.wireId)] } });
        expect([field, messages.length]).toEqual([field, 1]);
        const { messages: others } = await t.list(cell, side, { filter: { kind: 'compare', field, operator: 'ne', value } });
        expect([field, others.some(({ wireId }) => wireId === sent.wireId)]).toEqual([field, false]);
        const { messages: ordered } = await t.list(cell, side, { order: [{ field, descending: true }] });
        expect([field, ordered.length]).toEqual([field, 2]);
      }
    }
  });

  test('CELL-64 words are looked for everywhere, also beside U+0000', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    const { wireId } = await t.sent(ada, [ben], { title: 'Gar\0den party', body: 'Bring\0your \\000 own Kürbis' });
    const found = async (...words: string[]) => (await t.list(ben, 'received', { words })).messages.map((message) => message.wireId);
    for (const words of [['party'], ['bring'], ['kürbis', 'PARTY'], ['your \\000 own'], [ada.url], ['unread'], [wireId]]) expect(await found(...words)).toEqual([wireId]);
    expect(await found('party', 'absent')).toEqual([]);
    expect(await found('bringyour')).toEqual([]);
  });

  test('CELL-64 pages follow one another in the order of publication, also where times are equal', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    for (let index = 0; index < 7; index += 1) {
      if (index % 3 === 0) t.clock.advance(1);
      await t.sent(ada, [ben], { title: `n${index}` });
    }
    const whole = (await t.list(ben, 'received')).messages.map(({ wireId }) => wireId);
    const pages: string[] = [];
    for (let skip = 0; skip < 9; skip += 3) pages.push(...(await t.list(ben, 'received', { skip, top: 3 })).messages.map(({ wireId }) => wireId));
    expect(pages).toEqual(whole);
    expect(new Set(whole).size).toBe(7);
    const backwards = await t.list(ben, 'received', { order: [{ field: 'publishedAt', descending: true }] });
    expect(backwards.messages.map(({ wireId }) => wireId)).toEqual([...whole].reverse());
  });

  test('CELL-61 a long list comes piece by piece, and misses nothing', async () => {
    const [ada, ben] = [await t.cell(), await t.cell()];
    await Promise.all(Array.from({ length: 60 }, () => t.sent(ada, [ben])));
    const { pieces } = await t.lists.execute({ boxId: ben.boxId, side: 'received', query: { filter: null, words: [], order: [], top: 60, skip: 0, count: false } });
    const sizes: number[] = [];
    for await (const piece of pieces) sizes.push(piece.length);
    expect(sizes).toEqual([25, 25, 10]);
  });
});
