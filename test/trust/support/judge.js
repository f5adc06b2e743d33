import { hashOf } from './ledger-book.js';

/** @returns {number} the number a text of ours begins with; NaN where it is none of ours */
export const numberOf = (text) => Number(/^(\d+);/.exec(text)?.[1] ?? Number.NaN);

/**
 * Compares what was promised with what is there:
 * - acknowledged: there exactly once, with its id, its text or that of its last acknowledged change, its file, its people;
 * - acknowledged, and its removal acknowledged: not there;
 * - unknown: there once and unchanged, or not at all;
 * - never sent, or refused: not there; nothing else is there.
 *
 * @param {object[]} notes of one store
 * @param {object[]} found everything one dialect shows of that store
 * @returns {{violations: string[], figures: Record<string, number>}}
 */
export function judge(notes, found) {
  const mails = mailsOf(notes);
  const violations = found.filter(({ fault }) => fault).map(({ fault, id }) => `${id ?? ''} ${fault}`);
  const things = found.filter(({ id }) => id !== undefined);
  const places = new Map(things.filter(({ isGone }) => isGone).map((thing) => [String(thing.id), thing]));
  const copies = Map.groupBy(things.filter(({ isGone }) => !isGone), ({ text }) => numberOf(text));
  const figures = { acked: 0, unknown: 0, unknownStored: 0, unsent: 0, removed: 0, changed: 0 };
  for (const mail of mails.values()) {
    const here = copies.get(mail.n) ?? [];
    const say = (what) => violations.push(`${mail.dialect} message ${mail.n}${mail.once ? ' (sent until answered)' : ''}: ${what}`);
    if (mail.ids.size > 1) say(`acknowledged under ${mail.ids.size} ids`);
    if (mail.ids.size > 0) figures.acked += 1;
    else if (mail.unknown) {
      figures.unknown += 1;
      figures.unknownStored += Math.min(here.length, 1);
    } else figures.unsent += 1;
    if (mail.changed) figures.changed += 1;
    if (mail.removed === 'yes') figures.removed += 1;
    judgeOne(mail, here, places, say);
  }
  for (const [n, list] of copies) if (!mails.has(n)) for (const { id } of list) violations.push(`message ${id}: nobody sent it`);
  return { violations, figures };
}

function judgeOne(mail, here, places, say) {
  const isAcked = mail.ids.size > 0;
  const [id] = mail.ids;
  if (here.length > 1) say(`stored ${here.length} times`);
  if (mail.removed === 'yes' && here.length > 0) say('removed, and there again');
  if (isAcked && mail.removed === 'no' && here.length === 0) say(places.has(id) ? 'acknowledged and emptied' : 'acknowledged and lost');
  if (!isAcked && !mail.unknown && here.length > 0) say('never sent, or refused, and stored');
  for (const copy of here) {
    if (isAcked && String(copy.id) !== id) say(`stored under another id (${copy.id}) than acknowledged (${id})`);
    if (!mail.texts.has(hashOf(copy.text))) say('stored with another text');
    if (copy.from !== mail.from || copy.to !== mail.to) say('stored for other people');
    const file = copy.file === null ? null : hashOf(copy.file);
    if (file !== mail.file) say(file === null ? 'stored without its file' : `stored with another file (${copy.file.toString('latin1', 0, 20)})`);
  }
}

/** @returns {Map<number, object>} what is known of each message: all texts it may have, and whether it may be gone */
function mailsOf(notes) {
  const mails = new Map();
  for (const note of notes) {
    const mail = mails.get(note.n);
    if (note.kind === 'intent') {
      mails.set(note.n, { ...note, ids: new Set(), texts: new Set([note.hash]), unknown: false, removed: 'no', changed: false });
    } else if (note.kind === 'ok') mail.ids.add(String(note.id));
    else if (note.kind === 'unknown') mail.unknown = true;
    else if (note.kind === 'changing' && note.hash === null) mail.removed = 'maybe';
    else if (note.kind === 'changing') mail.texts.add(note.hash);
    else if (note.kind === 'changed' && note.hash === null) mail.removed = 'yes';
    else if (note.kind === 'changed') {
      mail.texts = new Set([note.hash]);
      mail.changed = true;
    } else if (note.kind === 'unchanged' && note.hash === null) mail.removed = 'no';
    else if (note.kind === 'unchanged') mail.texts.delete(note.hash);
  }
  return mails;
}
