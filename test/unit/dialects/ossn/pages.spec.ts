import { type Conversations, type PageCommand } from '../../../../src/core/conversations/conversations.js';
import { type DirectMessage } from '../../../../src/core/conversations/direct-message.js';
import { MessagePages } from '../../../../src/dialects/social/ossn/messages/pages.js';

/** A conversation of numbers, and what was asked of it. */
class Talk {
  asked: PageCommand[] = [];
  constructor(public total: number) {}

  page = async (command: PageCommand): Promise<{ total: number; messages: DirectMessage[] }> => {
    this.asked.push(command);
    const newest = Math.min(this.total, (command.before ?? Infinity) - 1) - command.skip;
    const count = Math.max(0, Math.min(command.take, newest));
    return { total: this.total, messages: Array.from({ length: count }, (_, index) => ({ number: newest - index }) as DirectMessage) };
  };

  get skipped(): number {
    return Math.max(...this.asked.map(({ skip }) => skip));
  }
}

const numbers = ({ messages }: { messages: readonly DirectMessage[] }): number[] => messages.map(({ number }) => number);
const over = (talk: Talk): MessagePages => new MessagePages(talk as unknown as Conversations);

describe('pages of a conversation', () => {
  it('OSSN-28 are counted off from the newest', async () => {
    const pages = over(new Talk(25));
    expect(numbers(await pages.byNumber('1', '2', 1))).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(numbers(await pages.byNumber('1', '2', 3))).toEqual([5, 4, 3, 2, 1]);
    expect(await pages.byNumber('1', '2', 4)).toEqual({ total: 25, messages: [] });
  });

  it('OSSN-28 a walk to the end of a long conversation never skips much and misses nothing', async () => {
    const talk = new Talk(60_005);
    const pages = over(talk);
    const seen: number[] = [];
    for (let page = 1; ; page += 1) {
      const found = numbers(await pages.byNumber('1', '2', page));
      if (found.length === 0) break;
      seen.push(...found);
    }
    expect(seen).toEqual(Array.from({ length: 60_005 }, (_, index) => 60_005 - index));
    expect(talk.skipped).toBeLessThanOrEqual(1_000);
  });

  it('OSSN-28 a page far beyond the end costs one question for the total', async () => {
    const talk = new Talk(5_000);
    expect(await over(talk).byNumber('1', '2', 999_999_999_999_999)).toEqual({ total: 5_000, messages: [] });
    expect(talk.asked).toEqual([{ reader: '1', partner: '2', skip: 0, take: 0 }]);
  });

  it('OSSN-28 a jump deep into a conversation is served up to a bound and empty beyond it', async () => {
    const talk = new Talk(60_000);
    const pages = over(talk);
    expect(numbers(await pages.byNumber('1', '2', 2_001))[0]).toBe(40_000);
    expect(talk.skipped).toBe(20_000);
    expect(await pages.byNumber('1', '2', 2_003)).toEqual({ total: 60_000, messages: [] });
    expect(talk.skipped).toBe(20_000);
    // the page after one that was read is within reach again
    expect(numbers(await pages.byNumber('1', '2', 2_002))[0]).toBe(39_990);
    expect(numbers(await pages.byNumber('1', '2', 2_003))[0]).toBe(39_980);
  });

  it('OSSN-28 an anchor counts only while the conversation has the same length, and for the same reader', async () => {
    const talk = new Talk(5_000);
    const pages = over(talk);
    await pages.byNumber('1', '2', 200);
    talk.total = 5_003;
    expect(numbers(await pages.byNumber('1', '2', 201))[0]).toBe(3_003);
    expect(talk.skipped).toBe(2_000);
    expect(numbers(await pages.byNumber('2', '1', 202))[0]).toBe(2_993);
  });

  it('OSSN-28 a cursor is passed on as it is', async () => {
    const talk = new Talk(25);
    expect(numbers(await over(talk).before('1', '2', 6, 3))).toEqual([5, 4, 3]);
  });
});
