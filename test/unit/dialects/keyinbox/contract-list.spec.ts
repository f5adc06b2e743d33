import { type Request, type Response } from 'express';
import { type Contract, type Contracts } from '../../../../src/core/keyinbox/contracts.js';
import { ContractListFlow } from '../../../../src/dialects/keyinbox/contracts/contract-list.flow.js';
import { type KeyInboxGate } from '../../../../src/dialects/keyinbox/keyinbox.gate.js';
import { Parameters } from '../../../../src/dialects/keyinbox/keyinbox.parameters.js';
import { checks, keys, seal, somebody } from './support.js';

const ada = somebody();
const ben = somebody();

async function contract(number: number): Promise<Contract> {
  const id = `0xSID${number}`;
  const wireId = keys.storedId(id);
  const payload = { id, message: `no ${number}`, issuer: ada.publicText, signer: ben.publicText };
  const { body, signerKey } = await seal.sealContract(payload, wireId, ada.publicKey, ben.publicKey);
  return { wireId, body, key: signerKey, party: 'signer', issuedAt: new Date(0), expiresAt: new Date(1000), signed: null, decidedAt: null };
}

test('KEY-76 contracts that arrive while a list is sent make none of it appear twice', async () => {
  const stored = await Promise.all(Array.from({ length: 50 }, (_, index) => contract(50 - index)));
  let arrived = 50;
  const contracts = {
    list: async ({ skip, take }: { skip: number; take: number }) => {
      const page = { total: stored.length, contracts: stored.slice(skip, skip + take) };
      if (take > 0) stored.unshift(await contract((arrived += 1)));
      return page;
    },
  } as unknown as Contracts;
  const gate = { checksFor: () => checks } as unknown as KeyInboxGate;
  let text = '';
  const response = { status: () => response, setHeader: () => response, end: (sent: string) => (text = sent) };
  const body = { private_key: ben.privateText, folder: 'inbox', pagination_data: { skip: 0, take: -1 } };
  await new ContractListFlow(gate, seal, contracts).list(new Parameters({ body, headers: {}, query: {} }), {} as Request, response as unknown as Response);
  const { contracts: items } = (JSON.parse(text) as { response: { contracts: { message: string }[] } }).response;
  const numbers = items.map((item) => Number(item.message.slice(3)));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toEqual(Array.from({ length: 50 }, (_, index) => 50 - index));
});
