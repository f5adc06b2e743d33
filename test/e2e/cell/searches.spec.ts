import { jest } from '@jest/globals';
import { CellCopiesRepository } from '../../../src/storage/own/cell/copies.repository.js';
import { type Sql } from '../../../src/storage/sql.js';
import { startApp, type TestApp } from '../../support/app.js';
import { TestCell } from '../../support/clients/cell.js';

let app: TestApp;
let ada: TestCell;
beforeAll(async () => {
  app = await startApp();
  ada = await TestCell.make(app);
  expect((await ada.send({ To: ada.url, Body: 'needle' })).status).toBe(201);
});
afterAll(() => app.close());
afterEach(() => jest.restoreAllMocks());

const SEARCHES = ['q=needle', `$filter=${encodeURIComponent("Priority eq 3 and (Title eq 'x' or substringof('needle',Body))")}`];

describe('searches that read whole texts', () => {
  it.each(SEARCHES)('CELL-64 %s runs two at a time, in a line that ends, and holds up nothing else', async (search) => {
    let running = 0;
    let most = 0;
    let giveBack = (): void => undefined;
    const held = new Promise<void>((resolve) => (giveBack = resolve));
    const page = CellCopiesRepository.prototype.page;
    jest.spyOn(CellCopiesRepository.prototype, 'page').mockImplementation(async function (this: CellCopiesRepository, boxId, side, query) {
      const isSearch = query.words.length > 0 || query.filter !== null;
      most = Math.max(most, (running += isSearch ? 1 : 0));
      if (isSearch) await held;
      running -= isSearch ? 1 : 0;
      return page.call(this, boxId, side, query);
    });
    const answers = Array.from({ length: 40 }, () => ada.call(`__ctl/ReceivedMessage?${search}`));
    const refused = await Promise.race(answers);
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'PR503-SV-0000', '1']);
    expect((await ada.list('ReceivedMessage')).length).toBe(1);
    giveBack();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect([most, statuses.filter((status) => status === 200).length, statuses.filter((status) => status === 503).length]).toEqual([2, 34, 6]);
  }, 60_000);

  it.each(SEARCHES)('CELL-64 %s is cut off when it takes too long, in words of this dialect', async (search) => {
    jest.spyOn(CellCopiesRepository.prototype, 'page').mockImplementation(async function (this: CellCopiesRepository) {
      await (this as unknown as { sql: Sql }).sql.allOnce('SELECT pg_sleep(6)', []);
      return [];
    });
    const { status, body } = await ada.call(`__ctl/ReceivedMessage?${search}`);
    expect([status, body.code]).toEqual([503, 'PR503-SV-0000']);
  }, 60_000);
});
