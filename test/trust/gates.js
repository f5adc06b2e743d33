/** What each gate runs, with which amounts: the options of the tools, see docs/promises.md. */
export const gates = {
  commit: [['ledger', { kills: 20, acks: 5_000 }]],
  night: [['ledger', { kills: 200, acks: 50_000, stopSeconds: 5 }]],
  release: [['ledger', { kills: 1_000, acks: 250_000, stopSeconds: 5 }]],
};
