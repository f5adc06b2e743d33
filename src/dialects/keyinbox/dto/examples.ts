/** A key that nobody holds: writing to it is allowed and reaches nobody. */
export const PUBLIC_KEY_EXAMPLE = '0x8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f';

/** How the documentation shows keys, ids and digests. */
export const KEY = { example: PUBLIC_KEY_EXAMPLE };
export const ID = { example: '0xSID6553f10000000k3v0q9d2m7c1t8s5u4r6p' };
export const DIGEST = {
  description: 'BLAKE3 over content and subject, 64 hex digits.',
  example: '178d14660b5952faabdcd3d1562e93e72929db7b4dae9c6893b645ae6dbed5b9',
};

const message = { subject: 'Important encrypted message', content: 'Hello, buddy!' };

/** Bodies to try out. Without the private key, whose placeholder would outdo the header's. */
export const BODY_EXAMPLES = {
  send: { public_key: PUBLIC_KEY_EXAMPLE, message },
  edit: { public_key: PUBLIC_KEY_EXAMPLE, message: { ...message, content: 'Hello again, buddy!' } },
  privateKeyOnly: {},
  identity: { public: { name: 'Ada', biography: 'Writes programs.' } },
  createContract: { public_key: PUBLIC_KEY_EXAMPLE, message: 'Authorize login at example.org', expires: 600 },
  decideContract: { id: ID.example },
  contractTerm: { term: 'sign' },
} as const;
