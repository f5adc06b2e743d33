import { createHmac } from 'node:crypto';
import { type Config } from '../../../../src/config/config.js';
import { PmJwt } from '../../../../src/dialects/social/pm/auth/jwt.js';
import { limits } from '../../../../src/kernel/limits.js';

const SECRET = 'test-jwt-secret-0123456789abcdef0123456789';
const OLD_SECRET = 'test-old-jwt-secret-0123456789abcdef01234';
const HOUR = 3600;
let nowMs = Date.UTC(2026, 0, 1);
const seconds = () => Math.floor(nowMs / 1000);

function make(secrets: readonly string[] = [SECRET]): PmJwt {
  const [PM_JWT_SECRET, ...PM_JWT_SECRET_PREVIOUS] = secrets;
  const section = { PM_JWT_SECRET, PM_JWT_SECRET_PREVIOUS, PM_JWT_TTL_MAX: 2 * HOUR };
  const config = { section: () => section, publicUrl: 'https://post.example' } as unknown as Config;
  return new PmJwt(config, { now: () => nowMs });
}

function sign(claims: object = {}, secret = SECRET): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ token_type: 'access', exp: seconds() + HOUR, iat: seconds(), jti: 'a', user_id: 7, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** The signatures that are remembered. */
const remembered = (jwt: PmJwt) => (jwt as unknown as { signed: { size: number; keys(): Iterable<string>; values(): Iterable<unknown> } }).signed;

describe('signatures that are remembered', () => {
  test('PM-12 the second look gives what the first gave', async () => {
    const jwt = make();
    const token = sign();
    const first = await jwt.verify(token);
    expect(first).toEqual({ userId: '7', expiresMs: (seconds() + HOUR) * 1000 });
    expect(remembered(jwt).size).toBe(1);
    expect(await jwt.verify(token)).toEqual(first);
  });

  test('PM-12 a remembered token ends at its second, and is not valid before its time when the clock goes back', async () => {
    const jwt = make();
    const startMs = nowMs;
    const token = sign({ nbf: seconds() - 10 });
    expect(await jwt.verify(token)).not.toBeNull();
    nowMs = startMs + HOUR * 1000 - 1;
    expect(await jwt.verify(token)).not.toBeNull();
    nowMs = startMs + HOUR * 1000;
    expect(await jwt.verify(token)).toBeNull();
    expect(await jwt.isSigned(token)).toBe(false);
    nowMs = startMs - 11_000;
    expect(await jwt.verify(token)).toBeNull();
    nowMs = startMs;
    expect(await jwt.verify(token)).not.toBeNull();
  });

  test('PM-12 what lasts too long, or is meant for another, is refused each time', async () => {
    const jwt = make();
    for (const token of [sign({ exp: seconds() + 3 * HOUR }), sign({ aud: 'https://other.example' }), sign({ token_type: 'refresh' })]) {
      for (let look = 0; look < 3; look += 1) expect(await jwt.verify(token)).toBeNull();
    }
  });

  test('PM-12 what is not signed is not remembered, and one letter makes another token', async () => {
    const jwt = make();
    const token = sign();
    await jwt.verify(token);
    const altered = `${token.slice(0, -2)}${token.at(-2) === 'A' ? 'B' : 'A'}${token.at(-1)}`;
    for (const bad of [altered, sign({}, 'another-secret-0123456789abcdef0123456'), `${token}.`, 'a.b.c']) expect(await jwt.verify(bad)).toBeNull();
    expect(remembered(jwt).size).toBe(1);
  });

  test('PM-12 a token of a secret that was taken away opens nothing after the restart', async () => {
    const token = sign({}, OLD_SECRET);
    const before = make([SECRET, OLD_SECRET]);
    expect(await before.verify(token)).not.toBeNull();
    expect(await before.verify(token)).not.toBeNull();
    expect(await make([SECRET]).verify(token)).toBeNull();
  });

  test('the memory is bounded, and holds no token', async () => {
    const jwt = make();
    const tokens = Array.from({ length: limits.signed_token_cache_entries_max + 20 }, (_, index) => sign({ jti: `n${index}` }));
    for (const token of tokens) expect(await jwt.isSigned(token)).toBe(true);
    expect(remembered(jwt).size).toBe(limits.signed_token_cache_entries_max);
    const held = JSON.stringify([[...remembered(jwt).keys()], [...remembered(jwt).values()]]);
    expect(tokens.some((token) => held.includes(token.split('.')[2]!))).toBe(false);
    // the oldest was forgotten, and is still good
    expect(await jwt.isSigned(tokens[0]!)).toBe(true);
  });
});
