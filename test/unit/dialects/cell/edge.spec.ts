import fc from 'fast-check';
import { type Request, type Response } from 'express';
import { parseAcl } from '../../../../src/dialects/cell/acl/acl.parse.js';
import { CellFault } from '../../../../src/dialects/cell/cell.faults.js';
import { controlAddressOf, onePath } from '../../../../src/dialects/cell/cell.paths.js';
import { cellNameOf, methodsOfPath, ownsPath } from '../../../../src/dialects/cell/cell.routes.js';
import { CellUrls } from '../../../../src/dialects/cell/cell.urls.js';
import { odataJson } from '../../../../src/dialects/cell/odata/render.js';
import { boundNameUri, entityUri, extCellUri } from '../../../../src/dialects/cell/odata/uris.js';
import { parseTokenRequest } from '../../../../src/dialects/cell/tokens/token.parse.js';
import { parseEntityRef } from '../../../../src/dialects/cell/odata/entity-path.js';
import { testConfig } from '../../../architecture/support.js';

const urls = new CellUrls(testConfig({ PUBLIC_URL: 'https://Post.example/base' }));
const UNIT = 'https://post.example/base/';

/** @returns the code of a refusal, null where there is none; anything else that is thrown is a fault of ours */
function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof CellFault) return error.wireCode;
    throw error;
  }
}

function routed(method: string, target: string): { method: string; url: string; request: Request } {
  const request = { method, url: target, path: target.split('?')[0] ?? '' } as unknown as Request;
  onePath(request, {} as Response, (error?: unknown) => {
    if (error) throw error as Error;
  });
  return { method: request.method, url: request.url, request };
}

describe('addresses of cells', () => {
  it('CELL-22 have one form', () => {
    const rows: readonly (readonly [string, string | null])[] = [
      [`${UNIT}ada`, `${UNIT}ada/`], [`${UNIT}ada/`, `${UNIT}ada/`], ['HTTPS://POST.EXAMPLE:443/base/ada', `${UNIT}ada/`], ['personium-localunit:/ada/', `${UNIT}ada/`],
      ['personium-localunit:ada', `${UNIT}ada/`], ['PERSONIUM-LOCALUNIT:///ada', `${UNIT}ada/`], ['http://other.example/x/../ben', 'http://other.example/ben/'],
      ['personium-localunit:/', null], ['personium-localunit:', null], ['urn:x', null], ['ftp://a/', null], ['ada', null], ['', null], ['https://', null], ['https:///a', 'https://a/'], ['https://u@h/', null],
      ['https://h/?x', null], ['https://h/#x', null], ['https://h/a b', null], ['https://h/\u0000', null], ['https://h\\x/', null], [`https://h/${'x'.repeat(1024)}`, null],
    ];
    for (const [text, url] of rows) expect({ text, url: urls.normalise(text) }).toEqual({ text, url });
    fc.assert(fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.string().map((text) => `https://h/${text}`)), (text) => {
      const url = urls.normalise(text);
      if (url !== null) expect(urls.normalise(url)).toBe(url.length <= 1024 ? url : null);
    }));
  });

  it('CELL-22 tell which are of this server', () => {
    for (const [url, name] of [[`${UNIT}ada/`, 'ada'], [`${UNIT}docs/`, null], [`${UNIT}ada/x/`, null], ['https://post.example/ada/', null], [UNIT, null], [`${UNIT}a%64a/`, null]] as const) expect({ url, name: urls.localName(url) }).toEqual({ url, name });
  });
});

