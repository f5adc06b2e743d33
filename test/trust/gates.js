/**
 * What each gate runs, with which amounts: the options of the tools, see docs/promises.md. On two calm cores the commit
 * gate takes less than four minutes, the night gate less than an hour.
 */
export const gates = {
  commit: [
    ['canaries', { levels: 'trace' }],
    ['files', { files: 50, guesses: 1_000 }],
    ['egress', { waitSeconds: 1 }],
    ['drain', { runs: 2 }],
    ['memory', { idle: 200, slow: 60, gigabytes: 0.1, bombs: 6 }],
    ['deletion', { each: 4 }],
    ['matrix', { combinations: 5_000 }],
    ['fuzz', { inputs: 5_000 }],
    ['linear', { histories: 50 }],
    ['once', { sends: 2_000, races: 20 }],
    ['ledger', { kills: 20, acks: 5_000 }],
  ],
  night: [
    ['ledger', { kills: 200, acks: 50_000, stopSeconds: 5 }],
    ['once', { sends: 100_000, races: 1_000, clients: 48 }],
    ['matrix', { combinations: 50_000 }],
    ['fuzz', { inputs: 200_000 }],
    ['canaries', {}],
    ['files', { files: 300, guesses: 20_000 }],
    ['egress', { waitSeconds: 10 }],
    ['drain', { runs: 40, listeners: 100 }],
    ['memory', { idle: 2_000, slow: 400, deaf: 200, gigabytes: 5, bombs: 60, readers: 40, rounds: 2, restSeconds: 30 }],
    ['deletion', { each: 60 }],
    ['apart', { seconds: 8, floods: 16 }],
    ['clocks', { jumps: 48 }],
    ['linear', { histories: 2_000 }],
    ['soak', { seconds: 600 }],
    ['selftest', {}],
  ],
  release: [
    ['ledger', { kills: 1_000, acks: 250_000, stopSeconds: 5 }],
    ['once', { sends: 100_000, races: 1_000, clients: 48 }],
    ['matrix', { combinations: 150_000 }],
    ['fuzz', { inputs: 1_000_000 }],
    ['canaries', {}],
    ['files', { files: 1_000, guesses: 100_000 }],
    ['egress', { waitSeconds: 30 }],
    ['drain', { runs: 200, listeners: 100 }],
    ['memory', { idle: 2_000, slow: 400, deaf: 200, gigabytes: 5, bombs: 60, readers: 40, rounds: 4, restSeconds: 60 }],
    ['deletion', { each: 200 }],
    ['apart', { seconds: 20, floods: 32 }],
    ['clocks', { jumps: 120 }],
    ['linear', { histories: 5_000 }],
    ['soak', { seconds: 7_200 }],
    ['selftest', {}],
  ],
};

/**
 * Of the commit gate: seconds it may take on a machine that is at work on other things. What is left of them when it is the
 * turn of a tool below is shared among those that follow, by these weights; a tool whose time is up has done at least a
 * fifth of its amount, and says what is missing.
 */
export const withinSeconds = { commit: 380 };
export const weights = { matrix: 30, fuzz: 30, linear: 10, once: 15, ledger: 75 };
