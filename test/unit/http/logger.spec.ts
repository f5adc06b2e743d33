import { createLogger, HouseLogger } from '../../../src/http/logger.js';
import { toyConfig } from './toy.js';

function capture(level: 'debug' | 'info' | 'silent'): { lines: () => Record<string, unknown>[]; house: HouseLogger; root: ReturnType<typeof createLogger> } {
  let text = '';
  const root = createLogger(toyConfig({ LOG_LEVEL: level }), { now: () => 0 }, { write: (line: string) => void (text += line) });
  return { root, house: new HouseLogger(root), lines: () => text.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('logger', () => {
  it('writes one JSON line per event, with the time of the clock', () => {
    const { root, lines } = capture('info');
    root.info({ port: 1 }, 'listening');
    expect(lines()).toEqual([{ level: 'info', time: '1970-01-01T00:00:00.000Z', port: 1, msg: 'listening' }]);
  });

  it('keeps what the framework wires up for those who debug', () => {
    const info = capture('info');
    info.house.log('Mapped {/x, GET} route', 'RouterExplorer');
    info.house.log('Something', 'SomeService');
    expect(info.lines()).toEqual([expect.objectContaining({ level: 'info', context: 'SomeService', msg: 'Something' })]);
    const debug = capture('debug');
    debug.house.log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(debug.lines()).toEqual([expect.objectContaining({ level: 'debug', context: 'RouterExplorer' })]);
  });

  it('shows no message of an error and no object', () => {
    const { house, lines } = capture('debug');
    house.error(new Error('SECRET'), 'ExceptionsHandler');
    house.error('text', new Error('SECRET'), 'X');
    house.warn({ key: 'SECRET' });
    house.debug('a', 'b');
    house.verbose('below the level');
    house.fatal('x'.repeat(5000));
    expect(lines().map((line) => line.level)).toEqual(['error', 'error', 'warn', 'debug', 'fatal']);
    expect(lines()[0]).toMatchObject({ context: 'ExceptionsHandler', error: 'Error', msg: 'framework error' });
    expect(JSON.stringify(lines())).not.toContain('SECRET');
    expect(String(lines()[4]?.msg)).toHaveLength(500);
  });

  it('is silent when told', () => {
    const { house, lines } = capture('silent');
    house.fatal('x');
    expect(lines()).toEqual([]);
  });
});
