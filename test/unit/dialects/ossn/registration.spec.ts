import { OssnFault } from '../../../../src/dialects/social/ossn/ossn.faults.js';
import { Parameters } from '../../../../src/dialects/social/ossn/ossn.parameters.js';
import { cutName, parseDate, parseEmail, parseRegistration, registrationOf } from '../../../../src/dialects/social/ossn/users/registration.js';

const GOOD = { username: 'inesroth', firstname: 'Ines', lastname: 'Roth', email: 'Ines@Harbour.example', reemail: 'Ines@Harbour.example', password: 'secret', gender: 'female', birthdate: '24/05/1990' };
const parse = (over: Record<string, string>) => parseRegistration(new Parameters().addForm(new URLSearchParams({ ...GOOD, ...over }).toString()));

function refusalOf(work: () => unknown): [string, string | number] {
  try {
    work();
  } catch (error) {
    if (error instanceof OssnFault) return [error.wireCode, error.wireMessage];
    throw error;
  }
  throw new Error('was not refused');
}

describe('the form of a registration', () => {
  it('OSSN-32 is taken whole', () => {
    expect(registrationOf(parse({}), true)).toEqual({
      username: 'inesroth', email: 'ines@harbour.example', password: 'secret', firstName: 'Ines', lastName: 'Roth', birthdate: '1990-05-24', gender: 'female', validated: true,
    });
  });

  it('OSSN-32 names what is missing, in the order of the form', () => {
    expect(refusalOf(() => parseRegistration(new Parameters()))).toEqual(['103', 'Please make sure you provided all the fields, missing (username,firstname,lastname,email,reemail,password,gender,birthdate)']);
    expect(refusalOf(() => parse({ birthdate: '', lastname: '  ' }))).toEqual(['103', 'Please make sure you provided all the fields, missing (lastname,birthdate)']);
  });

  it('OSSN-32 checks in a fixed order, first failure wins', () => {
    const faults: [Record<string, string>, string, string | number][] = [
      [{ gender: 'x' }, '103', 'invalidgender'],
      [{ reemail: 'other@harbour.example' }, '103', 'email:error:matching'],
      [{ username: 'abc' }, '103', 'username:error'],
      [{ password: 'short' }, '107', 6],
    ];
    faults.forEach(([, code, message], index) => {
      const over = Object.assign({}, ...faults.slice(index).map(([fields]) => fields)) as Record<string, string>;
      expect(refusalOf(() => parse(over))).toEqual([code, message]);
    });
  });

  it.each(['abcd', 'has space', 'dash-ed', 'ümläut', 'under_score', 'a@b.example', 'x'.repeat(65)])('OSSN-32 the name %j is refused', (username) => {
    expect(refusalOf(() => parse({ username }))).toEqual(['103', 'username:error']);
  });

  it('OSSN-33 a short password is code 107 with the number 6', () => {
    expect(refusalOf(() => parse({ password: '12345' }))).toEqual(['107', 6]);
    expect(parse({ password: '123456' }).password).toBe('123456');
  });

  it('OSSN-32 cuts names at 30 characters and takes addresses in lower case', () => {
    expect(cutName(`${'é'.repeat(29)}😀x`)).toBe(`${'é'.repeat(29)}😀`);
    expect(parseEmail('A.B@C.Example')).toBe('a.b@c.example');
    for (const bad of ['a', 'a@', '@b.example', 'a b@c.example', 'a@b', `${'x'.repeat(250)}@b.example`]) expect(refusalOf(() => parseEmail(bad))).toEqual(['103', 'email:invalid']);
  });

  it.each([['24/05/1990', '1990-05-24'], ['1/2/2000', '2000-02-01'], ['29/02/2024', '2024-02-29'], ['1990-05-24', '1990-05-24'], ['29/02/2023', null], ['31/04/2000', null], ['00/01/2000', null], ['24-05-1990', null], ['yesterday', null], ['1/1/0000', null], ['', null]])(
    'OSSN-32 the birth date %j is %j',
    (text, date) => expect(parseDate(text)).toBe(date),
  );

  it('OSSN-32 a birth date that is none counts as missing', () => {
    expect(refusalOf(() => registrationOf(parse({ birthdate: '31/02/1990' }), true))).toEqual(['103', 'Please make sure you provided all the fields, missing (birthdate)']);
  });
});