describe('paths', () => {
  it('CELL-03 come out in one form, and what is asked with them stays', () => {
    const rows: readonly (readonly [string, string, string, string])[] = [
      ['GET', '/ada/', 'GET', '/ada'], ['MERGE', "/ada/__ctl/Role('a')/", 'PATCH', "/ada/__ctl/Role('a')"], ['ACL', '/ada/?x=1', 'PUT', '/ada/__acl?x=1'], ['ACL', '/ada/x', 'ACL', '/ada/x'],
      ['GET', '/ada/__ctl/ExtCell(%27https://h/x/%27)/$links/_Role?a=b/', 'GET', "/ada/__ctl/ExtCell('https%3A%2F%2Fh%2Fx%2F')/$links/_Role?a=b/"],
      ['GET', "/__ctl/Cell('ada')/", 'GET', "/__ctl/Cell('ada')"], ['POST', '/ada/__message/send/', 'POST', '/ada/__message/send'],
    ];
    for (const [method, target, becomes, url] of rows) expect({ target, ...routed(method, target), request: 0 }).toEqual({ target, method: becomes, url, request: 0 });
  });

  it('never throw, and never lead out of the cell they are about', () => {
    const piece = fc.oneof(fc.constantFrom("('", "')", '(', ')', '/', '//', '$links/', '_Role', 'Role', '__ctl/', 'Name=', '%27', '%2F', '%2E%2E', '..', 'null', ',', '?'), fc.string({ unit: 'binary', maxLength: 4 }).map((text) => encodeURIComponent(text.toWellFormed())));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = `/ada/__ctl/${pieces.join('')}`;
        const { url, request } = routed('GET', target);
        const path = url.split('?')[0] ?? '';
        expect(cellNameOf(path)).toBe('ada');
        expect([ownsPath(path), Array.isArray(methodsOfPath(path))]).toEqual([true, true]);
        const address = controlAddressOf(request);
        // what was brought into one form stays in it
        if (address?.path) expect(routed('GET', url).url).toBe(url);
      }),
      { numRuns: 2000 },
    );
  });

  it('CELL-73 what is told can be read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()), (text) => {
        const behind = (uri: string) => decodeURIComponent(uri.slice(`${UNIT}ada/__ctl/`.length));
        expect(parseEntityRef(entityUri(`${UNIT}ada/`, 'Box', text).slice(`${UNIT}ada/__ctl/`.length))?.key).toEqual({ kind: 'single', value: text });
        expect(parseEntityRef(behind(extCellUri(`${UNIT}ada/`, text)))?.key).toEqual({ kind: 'single', value: text });
        expect(parseEntityRef(boundNameUri(`${UNIT}ada/`, 'Role', text, null).slice(`${UNIT}ada/__ctl/`.length))?.key).toEqual({ kind: 'named', values: new Map([['Name', text], ['_Box.Name', null]]) });
      }),
    );
  });
});

describe('bodies', () => {
  it('CELL-16 whatever comes as a list of privileges is read or refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('<D:acl xmlns:D="DAV:" xmlns:p="urn:x-personium:xmlns">', '</D:acl>', '<D:ace>', '</D:ace>', '<D:principal>', '</D:principal>', '<D:all/>', '<D:href>r</D:href>', '<D:grant>', '</D:grant>', '<D:privilege>', '</D:privilege>', '<p:root/>', '<p:x/>', '&amp;', '&x;', '<!DOCTYPE a>', '<?x?>', '<!-- -->', '<![CDATA[x]]>'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 16 }), (pieces) => {
      expect([null, 'PR400-DV-0001', 'PR400-DV-0006']).toContain(codeOf(() => parseAcl(Buffer.from(pieces.join('')))));
    }), { numRuns: 2000 });
    expect(codeOf(() => parseAcl(Buffer.from([0xff, 0xfe])))).toBe('PR400-DV-0001');
  });

  it('CELL-11 whatever comes as a form is read or refused', () => {
    const piece = fc.oneof(fc.constantFrom('grant_type=password', 'grant_type=refresh_token', 'username=a', 'password=b', 'refresh_token=c', 'p_target=https://h/', 'expires_in=1', 'client_id=https://h/', 'client_secret=x', '&', '=', '%', '%00', '+'), fc.string({ maxLength: 4 }));
    fc.assert(fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      expect(codeOf(() => parseTokenRequest(Buffer.from(pieces.join('&')), urls)) ?? 'PR400-AN-0000').toMatch(/^PR400-AN-\d{4}$/);
    }), { numRuns: 1000 });
    expect(codeOf(() => parseTokenRequest(Buffer.from([0xff]), urls))).toBe('PR400-AN-0016');
    expect(parseTokenRequest(Buffer.from('grant_type=password&username=a&username=b&password=p+q%21'), urls).grant).toEqual({ kind: 'password', username: 'a', password: 'p q!' });
  });

  it('CELL-10 JSON is the same to whoever reads it, and has no bare control character', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('\\', '"', '\n', '\u0000', '\u007f', 'n', 'u0000', '/', 'b')).map((parts) => parts.join(''))), (text) => {
      const json = odataJson({ [text]: [text] });
      expect(JSON.parse(json)).toEqual({ [text]: [text] });
      expect(json).not.toMatch(/[\u0000-\u001f\u007f]|(?<!\\)(?:\\\\)*\\[bfnrt]/);
    }));
  });
});
