import { FILE_CHUNK_BYTES, openFile, sealFile } from '@polypost/envelope';
import { createDecipheriv } from 'node:crypto';

const file = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, index) => index % 251);
const SEALED = FILE_CHUNK_BYTES + 16;

describe('ENV-93 sealed files', () => {
  it.each([0, 1, FILE_CHUNK_BYTES - 1, FILE_CHUNK_BYTES, FILE_CHUNK_BYTES + 1, 3 * FILE_CHUNK_BYTES + 5])('of %d bytes open to what was sealed', async (bytes) => {
    const { key, data } = await sealFile(file(bytes));
    expect([key.length, data.length]).toEqual([32, bytes + 16 * Math.max(1, Math.ceil(bytes / FILE_CHUNK_BYTES))]);
    expect(Buffer.from(await openFile(data, key)).equals(file(bytes))).toBe(true);
  });

  it('are made of chunks with a counter and a mark on the last one', async () => {
    const { key, data } = await sealFile(file(FILE_CHUNK_BYTES + 3));
    const open = (chunk: Uint8Array, nonce: string): Buffer => {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'hex'), { authTagLength: 16 });
      decipher.setAuthTag(chunk.subarray(-16));
      return Buffer.concat([decipher.update(chunk.subarray(0, -16)), decipher.final()]);
    };
    expect(open(data.subarray(0, SEALED), '000000000000000000000000')).toHaveLength(FILE_CHUNK_BYTES);
    expect([...open(data.subarray(SEALED), '000000000000000000000101')]).toEqual([...file(FILE_CHUNK_BYTES + 3).subarray(FILE_CHUNK_BYTES)]);
  });

  it('do not open cut off, put in another order, changed, or with another key', async () => {
    const { key, data } = await sealFile(file(3 * FILE_CHUNK_BYTES));
    const part = (index: number): Uint8Array => data.subarray(index * SEALED, (index + 1) * SEALED);
    const flipped = Uint8Array.from(data);
    flipped[70_000] = (flipped[70_000] ?? 0) ^ 1;
    const wrong = [
      data.subarray(0, 2 * SEALED), data.subarray(0, -1), data.subarray(SEALED), new Uint8Array(0), flipped,
      Buffer.concat([part(1), part(0), part(2)]), Buffer.concat([part(0), part(2)]), Buffer.concat([data, part(2)]), Buffer.concat([data, new Uint8Array(16)]),
    ];
    for (const other of wrong) await expect(openFile(other, key)).rejects.toEqual(expect.objectContaining({ code: 'undecryptable' }));
    await expect(openFile(data, new Uint8Array(32))).rejects.toEqual(expect.objectContaining({ code: 'undecryptable' }));
    await expect(openFile(data, key.subarray(1))).rejects.toEqual(expect.objectContaining({ code: 'undecryptable' }));
    expect(Buffer.from((await sealFile(file(10))).data).equals((await sealFile(file(10))).data)).toBe(false);
  });
});
