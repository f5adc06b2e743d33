import { describeConfig } from '../../../src/config/describe-config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { type NamedSection } from '../../../src/config/config.js';
import { dialects } from '../../../src/dialects/index.js';
import { enabledDialects } from '../../../src/http/enabled-dialects.js';

class OneVariables {
  static readonly secrets = [{ name: 'ONE_KEY', bytesMin: 32, rotates: false, shown: false }];
}
class TwoVariables {}
class OtherVariables {}

const sections: readonly NamedSection[] = [
  { name: 'one', switch: 'family', config: OneVariables },
  { name: 'two', switch: 'family', config: TwoVariables },
  { name: 'other', config: OtherVariables },
];
const secrets = { POLYPOST_ADMIN_TOKEN: 'aQ9wE8rT7yU6iO5pA4sD3fG2hJ1kL0zX', FILE_URL_SECRET: 'h5Ns8dXr3vHf2gZt9LcYa4eJm7wq6pKb' };
const load = (env: Record<string, string>) => loadConfig({ env: { ...secrets, ...env }, sections, allowMissingSecrets: true });

describe('dialects that share a switch', () => {
  it('are named once in DIALECTS, and all of them by default', () => {
    expect(load({}).house.DIALECTS).toEqual(['family', 'other']);
    expect(() => load({ DIALECTS: 'one' })).toThrow('must be a comma-separated list of: family, other');
  });

  it('are on or off together, with their secrets and settings', () => {
    expect(load({ DIALECTS: 'family' }).missingSecrets.map(({ name }) => name)).toEqual(['ONE_KEY']);
    expect(load({ DIALECTS: 'other' }).missingSecrets).toEqual([]);
    const described = describeConfig(load({ DIALECTS: 'family' })).map(({ section }) => section);
    expect([described.includes('one'), described.includes('other')]).toEqual([true, false]);
  });

  it('are served together: social is OSSN and whatever else speaks to the same conversations', () => {
    const names = (wanted: readonly string[]) => enabledDialects(dialects, { house: { DIALECTS: wanted } as never }).map(({ name }) => name);
    expect(names(['social'])).toContain('ossn');
    expect(names(['social'])).not.toContain('keyinbox');
    expect(names(['keyinbox'])).toEqual(['keyinbox']);
    expect(names(['ossn'])).toEqual([]);
  });
});
