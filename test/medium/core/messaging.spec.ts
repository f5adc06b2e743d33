import { DeleteMessage } from '../../../src/core/messaging/delete-message.js';
import { EditMessage } from '../../../src/core/messaging/edit-message.js';
import { ListMessages } from '../../../src/core/messaging/list-messages.js';
import { ReadMessage } from '../../../src/core/messaging/read-message.js';
import { SendMessage, type SendMessageCommand } from '../../../src/core/messaging/send-message.js';
import { type DomainError } from '../../../src/kernel/domain-error.js';
import { type MailboxRef } from '../../../src/kernel/mailbox-ref.js';
import { eventually, openStore, type TestStore } from '../../support/store.js';

const space = 'test';
let t: TestStore;
let send: SendMessage;
let read: ReadMessage;
let list: ListMessages;
let edit: EditMessage;
let remove: DeleteMessage;

beforeAll(async () => {
  t = await openStore();
  send = new SendMessage(t.store, t.clock, t.ids);
  read = new ReadMessage(t.store);
  list = new ListMessages(t.store);
  edit = new EditMessage(t.store, t.clock, t.ids);
  remove = new DeleteMessage(t.store, t.clock, t.ids);
});
afterAll(() => t.close());

const person = (): MailboxRef => ({ kind: 'key', hash: t.ids.bytes(32) });
const wire = (): string => t.ids.bytes(8).toString('hex');
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: DomainError) => error.code);

async function post(sender: MailboxRef | null, to: MailboxRef, over: Partial<SendMessageCommand> = {}): Promise<string> {
  const wireId = over.wireId ?? wire();
  await send.execute({
    space,
    sender,
    recipients: [{ mailbox: to, key: Buffer.from('for-to') }],
    wireId,
    content: { kind: 'sealed', body: Buffer.from('body'), preview: Buffer.from('pre'), algorithm: 'x', senderKey: Buffer.from('for-sender') },
    ...over,
  });
  return wireId;
}

async function eventsOf(ref: MailboxRef, count: number): Promise<string[]> {
  const box = (await t.store.findMailbox(ref))!;
  const rows = await eventually(() => t.store.read((tx) => tx.events.after(box, null, 100)), count);
  return rows.map((event) => event.kind);
}

describe('a message and its two sides', () => {
  it('Ada sends, Ben reads with his key, Ada with hers, Carl not at all', async () => {
    const [ada, ben, carl] = [person(), person(), person()];
    const wireId = await post(ada, ben);
    expect((await read.asReceiver({ space, mailbox: ben, wireId })).key?.toString()).toBe('for-to');
    expect((await read.asSender({ space, sender: ada, recipient: ben, wireId })).key?.toString()).toBe('for-sender');
    expect((await read.asSender({ space, sender: ada, recipient: null, wireId })).key?.toString()).toBe('for-sender');
    expect((await read.asEither({ space, mailbox: ada, wireId })).key?.toString()).toBe('for-sender');
    expect(await codeOf(read.asReceiver({ space, mailbox: carl, wireId }))).toBe('message_not_found');
    expect(await codeOf(read.asReceiver({ space, mailbox: ada, wireId }))).toBe('message_not_found');
    expect(await codeOf(read.asReceiver({ space: 'other', mailbox: ben, wireId }))).toBe('message_not_found');
    expect(await codeOf(read.asSender({ space, sender: carl, recipient: ben, wireId }))).toBe('forbidden');
    expect(await codeOf(read.asSender({ space, sender: ada, recipient: carl, wireId }))).toBe('message_not_found');
    expect(await codeOf(read.asEither({ space, mailbox: carl, wireId }))).toBe('message_not_found');
  });

  it('an anonymous message has no sender, for anybody', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(null, ben);
    await post(ada, ben);
    expect(await codeOf(read.asSender({ space, sender: ada, recipient: ben, wireId }))).toBe('forbidden');
    expect(await codeOf(read.asSender({ space, sender: ben, recipient: ben, wireId }))).toBe('forbidden');
    expect(await codeOf(remove.asSender({ space, sender: ada, recipient: ben, wireId }))).toBe('forbidden');
    expect(await codeOf(edit.execute({ space, sender: ben, recipient: ben, wireId, rewrite: () => { throw new Error('not reached'); } }))).toBe('forbidden');
  });

  it('only the sender edits; both sides see the new revision; totals stay', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(ada, ben);
    const rewrite = ({ revision }: { revision: number }) => ({
      content: { kind: 'sealed' as const, body: Buffer.from(`body ${revision}`), preview: Buffer.from('new'), algorithm: 'x', senderKey: Buffer.from('s2') },
      recipientKey: Buffer.from('r2'),
    });
    expect(await codeOf(edit.execute({ space, sender: ben, recipient: ben, wireId, rewrite }))).toBe('forbidden');
    t.clock.advance(5000);
    expect(await edit.execute({ space, sender: ada, recipient: ben, wireId, rewrite })).toMatchObject({ revision: 2 });
    const seen = await read.asReceiver({ space, mailbox: ben, wireId });
    expect([seen.body.toString(), seen.key?.toString(), seen.revision]).toEqual(['body 2', 'r2', 2]);
    expect(seen.editedAt!.getTime() - seen.createdAt.getTime()).toBe(5000);
    expect((await list.execute({ space, mailbox: ben, folder: 'inbox', skip: 0, take: 5 })).total).toBe(1);
    expect(await eventsOf(ben, 2)).toEqual(['message.received', 'message.edited']);
    expect(await eventsOf(ada, 2)).toEqual(['message.sent', 'message.edited']);
  });

  it('what a rewrite throws leaves the message as it was', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(ada, ben);
    const work = edit.execute({ space, sender: ada, recipient: ben, wireId, rewrite: () => { throw new RangeError('no'); } });
    await expect(work).rejects.toThrow(RangeError);
    expect((await read.asReceiver({ space, mailbox: ben, wireId })).revision).toBe(1);
  });

  it('30 edits and a delete at once: every edit is whole, the delete is final, totals agree', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(ada, ben);
    const results = await Promise.all([
      ...Array.from({ length: 30 }, (_, i) =>
        codeOf(edit.execute({
          space, sender: ada, recipient: ben, wireId,
          rewrite: () => ({ content: { kind: 'sealed', body: Buffer.from(`b${i}`), preview: Buffer.from(`p${i}`), algorithm: 'x' }, recipientKey: Buffer.from(`k${i}`) }),
        })),
      ),
      codeOf(remove.asReceiver({ space, mailbox: ben, wireId })),
      codeOf(remove.asSender({ space, sender: ada, recipient: ben, wireId })),
    ]);
    expect(results.every((r) => r === 'done' || r === 'message_not_found')).toBe(true);
    expect(results.slice(30).filter((r) => r === 'done')).toHaveLength(1);
    expect(await codeOf(read.asReceiver({ space, mailbox: ben, wireId }))).toBe('message_not_found');
    expect((await list.execute({ space, mailbox: ben, folder: 'inbox', skip: 0, take: 5 })).total).toBe(0);
    expect((await list.execute({ space, mailbox: ada, folder: 'sent', skip: 0, take: 5 })).total).toBe(0);
  });

  it('deletion by either side removes every row', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(ada, ben, { wireId: `gone-${wire()}` });
    await remove.asEither({ space, mailbox: ada, wireId });
    expect(await t.db.sql('SELECT 1 FROM messages WHERE wire_id = $1', [wireId])).toEqual([]);
    expect(await t.db.sql('SELECT 1 FROM deliveries WHERE wire_id = $1', [wireId])).toEqual([]);
    expect(await codeOf(remove.asReceiver({ space, mailbox: ben, wireId }))).toBe('message_not_found');
    expect(await eventsOf(ben, 2)).toEqual(['message.received', 'message.deleted']);
  });
});

describe('lists', () => {
  it('pages are newest first, disjoint and complete; a stream gives the same', async () => {
    const [ada, ben] = [person(), person()];
    const sent: string[] = [];
    for (let i = 0; i < 23; i += 1) {
      if (i % 4 === 0) t.clock.advance(1000);
      sent.unshift(await post(ada, ben));
    }
    const seen: string[] = [];
    for (const skip of [0, 10, 20]) {
      const page = await list.execute({ space, mailbox: ben, folder: 'inbox', skip, take: 10 });
      expect(page.total).toBe(23);
      seen.push(...page.heads.map((head) => head.wireId));
    }
    expect(seen).toEqual(sent);
    const { total, pages } = await list.stream({ space, mailbox: ada, folder: 'sent', skip: 3 });
    const streamed: string[] = [];
    for await (const page of pages) streamed.push(...page.map((head) => head.wireId));
    expect([total, streamed]).toEqual([23, sent.slice(3)]);
    expect(await list.execute({ space, mailbox: person(), folder: 'inbox', skip: 0, take: 10 })).toEqual({ total: 0, heads: [] });
  });

  it('a stream over more than one page neither skips nor repeats while messages arrive', async () => {
    const [ada, ben] = [person(), person()];
    await Promise.all(Array.from({ length: 1203 }, () => post(ada, ben)));
    const { total, pages } = await list.stream({ space, mailbox: ben, folder: 'inbox', skip: 0 });
    const seen: string[] = [];
    for await (const page of pages) {
      seen.push(...page.map((head) => head.wireId));
      await post(ada, ben);
    }
    expect(total).toBe(1203);
    expect(new Set(seen).size).toBe(1203);
  });
});

describe('sending once', () => {
  it('a repeat gets the stored answer, another content is a duplicate', async () => {
    const [ada, ben] = [person(), person()];
    const once = { scope: 's', key: 'k1', digest: Buffer.from('d'), result: Buffer.from('r'), lifetimeSeconds: 60 };
    const command = (digest: string): SendMessageCommand => ({
      space, sender: ada, recipients: [{ mailbox: ben }], wireId: wire(),
      content: { kind: 'text', body: Buffer.from('x') }, once: { ...once, digest: Buffer.from(digest) },
    });
    const first = await send.execute(command('d'));
    expect(first.replayed).toBe(false);
    expect(await send.execute(command('d'))).toMatchObject({ replayed: true, id: first.id, result: Buffer.from('r') });
    expect(await codeOf(send.execute(command('other')))).toBe('duplicate');
    expect((await list.execute({ space, mailbox: ben, folder: 'inbox', skip: 0, take: 9 })).total).toBe(1);
  });

  it('a taken wire id is a conflict and leaves nothing', async () => {
    const [ada, ben] = [person(), person()];
    const wireId = await post(ada, ben);
    expect(await codeOf(post(ada, person(), { wireId }))).toBe('conflict');
    expect((await list.execute({ space, mailbox: ada, folder: 'sent', skip: 0, take: 9 })).total).toBe(1);
  });
});
